import { quoteName } from './snowflakeNames.ts'

/** Different keys of a table, chosen by their hash. */
export interface KeySample {
  /** Quoted and qualified. */
  readonly table: string
  readonly key: string
  /** Keys at most. */
  readonly size: number
  readonly seed: number
  /** One key in so many is looked at (see `sampleModulus`). */
  readonly modulus: number
}

/** The remainder of a negative hash is negative, or 0 as well: its sign does not matter. */
export const hashedOnce = (columns: readonly string[], seed: number, modulus: number): string =>
  `MOD(HASH(${columns.map(quoteName).join(', ')}, ${seed}), ${modulus}) = 0`

/** Keys as text, in the table's own order. Reads one column, all of it; what is sorted is bounded by the modulus. */
export const keysSql = ({ table, key, size, seed, modulus }: KeySample): string => {
  const name = quoteName(key)
  const chosen = modulus === 1 ? '' : ` AND ${hashedOnce([key], seed, modulus)}`
  return `SELECT CAST(c.k AS VARCHAR) AS k FROM (
      SELECT s.k AS k FROM (SELECT DISTINCT ${name} AS k FROM ${table} WHERE ${name} IS NOT NULL${chosen}) s
      ORDER BY HASH(s.k, ${seed}), s.k LIMIT ${size}) c
    ORDER BY c.k`
}
