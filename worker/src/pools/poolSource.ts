import type { TableProfile, Target } from '@flakebench/contract'

/** A sample of a table: the same seed of the same table gives the same one. */
export interface SampleRequest {
  readonly target: Target
  readonly profile: TableProfile
  /** Values, or rows, at most. */
  readonly size: number
  /** Whole, 0 to 2^31 − 1. */
  readonly seed: number
}

export interface RowsRequest extends SampleRequest {
  readonly columns: readonly string[]
  /** Rows without a value in one of these columns are left out. */
  readonly isWithoutNull: boolean
}

/** How an engine reads samples of a table for value pools. Everything comes as text, moments of zoned columns in UTC, in batches as they arrive. */
export interface PoolSource {
  /** Exactly, which may read all of the table. */
  countRows(target: Target): Promise<number>
  /** Different keys, none of them null, in the table's own order. */
  sampleKeys(request: SampleRequest): AsyncIterable<readonly string[]>
  /** Each row with a text, or null, a column; as often as the table has them. */
  sampleRows(request: RowsRequest): AsyncIterable<readonly (readonly (string | null)[])[]>
  /** The earliest and the latest moment of a column; null when there is none. */
  readTimeSpan(target: Target, column: string): Promise<{ readonly min: string; readonly max: string } | null>
}

/** Where rows are chosen by hash, so many times the wanted ones pass: the number that does is never far from what is expected. */
const HASHED_FOR_ONE = 1.25

/** One row in how many is looked at, to choose so many rows from: a power of two, as `samplePercent`. 1: all of the table. */
export const sampleModulus = (rows: number, size: number): number => {
  const times = rows / (size * HASHED_FOR_ONE)
  return times < 2 ? 1 : 2 ** Math.floor(Math.log2(times))
}

/** With so few found, how many there are in all cannot be told. */
const FEWEST_FOUND = 100

/** The second and last try when so many of `size` were found, which is too few: keys that repeat are fewer than rows. What is sorted is bounded, too. */
export const nextModulus = (modulus: number, found: number, size: number): number =>
  found < FEWEST_FOUND ? 1 : sampleModulus(found * modulus, size)

/** Rows of the sample of which the wanted ones are chosen. */
const ROWS_FOR_ONE = 4

/**
 * How much of a table is sampled to choose so many rows from, in percent: a power of a half, so that a slightly different estimate of the table's rows
 * still gives the same sample. Null: all of the table.
 */
export const samplePercent = (rows: number, size: number): number | null => {
  const times = rows / (size * ROWS_FOR_ONE)
  return times < 2 ? null : 100 / 2 ** Math.floor(Math.log2(times))
}
