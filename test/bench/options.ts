/** What was asked for on the command line; null: the bench's own default. */
export interface BenchOptions {
  readonly repeats: number
  readonly seconds: number | null
  readonly connections: readonly number[]
  readonly tries: number
  readonly workers: number | null
  readonly rows: number
  readonly clock: string | null
  /** Of one template, one after the other. */
  readonly runs: number
  /** Seconds. */
  readonly warmup: number
}
