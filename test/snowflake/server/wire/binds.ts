import { SnowflakeError } from '../sql/translation.ts'

/** `bindings` of a request: by number from "1". */
export type Bindings = Readonly<Record<string, { readonly type: string; readonly value: unknown }>>

/** Values for `$1`, `$2`, …: of one execution, or of one for each row of an array bind. */
export type BindValues =
  | { readonly type: 'ONE'; readonly values: readonly (string | null)[] }
  | { readonly type: 'ROWS'; readonly rows: readonly (readonly (string | null)[])[] }

const NO_VALUES: BindValues = { type: 'ONE', values: [] }

/** Everything is text on this wire: PostgreSQL infers the types from where a value is used, as Snowflake casts it there. */
export const readBinds = (bindings: Bindings | undefined): BindValues => {
  if (bindings === undefined) return NO_VALUES
  const values: unknown[] = []
  let count = 0
  for (const _ in bindings) count++
  for (let number = 1; number <= count; number++) {
    const bind = bindings[number]
    if (bind === undefined) throw new SnowflakeError('002049', '42601', `SQL compilation error:\nBind variable :${number} not set.`)
    values.push(bind.value)
  }
  if (!Array.isArray(values[0])) return { type: 'ONE', values: values.map(asText) }
  const columns = values as readonly (readonly unknown[])[]
  const rows = (columns[0] ?? []).map((_, row) => columns.map(cells => asText(cells[row])))
  return { type: 'ROWS', rows }
}

const asText = (value: unknown): string | null => {
  if (value === null || value === undefined) return null
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Which `$n` a statement for PostgreSQL uses, and its text with these numbered from 1 without a gap: what it is sent with must fit exactly. */
export interface BoundText {
  readonly text: string
  /** Zero-based, into the values of the whole statement. */
  readonly uses: readonly number[]
}

const TOKENS = /\b[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$\$[\s\S]*?\$\$|\$(\d+)/g

export const bindText = (sql: string): BoundText => {
  const uses: number[] = []
  const text = sql.replace(TOKENS, (token, number: string | undefined) => {
    if (number === undefined) return token
    const index = Number(number) - 1
    let at = uses.indexOf(index)
    if (at < 0) at = uses.push(index) - 1
    return `$${at + 1}`
  })
  return { text, uses }
}

/** @throws SnowflakeError when a bind that the statement uses was not sent */
export const pickValues = (bound: BoundText, values: readonly (string | null)[]): (string | null)[] =>
  bound.uses.map(index => {
    const value = values[index]
    if (value === undefined) throw new SnowflakeError('002049', '42601', `SQL compilation error:\nBind variable ${index + 1} not set.`)
    return value
  })
