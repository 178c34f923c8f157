import type { JsonScalar } from '@flakebench/contract'
import type { Random } from './random.ts'

type Row = Readonly<Record<string, JsonScalar>>

/** A column that a statement compares with so many values: `status = ?` with one, `order_id IN (?, ?, ?)` with three. */
export interface ListedColumn {
  readonly name: string
  readonly times: number
}

/**
 * Rows for the values of one execution: the n-th value of a column is that of the n-th row. Those after the first agree with it in the columns that have
 * but one value, for otherwise no row but the first would be found; where too few agree, it is repeated.
 * @param rows at least one
 */
export const drawMatchedRows = (rows: readonly Row[], columns: readonly ListedColumn[], random: Random): (() => readonly Row[]) => {
  const most = Math.max(...columns.map(({ times }) => times))
  const shared = columns.filter(({ times }) => times === 1).map(({ name }) => name)
  if (most === 1 || shared.length === 0) return () => Array.from({ length: most }, () => rows[random.below(rows.length)] as Row)
  const places = groupedBy(rows, shared).flatMap(group => group.map((row, at) => ({ group, row, at })))
  return () => {
    const { group, row, at } = places[random.below(places.length)] as (typeof places)[number]
    // Neighbours in the group differ, and each row is taken as often as any other.
    return Array.from({ length: most }, (_, nth) => (nth < group.length ? (group[(at + nth) % group.length] as Row) : row))
  }
}

const groupedBy = (rows: readonly Row[], names: readonly string[]): readonly (readonly Row[])[] => {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const values = JSON.stringify(names.map(name => row[name]))
    const group = groups.get(values)
    if (group === undefined) groups.set(values, [row])
    else group.push(row)
  }
  return [...groups.values()]
}
