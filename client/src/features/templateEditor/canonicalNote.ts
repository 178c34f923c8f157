import type { CANONICAL } from './mixRules.ts'

/** What is known of the table that decides what a statement touches. */
export interface KeyFacts {
  readonly keyColumns: readonly string[]
  /** That the statements choose rows by; null: not known. */
  readonly keyColumn: string | null
}

type Canonical = (typeof CANONICAL)[number]

/** What a statement of the engine does to this table: a row has one key only where the key is one column. */
export const canonicalNote = ({ field, does }: Pick<Canonical, 'field' | 'does'>, facts: KeyFacts | null): string => {
  const column = facts?.keyColumn ?? facts?.keyColumns[0] ?? null
  if (field === 'insert' || facts === null || column === null) return does
  if (facts.keyColumns.length === 1 && facts.keyColumns[0] === column) return does
  const isOfKey = facts.keyColumns.includes(column)
  if (field === 'rangeScan') return `Reads the rows between two values of ${column}`
  const by = isOfKey ? `${column}, the first column of its key` : `${column}, as it has no key`
  return `${field === 'update' ? 'Changes' : 'Reads'} rows by ${by}: it may be several`
}
