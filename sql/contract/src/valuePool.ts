/**
 * Values read from the benchmarked table by a seed, before any run, and drawn from by all runs of the template. KEY: keys of rows that are there. RANGE:
 * moments of the table's time column, for scans from then on. ROW: whole rows, a JSON object each. COLUMN: values of one column.
 */
export const POOL_KINDS = ['KEY', 'RANGE', 'ROW', 'COLUMN'] as const
export type PoolKind = (typeof POOL_KINDS)[number]

export const POOL_STATUSES = ['PREPARING', 'READY', 'FAILED'] as const
export type PoolStatus = (typeof POOL_STATUSES)[number]

/** The pools of one preparation: a row of VALUE_POOL_SETS; a template keeps its newest ready one. */
export interface ValuePoolSet {
  readonly id: string
  readonly templateId: string
  readonly status: PoolStatus
  readonly seed: number
  readonly requestedAtMs: number
  readonly preparedAtMs: number | null
  /** Progress: values stored, of those that are to be. */
  readonly valuesPlanned: number
  readonly valuesStored: number
  readonly error: string | null
  /** What the table was like then: whether the pools are stale is judged by it. Null until it has been looked at. */
  readonly table: PooledTable | null
}

export interface PooledTable {
  /** `database.schema.table` of the target, and its connection: of another target the pools are of no use. */
  readonly target: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: number
  readonly keyColumn: string | null
  readonly timeColumn: string | null
  readonly pools: readonly { readonly kind: PoolKind; readonly column: string; readonly size: number }[]
}
