import type { PlannedOperation } from './plan.ts'
import { numberSlots, type Slot } from './template/numberSlots.ts'
import type { SqlDialect } from './template/readSql.ts'
import type { PoolKind } from './valuePool.ts'

/**
 * How a statement looks for rows by a column. MATCH: by its value. STRETCH: from a lower to an upper end. FROM: from a lower end on, or to one that the
 * statement itself reckons from it. OTHER: up to an upper end, or all but a value.
 */
export type SearchKind = 'MATCH' | 'STRETCH' | 'FROM' | 'OTHER'

export interface Search {
  /** As written. */
  readonly column: string
  readonly kind: SearchKind
  readonly slots: readonly Slot[]
}

/** What the values of a statement look for, apart from those that it writes and those beside no column. */
export const searchesOf = (slots: readonly Slot[]): Search[] => {
  const searches: Search[] = []
  const names = new Map(slots.flatMap(({ column }) => (column === null ? [] : [[column.toLowerCase(), column] as const])))
  for (const [name, column] of names) {
    const of = (...uses: readonly Slot['use'][]): Slot[] =>
      slots.filter(slot => slot.column?.toLowerCase() === name && uses.includes(slot.use))
    const add = (kind: SearchKind, found: readonly Slot[]): void => {
      if (found.length > 0) searches.push({ column, kind, slots: found })
    }
    const ends = of('LOW', 'HIGH')
    const isStretch = ends.some(({ use }) => use === 'LOW') && ends.some(({ use, shifted }) => use === 'HIGH' && !shifted)
    add('MATCH', of('COMPARE'))
    add(isStretch ? 'STRETCH' : ends.some(({ use }) => use === 'LOW') ? 'FROM' : 'OTHER', ends)
    add('OTHER', of('DIFFER'))
  }
  return searches
}

/** Columns that one and the same row must match in: their values are of no use when each comes from another row. */
export const matchedTogether = (searches: readonly Search[]): readonly Search[] => {
  const matched = searches.filter(({ kind }) => kind === 'MATCH')
  return matched.length > 1 ? matched : []
}

/** What is known of a table whose values are to be sampled. */
export interface SearchedTable {
  readonly keyColumn: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
}

/** A pool that statements draw from; `column` as written, empty for ROW. */
export interface SearchedPool {
  readonly kind: PoolKind
  readonly column: string
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

export const isTimeType = (type: string): boolean => /^(date|timestamp|datetime)/i.test(type)

/** The searches of an operation's own SQL. @throws a sentence where its values cannot be told apart */
export const searchesOfSql = (sql: string | null, dialect: SqlDialect): Search[] =>
  sql === null ? [] : searchesOf(numberSlots(sql.replaceAll('{table}', 't'), dialect).slots)

/**
 * The pools that the operations' own SQL draws from, where it looks for rows by anything but the key: a made-up value would be found nowhere. Parameters
 * of generic operations choose their values themselves. @throws as `searchesOfSql`
 */
export const searchedPools = (operations: readonly PlannedOperation[], table: SearchedTable, dialect: SqlDialect): SearchedPool[] => {
  const pools: SearchedPool[] = []
  let timeColumn: string | null = null
  const isTime = (name: string): boolean => table.columns.some(one => sameName(one.name, name) && isTimeType(one.type))
  const add = (kind: PoolKind, column: string): void => {
    if (!pools.some(pool => pool.kind === kind && sameName(pool.column, column))) pools.push({ kind, column })
  }
  for (const { kind, sql } of operations) {
    if (kind === 'GENERIC_SQL') continue
    const searches = searchesOfSql(sql, dialect)
    const together = matchedTogether(searches)
    if (together.length > 0) add('ROW', '')
    for (const search of searches) {
      const { column } = search
      if (sameName(column, table.keyColumn) || together.includes(search)) continue
      if (search.kind === 'FROM' && isTime(column)) timeColumn ??= column
      add(search.kind === 'FROM' && timeColumn !== null && sameName(timeColumn, column) ? 'RANGE' : 'COLUMN', column)
    }
  }
  return pools
}
