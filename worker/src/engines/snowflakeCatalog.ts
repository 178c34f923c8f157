import { lookupKeyOf, type ProfiledColumn, type TableType, type Target } from '@flakebench/contract'
import { asObjects, readSnowflakeKeys, SnowflakeFailure, type SnowflakeSession, snowflakeTableType } from '@flakebench/store'
import { EXIT, WorkerFailure } from '../failure.ts'
import { likePattern, meantName, placesOf, qualifiedName, quoteName, type SnowflakeTable } from './snowflakeNames.ts'
import { readType } from './snowflakeTypes.ts'

type Row = Readonly<Record<string, unknown>>

/** What the catalog says of a table. None of it needs a warehouse. */
export interface FoundTable extends SnowflakeTable {
  readonly tableType: TableType
  /** Null: not known, as of views. */
  readonly rows: number | null
}

/** Object does not exist or not authorized; the same, or not for this operation. */
const MISSING = ['002003', '002043']

const query = async (session: SnowflakeSession, sql: string): Promise<readonly Row[]> => asObjects(await session.execute(sql))

/** Nothing where what is asked about is not there, or may not be seen. */
const queryIfThere = async (session: SnowflakeSession, sql: string): Promise<readonly Row[]> => {
  try {
    return await query(session, sql)
  } catch (error) {
    if (error instanceof SnowflakeFailure && MISSING.includes(error.code)) return []
    throw error
  }
}

const nameOf = (row: Row): string => String(row['name'])
const isYes = (value: unknown): boolean => ['Y', 'YES', 'TRUE'].includes(String(value).toUpperCase())

/**
 * Finds the target's table or view: its names as they stand, else in upper case.
 * @throws WorkerFailure when there is none
 */
export const findTable = async (session: SnowflakeSession, target: Target): Promise<FoundTable> => {
  for (const place of placesOf(target)) {
    const where = `LIKE ${likePattern(target.table)} IN SCHEMA ${quoteName(place.database)}.${quoteName(place.schema)}`
    const tables = await queryIfThere(session, `SHOW TABLES ${where}`)
    const views = await queryIfThere(session, `SHOW VIEWS ${where}`)
    const table = meantName(target.table, [...tables, ...views].map(nameOf))
    if (table === null) continue
    const row = tables.find(candidate => nameOf(candidate) === table)
    if (row === undefined) return { ...place, table, tableType: 'VIEW', rows: null }
    const isInteractive =
      row['is_interactive'] === undefined ? await isListedInteractive(session, where, table) : isYes(row['is_interactive'])
    return { ...place, table, tableType: snowflakeTableType(row, isInteractive), rows: row['rows'] == null ? null : Number(row['rows']) }
  }
  throw new WorkerFailure(
    EXIT.NOT_PREPARED,
    `The table ${target.database}.${target.schema}.${target.table} does not exist, or the connection's role may not see it: check the template's target, or grant USAGE on its database and schema and SELECT on the table`,
  )
}

/** Accounts that do not have the column `is_interactive` yet may know the command. */
const isListedInteractive = async (session: SnowflakeSession, where: string, table: string): Promise<boolean> => {
  try {
    return (await query(session, `SHOW INTERACTIVE TABLES ${where}`)).some(row => nameOf(row) === table)
  } catch (error) {
    if (error instanceof SnowflakeFailure && error.kind === 'SERVER') return false
    throw error
  }
}

const SAID: Readonly<Record<TableType, string>> = {
  STANDARD: 'a standard table',
  HYBRID: 'a hybrid table',
  INTERACTIVE: 'an interactive table',
  DYNAMIC: 'a dynamic table',
  VIEW: 'a view',
  POSTGRES: 'a PostgreSQL table',
}

/** @throws WorkerFailure when the table is not of the type that the template says: each allows something else, and is measured differently */
export const requireType = (found: FoundTable, wanted: TableType): void => {
  if (found.tableType === wanted) return
  throw new WorkerFailure(
    EXIT.NOT_PREPARED,
    `${found.database}.${found.schema}.${found.table} is ${SAID[found.tableType]}, the template says ${SAID[wanted]}: set target.tableType to ${found.tableType}, or choose another table`,
  )
}

export const readColumns = async (session: SnowflakeSession, table: SnowflakeTable): Promise<ProfiledColumn[]> =>
  (await query(session, `DESCRIBE TABLE ${qualifiedName(table)}`))
    .filter(row => String(row['kind'] ?? 'COLUMN').toUpperCase() === 'COLUMN')
    .map(row => ({
      name: nameOf(row),
      ...readType(String(row['type'])),
      nullable: isYes(row['null?']),
      hasDefault: row['default'] != null,
      generated: false,
    }))

/** The column that rows are found by: see `lookupKeyOf`. @throws WorkerFailure when there is no column */
export const readKeyColumn = async (
  session: SnowflakeSession,
  found: FoundTable,
  columns: readonly ProfiledColumn[],
): Promise<ProfiledColumn> => {
  const keys = found.tableType === 'VIEW' ? [] : await readSnowflakeKeys(sql => query(session, sql), qualifiedName(found))
  const lookup = lookupKeyOf(
    columns.map(({ name }) => name),
    keys,
  )
  const key = columns.find(({ name }) => name === lookup?.column)
  if (key === undefined) throw new WorkerFailure(EXIT.NOT_PREPARED, 'The table has no columns: choose another one')
  return key
}
