import type { Bind, Row } from './sqlClient.ts'

/** Readers of one column each: a value of the wrong type is a defect and is thrown, never passed on. */
const wrong = (row: Row, column: string, wanted: string): never => {
  throw new TypeError(`column ${column} holds ${row[column] === undefined ? 'nothing' : typeof row[column]}, not ${wanted}`)
}

export const text = (row: Row, column: string): string => {
  const value = row[column]
  return typeof value === 'string' ? value : wrong(row, column, 'text')
}
export const number = (row: Row, column: string): number => {
  const value = row[column]
  return typeof value === 'number' ? value : wrong(row, column, 'a number')
}
export const flag = (row: Row, column: string): boolean => {
  const value = row[column]
  return typeof value === 'boolean' ? value : wrong(row, column, 'a boolean')
}
export const textOrNull = (row: Row, column: string): string | null => (row[column] === null ? null : text(row, column))
export const numberOrNull = (row: Row, column: string): number | null => (row[column] === null ? null : number(row, column))
/** A JSON column: written by this store, so its shape is taken as written. */
export const json = <T>(row: Row, column: string): T => {
  if (row[column] === undefined) wrong(row, column, 'JSON')
  return row[column] as T
}

/** Words of a person or an engine as a bind: cut to `most` characters, and without NUL, which PostgreSQL refuses. */
export const wordsBind = (words: string | null | undefined, most: number): string | null =>
  words == null ? null : words.replaceAll('\0', '').slice(0, most)

/** A moment as a bind: milliseconds since 1970 as ISO text in UTC, for `CAST(? AS TIMESTAMP_NTZ)`. */
export const momentBind = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString().slice(0, 23))

/** Values of several rows as text, for VALUES whose columns are cast: in each row of a column the same type, whatever is null in it. */
export const textBinds = (values: readonly Bind[]): Bind[] => values.map(value => (value === null ? null : String(value)))
