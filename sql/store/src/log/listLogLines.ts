import type { LogLevel, LogLine } from '@flakebench/contract'
import { momentBind, number, text, textOrNull } from '../client/columns.ts'
import type { Bind, SqlClient } from '../client/sqlClient.ts'
import { type LogCursor, logCursor, readLogCursor } from './logCursor.ts'

/** Which lines of a run; null and an empty list: all. */
export interface LogFilter {
  readonly levels: readonly LogLevel[] | null
  readonly sources: readonly string[] | null
}

export interface LogListing extends LogFilter {
  /** The cursor of the last line that was read; null: from the first. Text that is no cursor is thrown. */
  readonly after: string | null
  /** So many at most. */
  readonly first: number
}

/** A line as it was read, and where to read on after it. */
export type LogLineRead = LogLine & { readonly cursor: string }

/**
 * Lines of a run in the order in which they were written. Of a run that is over these are all; while others still write, a line may yet appear before the
 * last one read: follow with `listFreshLogLines`.
 */
export const listLogLines = (db: SqlClient, runId: string, { after, ...listing }: LogListing): Promise<LogLineRead[]> =>
  listFrom(db, runId, after === null ? null : readLogCursor(after), listing)

/** As `listLogLines`, after any moment. */
export const listFrom = async (
  db: SqlClient,
  runId: string,
  after: LogCursor | null,
  { first, levels, sources }: Omit<LogListing, 'after'>,
): Promise<LogLineRead[]> => {
  const conditions = ['run_id = ?']
  const binds: Bind[] = [runId]
  if (after !== null) {
    conditions.push('(inserted_at > CAST(? AS TIMESTAMP_NTZ) OR (inserted_at = CAST(? AS TIMESTAMP_NTZ) AND log_id > ?))')
    binds.push(momentBind(after.insertedAtMs), momentBind(after.insertedAtMs), after.id)
  }
  const among = (column: string, words: readonly string[] | null) => {
    if (words === null || words.length === 0) return
    conditions.push(`${column} IN (${words.map(() => '?').join(', ')})`)
    binds.push(...words)
  }
  among('level', levels)
  among('source', sources)
  const rows = await db.query(
    `SELECT log_id, worker_id, sequence_number, recorded_at, level, source, message, exception, inserted_at FROM test_logs
     WHERE ${conditions.join(' AND ')} ORDER BY inserted_at, log_id LIMIT ${Math.trunc(first)}`,
    binds,
  )
  return rows.map(row => ({
    id: text(row, 'log_id'),
    runId,
    workerId: textOrNull(row, 'worker_id'),
    sequence: number(row, 'sequence_number'),
    atMs: number(row, 'recorded_at'),
    level: text(row, 'level') as LogLevel,
    source: text(row, 'source'),
    message: text(row, 'message'),
    exception: textOrNull(row, 'exception'),
    cursor: logCursor({ insertedAtMs: number(row, 'inserted_at'), id: text(row, 'log_id') }),
  }))
}
