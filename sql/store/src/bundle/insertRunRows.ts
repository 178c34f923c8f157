import { momentBind } from '../client/columns.ts'
import type { Bind, Row, SqlClient } from '../client/sqlClient.ts'
import type { RunTable } from './runTables.ts'
import { type ColumnShape, tableShape } from './tableShape.ts'

/** Of one statement: far below what either engine takes. */
const MOST_BINDS = 10_000

/** Keeps rows that `faultOfRunRow` finds no fault with; what a row leaves out is as the schema says. */
export const insertRunRows = async (db: SqlClient, { name }: RunTable, rows: readonly Row[]): Promise<void> => {
  const columns = tableShape(name)
  const portion = Math.floor(MOST_BINDS / columns.length)
  for (let from = 0; from < rows.length; from += portion) await insertPortion(db, name, columns, rows.slice(from, from + portion))
}

const insertPortion = async (db: SqlClient, table: string, columns: readonly ColumnShape[], rows: readonly Row[]): Promise<void> => {
  const names = columns.map(({ name }) => name).join(', ')
  const row = `(${columns.map(() => '?').join(', ')})`
  await db.execute(
    `INSERT INTO ${table} (${names})
     SELECT ${columns.map(sqlOf).join(', ')} FROM (VALUES ${rows.map(() => row).join(', ')}) AS v (${names})`,
    rows.flatMap(values => columns.map(column => bindOf(column, values[column.name] ?? null))),
  )
}

const CASTS: Readonly<Record<ColumnShape['type'], (column: string) => string>> = {
  TEXT: column => `CAST(${column} AS VARCHAR)`,
  INTEGER: column => `CAST(${column} AS INTEGER)`,
  BIGINT: column => `CAST(${column} AS BIGINT)`,
  DOUBLE: column => `CAST(${column} AS DOUBLE PRECISION)`,
  FLAG: column => `CAST(${column} AS BOOLEAN)`,
  MOMENT: column => `CAST(${column} AS TIMESTAMP_NTZ)`,
  JSON: column => `PARSE_JSON(${column})`,
}

const sqlOf = ({ name, type, fallback }: ColumnShape): string => {
  const value = CASTS[type](`v.${name}`)
  if (fallback === null) return value
  return `COALESCE(${value}, ${type === 'MOMENT' ? `CAST(${fallback} AS TIMESTAMP_NTZ)` : fallback})`
}

/** As text: whatever is null in them, the values of a column have one type. */
const bindOf = ({ type }: ColumnShape, value: unknown): Bind => {
  if (value === null) return null
  if (type === 'JSON') return JSON.stringify(value)
  if (type === 'MOMENT') return momentBind(value as number)
  return typeof value === 'string' ? value.replaceAll('\0', '') : String(value)
}
