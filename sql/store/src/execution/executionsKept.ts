import type { ExecutionsKept } from '@flakebench/contract'
import { json, text } from '../client/columns.ts'
import { type SqlClient, StaleEpoch } from '../client/sqlClient.ts'

/** Keeps what became of a run's executions. @param epoch null: the run is over, and nobody's @throws StaleEpoch */
export const putExecutionsKept = async (db: SqlClient, runId: string, epoch: number | null, kept: ExecutionsKept): Promise<void> => {
  const fence = epoch === null ? '' : 'AND EXISTS (SELECT 1 FROM run_status WHERE run_id = ? AND orchestrator_epoch = ?)'
  const changed = await db.execute(
    `UPDATE test_results SET executions = PARSE_JSON(?), updated_at = CURRENT_TIMESTAMP WHERE test_id = ? ${fence}`,
    epoch === null ? [JSON.stringify(kept), runId] : [JSON.stringify(kept), runId, runId, epoch],
  )
  if (changed === 0 && epoch !== null) throw new StaleEpoch(runId, epoch)
}

/** What became of these runs' executions, by run id; a run of which nothing is known yet is absent. */
export const readExecutionsKept = async (db: SqlClient, runIds: readonly string[]): Promise<Map<string, ExecutionsKept>> => {
  if (runIds.length === 0) return new Map()
  const rows = await db.query(
    `SELECT test_id, executions FROM test_results WHERE executions IS NOT NULL AND test_id IN (${runIds.map(() => '?').join(', ')})`,
    runIds,
  )
  return new Map(rows.map(row => [text(row, 'test_id'), json(row, 'executions')]))
}

export interface OutdatedExecutions {
  readonly runId: string
  readonly kept: ExecutionsKept
}

/**
 * Runs that ended, or were imported, more than so many days ago and whose executions are still there, oldest first; baselines are not among them.
 * @param runId this one alone, if it is one of them
 */
export const listOutdatedExecutions = async (db: SqlClient, days: number, runId: string | null = null): Promise<OutdatedExecutions[]> => {
  const rows = await db.query(
    `SELECT t.test_id, t.executions FROM test_results t JOIN run_status r ON r.run_id = t.test_id
     WHERE t.pinned = FALSE AND r.status IN ('COMPLETED', 'CANCELLED', 'FAILED') AND COALESCE(t.imported_at, r.end_time) < DATEADD('day', ?, CURRENT_TIMESTAMP)
       AND JSON_EXTRACT_PATH_TEXT(t.executions, 'state') IN ('COMPLETE', 'INCOMPLETE')
       ${runId === null ? '' : 'AND t.test_id = ?'}
     ORDER BY t.test_id`,
    runId === null ? [-days] : [-days, runId],
  )
  return rows.map(row => ({ runId: text(row, 'test_id'), kept: json(row, 'executions') }))
}
