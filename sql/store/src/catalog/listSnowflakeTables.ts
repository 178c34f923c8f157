import type { TableType } from '@flakebench/contract'
import { SnowflakeFailure } from '../snowflake/failure.ts'
import { quoteName, quoteText } from '../snowflake/names.ts'
import type { CatalogTable } from './catalog.ts'
import { commentOf, countOf, isYes, nameOf, type ShownRow, type ShowSnowflake, showIfThere } from './showSnowflake.ts'

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
 * @param like only those whose names are like this
 */
export const showSnowflakeTables = async (
  show: ShowSnowflake,
  database: string,
  schema: string,
  like: string | null = null,
): Promise<readonly ShownTable[] | null> => {
  const where = `${like === null ? '' : `LIKE ${quoteText(like)} `}IN SCHEMA ${quoteName(database)}.${quoteName(schema)}`
  const tables = await showIfThere(show, `SHOW TABLES ${where}`)
  const views = tables === null ? null : await showIfThere(show, `SHOW VIEWS ${where}`)
  if (tables === null || views === null) return null
  const interactive = await listInteractive(show, tables, where)
  return [
    ...tables
      .filter(row => !isYes(row['is_event']))
      .map(row => ({ row, table: toTable(row, snowflakeTableType(row, interactive.has(nameOf(row)))) })),
    ...views.map(row => ({ row, table: toTable(row, 'VIEW') })),
  ].sort((a, b) => (a.table.name < b.table.name ? -1 : 1))
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
