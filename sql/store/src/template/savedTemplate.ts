import { completeTemplate, type Template } from '@flakebench/contract'
import { json, number, numberOrNull, text } from '../client/columns.ts'
import type { Row } from '../client/sqlClient.ts'

/** A template as it is kept. */
export interface SavedTemplate extends Template {
  readonly id: string
  /** Rises with every change. */
  readonly version: number
  readonly usageCount: number
  readonly lastUsedAtMs: number | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

export const TEMPLATE_COLUMNS = 'template_id, config, version, usage_count, last_used_at, created_at, updated_at'

export const toTemplate = (row: Row): SavedTemplate => ({
  ...completeTemplate(json(row, 'config')),
  id: text(row, 'template_id'),
  version: number(row, 'version'),
  usageCount: number(row, 'usage_count'),
  lastUsedAtMs: numberOrNull(row, 'last_used_at'),
  createdAtMs: number(row, 'created_at'),
  updatedAtMs: number(row, 'updated_at'),
})
