import { Buffer } from 'node:buffer'
import type pg from 'pg'
import type { BindValue } from './engine.ts'

/** As the protocol takes them: text, or bytes as they are. */
export const asSent = (value: BindValue): string | Buffer | null =>
  value === null || typeof value === 'string' || Buffer.isBuffer(value) ? value : String(value)

const SPACE = 32
const ZERO = 48

/** The number at the end of a command tag: rows returned or changed. Read backwards, without making a string. */
export const rowsOfTag = (tag: string | null): number | null => {
  if (tag === null) return null
  let rows = 0
  let at = tag.length - 1
  for (let unit = 1; at >= 0 && tag.charCodeAt(at) !== SPACE; at--, unit *= 10) {
    const digit = tag.charCodeAt(at) - ZERO
    if (digit < 0 || digit > 9) return null
    rows += digit * unit
  }
  return at < tag.length - 1 ? rows : null
}

/**
 * The execution of prepared statements on one session, one after another: bind, execute and sync in one write. It leaves out what the driver's own
 * query does besides: asking each time for a description of the answer, and turning its rows into values. Both would be the client's work, counted
 * as the database's time. One object serves a session for all its life. The form is what `pg` takes from cursors and streams ("submittable").
 */
export class PostgresExecution {
  statement = ''
  values: BindValue[] = []
  /** What the server calls the end of the execution: `SELECT 3`, `INSERT 0 1`; null: it has not come to it. */
  commandTag: string | null = null
  readonly callback: (error: unknown) => void

  constructor(callback: (error: unknown) => void) {
    this.callback = callback
  }

  submit(connection: pg.Connection): void {
    const { stream } = connection
    this.commandTag = null
    stream.cork()
    connection.bind({ statement: this.statement, values: this.values.map(asSent) }, true)
    connection.execute(null, true)
    connection.sync()
    stream.uncork()
  }

  handleReadyForQuery(): void {
    this.callback(null)
  }
  handleError(error: unknown): void {
    this.callback(error)
  }
  handleDataRow(): void {}
  handleCommandComplete({ text }: { readonly text: string }): void {
    this.commandTag = text
  }
  handleRowDescription(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
}
