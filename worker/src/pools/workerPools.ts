import type { JsonScalar } from '@flakebench/contract'

/** What a worker draws from of the run's value pools, in memory. Empty where nothing was prepared. */
export interface WorkerPools {
  /** Keys of rows that are there, in the table's own order; this worker's part of them. */
  readonly keys: readonly JsonScalar[]
  /** Rows of the table when the pools were prepared; null: not known. */
  readonly tableRows: number | null
  /** The column that `moments` are of. */
  readonly timeColumn: string | null
  /** Moments to scan from; this worker's part of them. */
  readonly moments: readonly JsonScalar[]
  /** Values of columns as the table has them, often ones often, by the column's name: all workers have the same. */
  readonly columns: ReadonlyMap<string, readonly JsonScalar[]>
  /** Whole rows: all workers have the same. */
  readonly rows: readonly Readonly<Record<string, JsonScalar>>[]
}

export const NO_POOLS: WorkerPools = { keys: [], tableRows: null, timeColumn: null, moments: [], columns: new Map(), rows: [] }
