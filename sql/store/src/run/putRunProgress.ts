import type { SqlClient } from '../client/sqlClient.ts'

/** Where the workers and their work stand: for lists and outside readers; decides nothing. */
export interface RunProgress {
  readonly workersRegistered: number
  readonly workersReady: number
  readonly workersActive: number
  readonly workersCompleted: number
  readonly totalOperations: number
  readonly errors: number
  readonly currentQps: number | null
}

/** False: no longer owned under `epoch`. */
export const putRunProgress = async (db: SqlClient, runId: string, epoch: number, progress: RunProgress): Promise<boolean> =>
  (await db.execute(
    `UPDATE run_status
     SET workers_registered = ?, workers_ready = ?, workers_active = ?, workers_completed = ?, total_ops = ?, error_count = ?, current_qps = ?,
       updated_at = CURRENT_TIMESTAMP
     WHERE run_id = ? AND orchestrator_epoch = ?`,
    [
      progress.workersRegistered,
      progress.workersReady,
      progress.workersActive,
      progress.workersCompleted,
      progress.totalOperations,
      progress.errors,
      progress.currentQps,
      runId,
      epoch,
    ],
  )) > 0
