import type { PooledTable, PoolStatus, ValuePoolSet } from '@flakebench/contract'
import { json, number, numberOrNull, text, textOrNull } from '../client/columns.ts'
import type { Row } from '../client/sqlClient.ts'

export const POOL_SET_COLUMNS =
  'set_id, template_id, status, seed, values_planned, values_stored, error_message, table_facts, requested_at, prepared_at'

export const toPoolSet = (row: Row): ValuePoolSet => ({
  id: text(row, 'set_id'),
  templateId: text(row, 'template_id'),
  status: text(row, 'status') as PoolStatus,
  seed: number(row, 'seed'),
  requestedAtMs: number(row, 'requested_at'),
  preparedAtMs: numberOrNull(row, 'prepared_at'),
  valuesPlanned: number(row, 'values_planned'),
  valuesStored: number(row, 'values_stored'),
  error: textOrNull(row, 'error_message'),
  table: json<PooledTable | null>(row, 'table_facts'),
})
