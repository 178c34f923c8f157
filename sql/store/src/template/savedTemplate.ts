import { completeTemplate, type Template } from '@flakebench/contract'
import { json, number, numberOrNull, text, textOrNull } from '../client/columns.ts'
import type { Row } from '../client/sqlClient.ts'

/** A template as it is kept. */
export interface SavedTemplate extends Template {
  readonly id: string
  /** Rises with every change. */
  readonly version: number
  /** A run has used this version: it is kept when a change makes the next one. */
  readonly isUsed: boolean
  readonly usageCount: number
  readonly lastUsedAtMs: number | null
  /** Who made its first version; null: nobody who had signed in. */
  readonly createdBy: string | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** The newest version that a run has used, 0 for none. Of a template from before that was kept: the one that it had then, if any run has used it. */
export const USED_UNTIL = 'COALESCE(used_version, CASE WHEN usage_count > 0 THEN version ELSE 0 END)'

export const TEMPLATE_COLUMNS = `template_id, config, version, ${USED_UNTIL} AS used_until, usage_count, last_used_at, created_by, created_at, updated_at`

export const toTemplate = (row: Row): SavedTemplate => ({
  ...completeTemplate(json(row, 'config')),
  id: text(row, 'template_id'),
  version: number(row, 'version'),
  isUsed: number(row, 'used_until') >= number(row, 'version'),
  usageCount: number(row, 'usage_count'),
  lastUsedAtMs: numberOrNull(row, 'last_used_at'),
  createdBy: textOrNull(row, 'created_by'),
  createdAtMs: number(row, 'created_at'),
  updatedAtMs: number(row, 'updated_at'),
})
