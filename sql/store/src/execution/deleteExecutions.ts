import { numberOrNull } from '../client/columns.ts'
import type { SqlClient } from '../client/sqlClient.ts'

/** In one statement. Snowflake writes the partitions that a row is deleted from anew: better seldom; PostgreSQL must be done before its time is up. */
const AT_ONCE: Readonly<Record<SqlClient['engine'], number>> = { postgres: 50_000, snowflake: 5_000_000 }

/**
 * Removes a run's executions, by the moments at which they ended, and leaves what is known of them in SPOOL_FILES. Killed in the middle, it has removed
 * some, and calling it again removes the rest.
 * @returns how many were removed
 */
export const deleteExecutions = async (db: SqlClient, runId: string): Promise<number> => {
  for (let all = 0; ; ) {
    const removed = await deleteFirstExecutions(db, runId)
    if (removed === null) return all
    all += removed
  }
}

/** Removes those that ended first. @returns how many; null: there were none */
export const deleteFirstExecutions = async (db: SqlClient, runId: string): Promise<number | null> => {
  const [row] = await db.query(
    `SELECT MAX(end_ms) AS end_ms FROM (
       SELECT end_ms FROM query_executions WHERE run_id = ? ORDER BY end_ms LIMIT ${AT_ONCE[db.engine]}) AS first_ones`,
    [runId],
  )
  const upToMs = numberOrNull(row ?? {}, 'end_ms')
  if (upToMs === null) return null
  return await db.execute('DELETE FROM query_executions WHERE run_id = ? AND end_ms <= ?', [runId, upToMs])
}
