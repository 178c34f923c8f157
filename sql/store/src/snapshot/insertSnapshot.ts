import type { WorkerSnapshot } from '@flakebench/contract'
import type { SqlClient } from '../client/sqlClient.ts'

/** Keeps a worker's interval; writing the same one again changes nothing. */
export const insertSnapshot = async (db: SqlClient, snapshot: WorkerSnapshot): Promise<void> => {
  const key = [snapshot.runId, snapshot.workerId, snapshot.attempt, snapshot.sequence]
  await db.execute(
    `INSERT INTO worker_metrics_snapshots (run_id, worker_id, attempt, sequence_number, worker_group_id, worker_group_count, interval_index, start_ms,
       end_ms, phase, operations_started, total_queries, error_count, cut_off_count, by_kind, errors_by_category, active_connections,
       target_connections, client_health)
     SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, PARSE_JSON(?), PARSE_JSON(?), ?, ?, PARSE_JSON(?)
     WHERE NOT EXISTS (SELECT 1 FROM worker_metrics_snapshots WHERE run_id = ? AND worker_id = ? AND attempt = ? AND sequence_number = ?)`,
    [
      ...key,
      snapshot.workerGroupId,
      snapshot.workerGroupCount,
      snapshot.intervalIndex,
      snapshot.startMs,
      snapshot.endMs,
      snapshot.phase,
      snapshot.started,
      snapshot.operations,
      snapshot.errors,
      snapshot.cutOff,
      JSON.stringify(snapshot.byKind),
      JSON.stringify(snapshot.errorsByCategory),
      snapshot.activeConnections,
      snapshot.targetConnections,
      JSON.stringify(snapshot.client),
      ...key,
    ],
  )
}
