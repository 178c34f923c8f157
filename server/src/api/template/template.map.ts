import { describeTemplate } from '@flakebench/contract'
import type { SavedTemplate } from '@flakebench/store'
import { moment, momentOrNull } from '../run/run.map.ts'
import type { Template } from './template.type.ts'

export const toTemplate = (saved: SavedTemplate, connectionName: string | null): Template => ({
  id: saved.id,
  name: saved.name,
  description: saved.description,
  tags: saved.tags,
  target: { ...saved.target, connectionName },
  operations: saved.operations,
  load: saved.load,
  scaling: saved.scaling,
  guardrails: saved.guardrails,
  slos: saved.slos,
  sloAbort: saved.sloAbort,
  advanced: saved.advanced,
  version: saved.version,
  isUsed: saved.isUsed,
  createdBy: saved.createdBy,
  createdAt: moment(saved.createdAtMs),
  updatedAt: moment(saved.updatedAtMs),
  usageCount: saved.usageCount,
  lastUsedAt: momentOrNull(saved.lastUsedAtMs),
  summary: describeTemplate(saved),
})
