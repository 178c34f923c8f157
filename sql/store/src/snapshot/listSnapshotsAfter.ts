import type { WorkerSnapshot } from '@flakebench/contract'
import { json, number, numberOrNull, text } from '../client/columns.ts'
import type { Bind, SqlClient } from '../client/sqlClient.ts'

/** How far one worker's snapshots have been read: it writes them in order, so nothing can appear before this. */
export interface SnapshotCursor {
  readonly workerId: string
  readonly attempt: number
  readonly sequence: number
}

/** So many snapshots are read at once; when as many came, there may be more. */
export const SNAPSHOTS_AT_ONCE = 250

/**
 * The snapshots of these workers after their cursors, all workers' interval by interval; a worker is read from its first snapshot with sequence -1.
 */
export const listSnapshotsAfter = async (db: SqlClient, runId: string, cursors: readonly SnapshotCursor[]): Promise<WorkerSnapshot[]> => {
  if (cursors.length === 0) return []
  const binds: Bind[] = [runId]
  for (const cursor of cursors) binds.push(cursor.workerId, cursor.attempt, cursor.sequence)
  const rows = await db.query(
    `SELECT worker_id, attempt, sequence_number, worker_group_id, worker_group_count, interval_index, start_ms, end_ms, phase, operations_started,
       total_queries, error_count, cut_off_count, retried_operations, by_kind, errors_by_category, active_connections, target_connections,
       open_connections, arrivals, client_health
     FROM worker_metrics_snapshots
     WHERE run_id = ? AND (${cursors.map(() => '(worker_id = ? AND attempt = ? AND sequence_number > ?)').join(' OR ')})
     ORDER BY interval_index, worker_id, attempt, sequence_number
     LIMIT ${SNAPSHOTS_AT_ONCE}`,
    binds,
  )
  return rows.map(row => ({
    runId,
    workerId: text(row, 'worker_id'),
    attempt: number(row, 'attempt'),
    sequence: number(row, 'sequence_number'),
    workerGroupId: number(row, 'worker_group_id'),
    workerGroupCount: number(row, 'worker_group_count'),
    intervalIndex: number(row, 'interval_index'),
    startMs: number(row, 'start_ms'),
    endMs: number(row, 'end_ms'),
    phase: text(row, 'phase') as WorkerSnapshot['phase'],
    started: number(row, 'operations_started'),
    operations: number(row, 'total_queries'),
    errors: number(row, 'error_count'),
    cutOff: number(row, 'cut_off_count'),
    retriedOperations: numberOrNull(row, 'retried_operations') ?? 0,
    byKind: json(row, 'by_kind'),
    errorsByCategory: json(row, 'errors_by_category'),
    activeConnections: number(row, 'active_connections'),
    targetConnections: number(row, 'target_connections'),
    openConnections: numberOrNull(row, 'open_connections') ?? 0,
    arrivals: json(row, 'arrivals'),
    client: json(row, 'client_health'),
  }))
}
