import type { WorkerSnapshot } from '@flakebench/contract'
import { textBinds } from '../client/columns.ts'
import type { Bind, SqlClient } from '../client/sqlClient.ts'

const COLUMNS = `run_id, worker_id, attempt, sequence_number, worker_group_id, worker_group_count, interval_index, start_ms, end_ms, phase,
  operations_started, total_queries, error_count, cut_off_count, retried_operations, by_kind, errors_by_category, active_connections,
  target_connections, open_connections, arrivals, client_health`

const ROW = `(${COLUMNS.split(',')
  .map(() => '?')
  .join(', ')})`

const valuesOf = (snapshot: WorkerSnapshot): Bind[] => [
  snapshot.runId,
  snapshot.workerId,
  snapshot.attempt,
  snapshot.sequence,
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
  snapshot.retriedOperations,
  JSON.stringify(snapshot.byKind),
  JSON.stringify(snapshot.errorsByCategory),
  snapshot.activeConnections,
  snapshot.targetConnections,
  snapshot.openConnections,
  snapshot.arrivals === null ? null : JSON.stringify(snapshot.arrivals),
  JSON.stringify(snapshot.client),
]

/** Keeps a worker's intervals, all or none, in one statement; those that are there already are left as they are. At least one, each once. */
export const insertSnapshots = async (db: SqlClient, snapshots: readonly WorkerSnapshot[]): Promise<void> => {
  await db.execute(
    `INSERT INTO worker_metrics_snapshots (${COLUMNS})
     SELECT v.run_id, v.worker_id, CAST(v.attempt AS INTEGER), CAST(v.sequence_number AS INTEGER), CAST(v.worker_group_id AS INTEGER),
       CAST(v.worker_group_count AS INTEGER), CAST(v.interval_index AS INTEGER), CAST(v.start_ms AS DOUBLE PRECISION),
       CAST(v.end_ms AS DOUBLE PRECISION), v.phase, CAST(v.operations_started AS BIGINT), CAST(v.total_queries AS BIGINT),
       CAST(v.error_count AS BIGINT), CAST(v.cut_off_count AS BIGINT), CAST(v.retried_operations AS BIGINT), PARSE_JSON(v.by_kind),
       PARSE_JSON(v.errors_by_category), CAST(v.active_connections AS INTEGER), CAST(v.target_connections AS INTEGER),
       CAST(v.open_connections AS INTEGER), PARSE_JSON(v.arrivals), PARSE_JSON(v.client_health)
     FROM (VALUES ${snapshots.map(() => ROW).join(', ')}) AS v (${COLUMNS})
     LEFT JOIN worker_metrics_snapshots AS k
       ON k.run_id = v.run_id AND k.worker_id = v.worker_id AND k.attempt = CAST(v.attempt AS INTEGER)
         AND k.sequence_number = CAST(v.sequence_number AS INTEGER)
     WHERE k.run_id IS NULL`,
    textBinds(snapshots.flatMap(valuesOf)),
  )
}
