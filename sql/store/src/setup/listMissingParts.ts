import { text } from '../client/columns.ts'
import { DEFAULT_SCHEMA } from '../client/controlDatabaseOptions.ts'
import type { SqlClient } from '../client/sqlClient.ts'
import { tableColumns } from './schemaFiles.ts'

/**
 * What is missing of the control schema: tables by name, columns of those that are there as `table.column`, which an earlier version did not have yet.
 * Empty when it is complete.
 */
export const listMissingParts = async (db: SqlClient, schema: string = DEFAULT_SCHEMA): Promise<string[]> => {
  const rows = await db.query(
    'SELECT LOWER(table_name) AS table_name, LOWER(column_name) AS column_name FROM information_schema.columns WHERE LOWER(table_schema) = ?',
    [schema],
  )
  const present = new Set(rows.flatMap(row => [text(row, 'table_name'), `${text(row, 'table_name')}.${text(row, 'column_name')}`]))
  return [...tableColumns()].flatMap(([table, columns]) =>
    present.has(table) ? columns.map(column => `${table}.${column}`).filter(name => !present.has(name)) : [table],
  )
}
