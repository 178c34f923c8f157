import type { TableType } from '@flakebench/contract'
import { SnowflakeFailure } from '../snowflake/failure.ts'
import { quoteName } from '../snowflake/names.ts'
import { type CatalogList, type CatalogTable, cutAt, MOST_LISTED } from './catalog.ts'
import {
  commentOf,
  countOf,
  isShownCut,
  isYes,
  nameOf,
  type ShownNames,
  type ShownRow,
  type ShowSnowflake,
  showIfThere,
} from './showSnowflake.ts'

/** Of a table, from SHOW TABLES. An interactive table that refreshes itself also says that it is dynamic. */
export const snowflakeTableType = (row: ShownRow, isInteractive: boolean): TableType => {
  if (isInteractive) return 'INTERACTIVE'
  if (isYes(row['is_hybrid'])) return 'HYBRID'
  return isYes(row['is_dynamic']) ? 'DYNAMIC' : 'STANDARD'
}

/** A table or view as SHOW has it. */
export interface ShownTable {
  readonly table: CatalogTable
  readonly row: ShownRow
}

/**
 * Tables and views of a schema, names as Snowflake keeps them; null: there is no such schema.
 * @param names null: all
 */
export const showSnowflakeTables = async (
  show: ShowSnowflake,
  database: string,
  schema: string,
  names: ShownNames | null,
  most = MOST_LISTED,
): Promise<CatalogList<ShownTable> | null> => {
  const where = `${names === null ? '' : `LIKE ${names.like} `}IN SCHEMA ${quoteName(database)}.${quoteName(schema)}`
  const tables = await showIfThere(show, `SHOW TABLES ${where}`)
  const views = tables === null ? null : await showIfThere(show, `SHOW VIEWS ${where}`)
  if (tables === null || views === null) return null
  const interactive = await listInteractive(show, tables, where)
  const all = [
    ...tables
      .filter(row => !isYes(row['is_event']))
      .map(row => ({ row, table: toTable(row, snowflakeTableType(row, interactive.has(nameOf(row)))) })),
    ...views.map(row => ({ row, table: toTable(row, 'VIEW') })),
  ].sort((a, b) => (a.table.name < b.table.name ? -1 : 1))
  const meant = names === null ? all : all.filter(({ table }) => names.isMeant(table.name))
  return cutAt(meant, most, isShownCut(tables) || isShownCut(views))
}

const toTable = (row: ShownRow, tableType: TableType): CatalogTable => ({
  name: nameOf(row),
  tableType,
  rowEstimate: countOf(row['rows']),
  bytes: countOf(row['bytes']),
  comment: commentOf(row),
})

/** Accounts that do not have the column `is_interactive` yet may know the command. */
const listInteractive = async (show: ShowSnowflake, tables: readonly ShownRow[], where: string): Promise<ReadonlySet<string>> => {
  if (tables.every(row => row['is_interactive'] !== undefined)) {
    return new Set(tables.filter(row => isYes(row['is_interactive'])).map(nameOf))
  }
  try {
    return new Set((await show(`SHOW INTERACTIVE TABLES ${where}`)).map(nameOf))
  } catch (error) {
    if (error instanceof SnowflakeFailure && error.kind === 'SERVER') return new Set()
    throw error
  }
}
