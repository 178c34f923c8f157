import type { PlannedOperation } from './plan.ts'
import { isTimeType, type SearchedPool, searchedPools, searchesOfSql } from './searches.ts'
import { planOperations } from './template/freezePlan.ts'
import { CANONICAL_FIELDS } from './template/operationRules.ts'
import type { Problem } from './template/problem.ts'
import { dialectOf } from './template/sqlRules.ts'
import type { GenericParameter, Target, Template } from './template/template.ts'
import type { PooledTable, PoolKind, ValuePoolSet } from './valuePool.ts'

/** What a connection may ask for within a run without meeting the same value too often; bounded by what a worker keeps in memory. */
export const keyPoolSize = (connections: number): number => Math.min(Math.max(5_000, connections * 50), 1_000_000)
export const rangePoolSize = (connections: number): number => Math.min(Math.max(2_000, connections * 10), 100_000)
/** Enough for how often each value is there to show. Also of whole rows, where statements look for rows by several columns. */
export const COLUMN_POOL_SIZE = 5_000
export const ROW_POOL_SIZE = 1_000

/** Moments to scan from lie within so many days of the table's newest. */
export const RANGE_DAYS = 30
/** Pools are stale when the table has that many more or fewer rows. */
export const STALE_ROWS_PERCENT = 20
/** Pools that are older are worth a hint. */
export const HINT_AFTER_DAYS = 7

const PREPARE = "prepare the template's value pools first"
const READS_WHOLE: readonly string[] = ['HYBRID', 'INTERACTIVE']
const KEY_FIELDS = ['pointLookup', 'rangeScan', 'update'] as const
const KEY_KINDS: readonly string[] = ['POINT_LOOKUP', 'RANGE_SCAN', 'UPDATE']

/** Names a target: the same text, the same table. */
export const poolTarget = ({ connectionId, database, schema, table }: Target): string =>
  JSON.stringify([connectionId, database, schema, table])

export const drawsKeys = (operations: readonly PlannedOperation[]): boolean => operations.some(({ kind }) => KEY_KINDS.includes(kind))

const drawsFromColumn = ({ strategy, column, values, min, max }: GenericParameter): boolean => {
  if (column === null) return false
  if (strategy === 'SAMPLE_FROM_TABLE') return true
  if (strategy === 'WEIGHTED_SAMPLE') return values === null || values.length === 0
  return strategy === 'RANDOM_IN_RANGE' && (min === null || max === null)
}

/** The columns, as the template writes them, that parameters take values of. */
export const pooledColumns = (operations: readonly PlannedOperation[]): readonly string[] => [
  ...new Set(operations.flatMap(({ parameters }) => parameters.filter(drawsFromColumn).map(({ column }) => column as string))),
]

/** Why a template cannot run without value pools, each reason with the path of its field; empty: it can. */
export const poolNeeds = ({ target, operations }: Template): Problem[] => {
  const needs: Problem[] = operations.generic.flatMap(({ weight, parameters }, i) =>
    parameters.flatMap((parameter, j) => {
      if (weight === 0 || !drawsFromColumn(parameter)) return []
      const path = `operations.generic.${i}.parameters.${j}.column`
      return [{ path, message: `${path} (${parameter.column}) takes values from a sample of the table: ${PREPARE}` }]
    }),
  )
  const lookup = KEY_FIELDS.find(field => operations[field].weight > 0)
  if (lookup !== undefined && READS_WHOLE.includes(target.tableType)) {
    needs.push({
      path: `operations.${lookup}`,
      message: `operations.${lookup} needs keys of the table, and finding the smallest and largest key of ${target.tableType} tables scans all of it: ${PREPARE}`,
    })
  }
  return [...needs, ...searchNeeds({ target, operations })]
}

/** Own SQL that surely looks for rows by more than the key. Which column the key is, is only known when the table has been looked at: workers refuse the rest. */
const searchNeeds = ({ target, operations }: Pick<Template, 'target' | 'operations'>): Problem[] =>
  CANONICAL_FIELDS.flatMap(({ field }) => {
    const { weight, sql } = operations[field]
    const columns = weight === 0 ? [] : searchedColumns(sql, target)
    if (columns.length < 2 && !columns.some(isTimeName)) return []
    const path = `operations.${field}.sql`
    return [
      { path, message: `${path} looks for rows by ${columns.join(' and ')}, whose values come from a sample of the table: ${PREPARE}` },
    ]
  })

/** None where the values of the SQL cannot be told apart: that is refused elsewhere. */
const searchedColumns = (sql: string | null, { tableType }: Target): readonly string[] => {
  try {
    return [...new Set(searchesOfSql(sql, dialectOf(tableType)).map(({ column }) => column))]
  } catch {
    return []
  }
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const poolOf = ({ table }: ValuePoolSet, kind: PoolKind, column: string | null): boolean =>
  table?.pools.some(pool => pool.kind === kind && pool.size > 0 && (column === null || sameName(pool.column, column))) ?? false

/** Whether a ready set is of the template's table, and holds everything that its operations cannot do without. */
export const fitsTemplate = (set: ValuePoolSet, template: Template): boolean => set.status === 'READY' && misfitOf(set, template) === null

/** Why the runs of a template cannot draw from a set; null: they can. */
const misfitOf = (set: ValuePoolSet, template: Template): string | null => {
  if (set.table === null || set.table.target !== poolTarget(template.target)) return "the template's target is another table now"
  const operations = planOperations(template.operations)
  const missing = pooledColumns(operations).find(column => !poolOf(set, 'COLUMN', column))
  if (missing !== undefined) return `no values of column ${missing} were sampled, which the operations draw from now`
  if (drawsKeys(operations) && !poolOf(set, 'KEY', null)) return 'no keys were sampled, which the operations draw from now'
  const lacking = searched(operations, set.table, template.target).find(
    ({ kind, column }) => !poolOf(set, kind, column === '' ? null : column),
  )
  if (lacking === undefined) return null
  const values = { RANGE: 'no moments of column', ROW: 'no whole rows', COLUMN: 'no values of column', KEY: 'no keys of column' }[
    lacking.kind
  ]
  return `${values}${lacking.column === '' ? '' : ` ${lacking.column}`} were sampled, which the operations look for now`
}

const searched = (operations: readonly PlannedOperation[], table: PooledTable, { tableType }: Target): SearchedPool[] => {
  try {
    return searchedPools(operations, table, dialectOf(tableType))
  } catch {
    return []
  }
}

/** The newest set that fits; null: none does. @param sets newest first */
export const choosePoolSet = (sets: readonly ValuePoolSet[], template: Template): ValuePoolSet | null =>
  sets.find(set => fitsTemplate(set, template)) ?? null

/** Why a ready set is stale, in words; null: it is not. */
export const staleBecause = (set: ValuePoolSet, template: Template): string | null => {
  if (set.status !== 'READY' || set.table === null) return null
  return misfitOf(set, template) ?? changeSince(set.table)
}

const changeSince = ({ columns, rows, lastSeen }: NonNullable<ValuePoolSet['table']>): string | null => {
  if (lastSeen === null) return null
  const changed = [
    ...columns.filter(({ name, type }) => !lastSeen.columns.some(seen => seen.name === name && seen.type === type)),
    ...lastSeen.columns.filter(({ name }) => !columns.some(before => before.name === name)),
  ].map(({ name }) => name)
  if (changed.length > 0) return `the table's columns have changed since (${[...new Set(changed)].join(', ')})`
  if (lastSeen.rows === null || rows === null) return null
  const off = Math.abs(lastSeen.rows - rows)
  return off > (rows * STALE_ROWS_PERCENT) / 100 ? `the table had about ${rows} rows then and has about ${lastSeen.rows} now` : null
}

const DAY_MS = 86_400_000

/** What is worth saying of a set that is not stale; null: nothing. */
export const poolHint = ({ preparedAtMs }: ValuePoolSet, nowMs: number): string | null => {
  const days = preparedAtMs === null ? 0 : Math.floor((nowMs - preparedAtMs) / DAY_MS)
  return days >= HINT_AFTER_DAYS ? `prepared ${days} days ago: prepare them again if the table has changed much since` : null
}

const TIME_NAMES = ['timestamp', 'created_at', 'updated_at', 'event_time', 'created', 'updated', 'date']
const isTimeName = (name: string): boolean => TIME_NAMES.includes(name.toLowerCase())

/** The column that says when a row came about: by the usual names first, then the first of such a type. Null: there is none. */
export const timeColumnOf = (columns: readonly { readonly name: string; readonly type: string }[]): string | null => {
  const timed = columns.filter(({ type }) => isTimeType(type))
  const named = TIME_NAMES.flatMap(wanted => timed.find(({ name }) => sameName(name, wanted)) ?? [])
  return (named[0] ?? timed[0])?.name ?? null
}
