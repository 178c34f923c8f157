import type { Bind, Row, SqlClient } from '../client/sqlClient.ts'
import type { RunTable } from './runTables.ts'
import { tableShape } from './tableShape.ts'

/** The rows of a run in one table, in the order of its key, a portion at a time: any number of them costs no more memory than one portion. */
export async function* readRunRows(db: SqlClient, { name, key, portion }: RunTable, runId: string): AsyncGenerator<readonly Row[]> {
  const columns = tableShape(name).map(column => column.name)
  let last: Row | null = null
  for (;;) {
    const { after, binds }: After = last === null ? { after: '', binds: [] } : afterRow(key, last)
    const rows: readonly Row[] = await db.query(
      `SELECT ${columns.join(', ')} FROM ${name} WHERE run_id = ? ${after} ORDER BY ${key.join(', ')} LIMIT ${portion}`,
      [runId, ...binds],
    )
    if (rows.length > 0) yield rows
    if (rows.length < portion) return
    last = rows.at(-1) as Row
  }
}

interface After {
  readonly after: string
  readonly binds: readonly Bind[]
}

/** The first column alone bounds the stretch of an index; what is equal in it is told apart by the others. */
const afterRow = (key: readonly string[], row: Row): After => {
  const [first] = key
  const { sql, binds } = beyond(key, row)
  return { after: `AND ${first} >= ? AND (${sql})`, binds: [bindOf(row, first as string), ...binds] }
}

const beyond = ([column = '', ...rest]: readonly string[], row: Row): { readonly sql: string; readonly binds: readonly Bind[] } => {
  const value = bindOf(row, column)
  if (rest.length === 0) return { sql: `${column} > ?`, binds: [value] }
  const inner = beyond(rest, row)
  return { sql: `${column} > ? OR ${column} = ? AND (${inner.sql})`, binds: [value, value, ...inner.binds] }
}

const bindOf = (row: Row, column: string): Bind => row[column] as string | number
