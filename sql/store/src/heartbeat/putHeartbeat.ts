import type { Heartbeat } from '@flakebench/contract'
import { wordsBind } from '../client/columns.ts'
import { type Bind, ControlDatabaseUnavailable, type SqlClient } from '../client/sqlClient.ts'

type Registration = Pick<Heartbeat, 'runId' | 'workerId' | 'workerGroupId' | 'host' | 'pid'>

/**
 * Registers a worker as STARTING and returns its attempt: 1, or one more than the last of that id.
 * Called once by a worker before anything else.
 */
export const registerWorker = (db: SqlClient, worker: Registration): Promise<number> =>
  registerOnce(db, worker).catch((error: unknown) => {
    if (error instanceof ControlDatabaseUnavailable) throw error
    // Another of the same id has inserted the row since we looked: now it is there.
    return registerOnce(db, worker)
  })

const registerOnce = (db: SqlClient, worker: Registration): Promise<number> =>
  db.transaction(async tx => {
    const key = [worker.runId, worker.workerId]
    const again = await tx.execute(
      `UPDATE worker_heartbeats
       SET attempt = attempt + 1, host = ?, pid = ?, status = 'STARTING', phase = 'PREPARING', last_heartbeat = CURRENT_TIMESTAMP, heartbeat_count = 0,
         active_connections = 0, operations_started = 0, queries_processed = 0, error_count = 0, operations_cut_off = 0, snapshots_taken = 0,
         applied_sequence_id = 0, start_offset_ms = NULL, last_sent_offset_ms = NULL, cpu_used_percent = NULL,
         memory_used_percent = NULL, scheduling_p99_ms = NULL, spool_state = NULL, executions_spooled = NULL, executions_dropped = NULL, spool_folder = NULL,
         last_error = NULL
       WHERE run_id = ? AND worker_id = ?`,
      [worker.host, worker.pid, ...key],
    )
    if (again === 0) {
      await tx.execute(
        `INSERT INTO worker_heartbeats (run_id, worker_id, worker_group_id, attempt, host, pid, status, phase, last_heartbeat)
         SELECT ?, ?, ?, 1, ?, ?, 'STARTING', 'PREPARING', CURRENT_TIMESTAMP`,
        [...key, worker.workerGroupId, worker.host, worker.pid],
      )
    }
    const [row] = await tx.query('SELECT attempt FROM worker_heartbeats WHERE run_id = ? AND worker_id = ?', key)
    return Number(row?.['attempt'])
  })

/** False: a later attempt of the same worker id has taken over; this one must stop. */
export const putHeartbeat = async (db: SqlClient, beat: Heartbeat): Promise<boolean> => {
  const binds: Bind[] = [
    beat.status,
    beat.phase,
    beat.activeConnections,
    beat.targetConnections,
    beat.cpuPercent,
    beat.memoryBytes,
    beat.operationsStarted,
    beat.operations,
    beat.errors,
    beat.cutOff,
    beat.snapshotsTaken,
    beat.appliedSequenceId,
    beat.startOffsetMs,
    beat.lastSentOffsetMs,
    beat.clockUncertaintyMs,
    beat.floorMs,
    beat.cpuUsedPercent,
    beat.memoryUsedPercent,
    beat.schedulingP99Ms,
    beat.spool?.state ?? null,
    beat.spool?.spooled ?? null,
    beat.spool?.dropped ?? null,
    beat.spool?.folder ?? null,
    wordsBind(beat.lastError, 1_000),
  ]
  const changed = await db.execute(
    `UPDATE worker_heartbeats
     SET status = ?, phase = ?, active_connections = ?, target_connections = ?, cpu_percent = ?, memory_bytes = ?, operations_started = ?,
       queries_processed = ?, error_count = ?, operations_cut_off = ?, snapshots_taken = ?, applied_sequence_id = ?, start_offset_ms = ?,
       last_sent_offset_ms = ?, clock_uncertainty_ms = ?, floor_ms = ?, cpu_used_percent = ?, memory_used_percent = ?,
       scheduling_p99_ms = ?, spool_state = ?, executions_spooled = ?, executions_dropped = ?, spool_folder = ?, last_error = ?,
       last_heartbeat = CURRENT_TIMESTAMP, heartbeat_count = heartbeat_count + 1
     WHERE run_id = ? AND worker_id = ? AND attempt = ?`,
    [...binds, beat.runId, beat.workerId, beat.attempt],
  )
  return changed > 0
}
