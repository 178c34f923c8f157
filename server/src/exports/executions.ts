import { EXECUTIONS_TABLE, type Row, readRunRows, type SqlClient, tableShape } from '@flakebench/store'
import { columnNamed, csvHead, csvRows } from './csv.ts'

/** Every single execution of a run that is in the table, in the order in which they ended. */
export const executionsCsv = async function* (db: SqlClient, runId: string): AsyncGenerator<string> {
  const columns = tableShape(EXECUTIONS_TABLE.name)
    .map(({ name }) => name)
    .filter(name => name !== 'run_id')
    .map(columnNamed)
  yield csvHead(columns)
  for await (const rows of readRunRows(db, EXECUTIONS_TABLE, runId)) yield csvRows(columns, rows)
}

export const executionObjects = async function* (db: SqlClient, runId: string): AsyncGenerator<readonly Row[]> {
  for await (const rows of readRunRows(db, EXECUTIONS_TABLE, runId)) yield rows.map(({ run_id: _, ...row }) => row)
}
