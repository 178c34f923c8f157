/**
 * What the benchmarked table looked like before the first operation: taken by the first worker that is ready, kept in RUN_STATUS.TABLE_PROFILE, and
 * used by all workers, so that they draw keys from one and the same range.
 */
export interface TableProfile {
  readonly columns: readonly ProfiledColumn[]
  readonly keyColumn: string
  /** Smallest and largest key where keys are whole numbers; null otherwise, then keys come from `sampledKeys`. */
  readonly keyRange: { readonly min: number; readonly max: number } | null
  /** Keys read from the table by the run's seed; empty where `keyRange` is set. */
  readonly sampledKeys: readonly string[]
  /** As the engine's statistics have it: an estimate. */
  readonly rowEstimate: number
  /** What the engine says it is, for the record: version and the settings that change results. */
  readonly engineVersion: string
  readonly settings: Readonly<Record<string, string>>
}

export interface ProfiledColumn {
  readonly name: string
  /** The engine's own name of the type, e.g. `bigint`, `character varying`. */
  readonly type: string
  readonly maxLength: number | null
  readonly numericPrecision: number | null
  readonly numericScale: number | null
  readonly nullable: boolean
  /** The engine fills it when it is left out (default, identity, generated). */
  readonly hasDefault: boolean
  /** Cannot be written at all. */
  readonly generated: boolean
}
