import { Buffer } from 'node:buffer'
import pg from 'pg'
import type { BindValue, Statement } from './engine.ts'

/** Has PostgreSQL plan a prepared statement with these values without executing it: a value that does not fit its column is found, too. */
export const explaining = ({ name }: Pick<Statement, 'name'>, values: readonly BindValue[]): string =>
  `EXPLAIN EXECUTE ${name}${values.length === 0 ? '' : `(${values.map(literal).join(', ')})`}`

/** Texts without a type, so that the parameter's own is read from them, as from bound ones. */
const literal = (value: BindValue): string => {
  if (value === null) return 'NULL'
  return pg.escapeLiteral(Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : String(value))
}
