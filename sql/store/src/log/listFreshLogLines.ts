import type { SqlClient } from '../client/sqlClient.ts'
import { type LogFilter, type LogLineRead, listFrom } from './listLogLines.ts'
import { type LogCursor, readLogCursor } from './logCursor.ts'

/** How far a follower of a run's log has come. */
export interface LogPosition {
  /** Of the newest line that was read; null: none yet. */
  readonly newest: LogCursor | null
  /** When the lines of the last seconds were written, by id: they are read again and dropped. */
  readonly known: ReadonlyMap<string, number>
  /** In the middle of a reading: the last line of its last page. Null: it is done. */
  readonly within: LogCursor | null
}

/** After the line with this cursor (null: from the first). Lines of the last seconds before it are told once more: drop those whose ids are there. */
export const logPositionAt = (after: string | null): LogPosition => ({
  newest: after === null ? null : readLogCursor(after),
  known: new Map(),
  within: null,
})

/**
 * A line is dated when its statement begins and is seen when that is committed, so one with an older date than what was read may appear for as long as
 * a statement of the log's writers takes at most. So long a stretch is read again each time.
 */
const LATE_MS = 15_000
const LINES_AT_ONCE = 500

/**
 * A page of the lines that have appeared since `position`, in the order in which they were written; each once, however late it came. There are more as long
 * as the position that comes with them is `within` a reading.
 */
export const listFreshLogLines = async (
  db: SqlClient,
  runId: string,
  position: LogPosition,
  filter: LogFilter,
): Promise<{ readonly lines: readonly LogLineRead[]; readonly position: LogPosition }> => {
  const lines: LogLineRead[] = []
  const known = new Map(position.known)
  let newest = position.newest
  let from = position.within ?? (newest === null ? null : { insertedAtMs: newest.insertedAtMs - LATE_MS, id: '' })
  const page = await listFrom(db, runId, from, { ...filter, first: LINES_AT_ONCE })
  for (const line of page) {
    from = readLogCursor(line.cursor)
    if (newest === null || from.insertedAtMs >= newest.insertedAtMs) newest = from
    if (known.has(line.id)) continue
    known.set(line.id, from.insertedAtMs)
    lines.push(line)
  }
  const oldestMs = (newest?.insertedAtMs ?? 0) - LATE_MS
  const remembered = new Map([...known].filter(([, insertedAtMs]) => insertedAtMs >= oldestMs))
  return { lines, position: { newest, known: remembered, within: page.length < LINES_AT_ONCE ? null : from } }
}
