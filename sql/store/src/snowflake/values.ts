/**
 * A column of a result. Its values: numbers for fixed and real, booleans, text; moments (any timestamp) as milliseconds since 1970 with their fraction;
 * dates as `YYYY-MM-DD`; variant, object and array parsed; binary as a Buffer.
 */
export interface SnowflakeColumn {
  /** In lower case. */
  readonly name: string
  /** Snowflake's word, in lower case: fixed, real, text, boolean, date, timestamp_ntz, variant, … */
  readonly type: string
  readonly scale: number | null
}

/** A moment as the driver gives it. */
interface DriverMoment extends Date {
  /** Within its second. */
  getNanoSeconds?(): number
}

const momentOf = (value: DriverMoment): number => {
  const nanoseconds = value.getNanoSeconds?.()
  return nanoseconds === undefined ? value.getTime() : Math.floor(value.getTime() / 1_000) * 1_000 + nanoseconds / 1_000_000
}

const asIs = (value: unknown): unknown => value

/** Turns what the driver gives for a column into what SnowflakeColumn promises. */
export const valueReader = ({ type }: SnowflakeColumn): ((value: unknown) => unknown) => {
  if (type.startsWith('timestamp')) return value => (value instanceof Date ? momentOf(value) : value)
  if (type === 'date') return value => (value instanceof Date ? value.toISOString().slice(0, 10) : value)
  return asIs
}

/** The rows of a result as objects, by column name. */
export const asObjects = (result: {
  readonly columns: readonly SnowflakeColumn[]
  readonly rows: readonly (readonly unknown[])[]
}): Readonly<Record<string, unknown>>[] => result.rows.map(row => Object.fromEntries(result.columns.map(({ name }, i) => [name, row[i]])))
