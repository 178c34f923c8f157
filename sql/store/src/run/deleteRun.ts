import type { SqlClient } from '../client/sqlClient.ts'
import { AT_REST } from './atRest.ts'

/**
 * Takes a run that is not under way out of every list. Its version rises, so that whoever was about to start it must look again.
 * @returns false when it is under way, or unknown
 */
export const deleteRun = (db: SqlClient, runId: string): Promise<boolean> => putDeletion(db, runId, 'CURRENT_TIMESTAMP', 'IS NULL')

/** Puts a deleted run back. False when it is unknown, or under way, which a deleted one never is. */
export const restoreRun = (db: SqlClient, runId: string): Promise<boolean> => putDeletion(db, runId, 'NULL', 'IS NOT NULL')

const putDeletion = (db: SqlClient, runId: string, moment: string, unlessDone: string): Promise<boolean> =>
  db.transaction(async tx => {
    const atRest = await tx.execute(
      `UPDATE run_status SET version = version + 1, updated_at = CURRENT_TIMESTAMP WHERE run_id = ? AND ${AT_REST}`,
      [runId],
    )
    if (atRest === 0) return false
    await tx.execute(
      `UPDATE test_results SET deleted_at = ${moment}, updated_at = CURRENT_TIMESTAMP WHERE test_id = ? AND deleted_at ${unlessDone}`,
      [runId],
    )
    return true
  })

/** How many of the runs that each template has made here were deleted, by template id; one of which none was is absent. */
export const countDeletedRuns = async (db: SqlClient, templateIds: readonly string[]): Promise<Map<string, number>> => {
  if (templateIds.length === 0) return new Map()
  const rows = await db.query(
    `SELECT template_id, COUNT(*) AS n FROM test_results
     WHERE worker_id IS NULL AND deleted_at IS NOT NULL AND imported_at IS NULL AND template_id IN (${templateIds.map(() => '?').join(', ')}) GROUP BY template_id`,
    templateIds,
  )
  return new Map(rows.map(row => [String(row['template_id']), Number(row['n'])]))
}
