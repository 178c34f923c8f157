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
  /** `poolTarget` of the target: of another one the pools are of no use. */
  readonly target: string
  readonly columns: readonly PooledColumn[]
  /** The engine's estimate, as in `TableProfile`; counted where it has none. Null only in what was prepared before it was counted. */
  readonly rows: number | null
  readonly keyColumn: string
  readonly timeColumn: string | null
  readonly pools: readonly PoolSize[]
  /** What the newest run found the table to be like; null: none has drawn from these pools yet. */
  readonly lastSeen: { readonly rows: number | null; readonly columns: readonly PooledColumn[] } | null
}

export interface PooledColumn {
  readonly name: string
  readonly type: string
}

/** One pool: values are told apart by `kind` and `column`, and counted from 0 to `size` − 1. */
export interface PoolSize {
  readonly kind: PoolKind
  /** Empty for ROW. */
  readonly column: string
  readonly size: number
}
