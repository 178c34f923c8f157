/** Why lookups use the column that they use. */
export const LOOKUP_REASONS = ['PRIMARY_KEY', 'UNIQUE_KEY', 'NAME', 'FIRST_COLUMN'] as const
export type LookupReason = (typeof LOOKUP_REASONS)[number]

/** A key of a table as its catalog has it: the primary one, or one that is unique (an index of PostgreSQL, a constraint of Snowflake). */
export interface TableKey {
  readonly isPrimary: boolean
  /** In order; null: an expression. */
  readonly columns: readonly (string | null)[]
}

/** The column that canonical statements choose rows by, and why that one. */
export interface LookupKey {
  readonly column: string
  readonly reason: LookupReason
  /** Of the key that it begins, in order, without expressions; empty where it begins none. */
  readonly keyColumns: readonly string[]
  /** It is the key by itself: a lookup finds one row at most. */
  readonly isWholeKey: boolean
}

const LIKE_KEYS = [/^id$/i, /_id$/i, /_key$/i]

/**
 * The one rule, for the catalog and for the statements: the first column of the primary key; else of the unique key with the fewest columns; else a column
 * that is named like a key; else the first of all. Null: the table has no columns.
 * @param columns of the table, in order
 * @param keys the oldest first, of those that hold for all rows
 */
export const lookupKeyOf = (columns: readonly string[], keys: readonly TableKey[]): LookupKey | null => {
  const usable = keys.filter(({ columns: [first] }) => first != null && columns.includes(first))
  const [best] = [...usable].sort((a, b) => Number(b.isPrimary) - Number(a.isPrimary) || a.columns.length - b.columns.length)
  if (best !== undefined) {
    return {
      column: best.columns[0] as string,
      reason: best.isPrimary ? 'PRIMARY_KEY' : 'UNIQUE_KEY',
      keyColumns: best.columns.filter(column => column !== null),
      isWholeKey: best.columns.length === 1,
    }
  }
  const named = LIKE_KEYS.map(pattern => columns.find(name => pattern.test(name))).find(name => name !== undefined)
  const column = named ?? columns[0]
  if (column === undefined) return null
  return { column, reason: named === undefined ? 'FIRST_COLUMN' : 'NAME', keyColumns: [], isWholeKey: false }
}
