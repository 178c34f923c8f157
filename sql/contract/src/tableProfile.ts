/**
 * What the benchmarked table looked like before the first operation: taken by the first worker that is ready, kept in RUN_STATUS.TABLE_PROFILE, and
 * used by all workers, so that they draw keys from one and the same range.
 */
export interface TableProfile {
  readonly columns: readonly ProfiledColumn[]
  /** That rows are found by: see `lookupKeyOf`. Of a key of several columns it is the first, and a lookup may find several rows. */
  readonly keyColumn: string
  /** Smallest and largest key where keys are whole numbers; null otherwise, then keys come from `sampledKeys`. */
  readonly keyRange: { readonly min: number; readonly max: number } | null
  /**
   * The share of the whole numbers of `keyRange` that are keys, 0 to 1, found by looking for some of them; null where there is no range, or it was not
   * looked for. Below `DENSE_KEYS` a number drawn from the range would often be no key: keys come from `sampledKeys`, or a value pool.
   */
  readonly keyDensity: number | null
  /** Keys read from the table by the run's seed, in its own order; empty where `keyRange` is set and dense, and where keys come from a value pool. */
  readonly sampledKeys: readonly string[]
  /** As the engine's statistics have it: an estimate. Null: not known. */
  readonly rowEstimate: number | null
  /** What the engine says it is, for the record: version and the settings that change results. */
  readonly engineVersion: string
  readonly settings: Readonly<Record<string, string>>
}

/** From this density on, keys are drawn from the whole range. */
export const DENSE_KEYS = 0.9

/** How the density stands in the profile's settings, for people. */
export const keyDensitySetting = (density: number | null): Readonly<Record<string, string>> =>
  density === null
    ? {}
    : {
        key_density: `${(density * 100).toFixed(1)} % of the numbers from the smallest to the largest key: ${density < DENSE_KEYS ? 'keys come from a sample' : 'keys come from all of the range'}`,
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
