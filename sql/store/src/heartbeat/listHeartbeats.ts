import type { HeartbeatRecord, RunPhase, SpoolReport, SpoolState, WorkerStatus } from '@flakebench/contract'
import { number, numberOrNull, text, textOrNull } from '../client/columns.ts'
import type { Row, SqlClient } from '../client/sqlClient.ts'

/** The workers of a run, by group id. */
export const listHeartbeats = async (db: SqlClient, runId: string): Promise<HeartbeatRecord[]> => {
  const rows = await db.query(
    `SELECT h.*, TIMESTAMPDIFF('millisecond', last_heartbeat, CURRENT_TIMESTAMP) AS age_ms
     FROM worker_heartbeats h WHERE run_id = ? ORDER BY worker_group_id`,
    [runId],
  )
  return rows.map(row => ({
    runId,
    workerId: text(row, 'worker_id'),
    workerGroupId: number(row, 'worker_group_id'),
    attempt: number(row, 'attempt'),
    host: textOrNull(row, 'host') ?? '',
    pid: numberOrNull(row, 'pid') ?? 0,
    status: text(row, 'status') as WorkerStatus,
    phase: text(row, 'phase') as RunPhase,
    activeConnections: number(row, 'active_connections'),
    targetConnections: number(row, 'target_connections'),
    cpuPercent: numberOrNull(row, 'cpu_percent'),
    memoryBytes: numberOrNull(row, 'memory_bytes'),
    operationsStarted: number(row, 'operations_started'),
    operations: number(row, 'queries_processed'),
    errors: number(row, 'error_count'),
    cutOff: number(row, 'operations_cut_off'),
    snapshotsTaken: number(row, 'snapshots_taken'),
    appliedSequenceId: number(row, 'applied_sequence_id'),
    startOffsetMs: numberOrNull(row, 'start_offset_ms'),
    lastSentOffsetMs: numberOrNull(row, 'last_sent_offset_ms'),
    clockUncertaintyMs: numberOrNull(row, 'clock_uncertainty_ms'),
    floorMs: numberOrNull(row, 'floor_ms'),
    cpuUsedPercent: numberOrNull(row, 'cpu_used_percent'),
    memoryUsedPercent: numberOrNull(row, 'memory_used_percent'),
    schedulingP99Ms: numberOrNull(row, 'scheduling_p99_ms'),
    spool: spoolOf(row),
    lastError: textOrNull(row, 'last_error'),
    ageSeconds: number(row, 'age_ms') / 1_000,
    count: number(row, 'heartbeat_count'),
  }))
}

const spoolOf = (row: Row): SpoolReport | null => {
  const state = textOrNull(row, 'spool_state')
  if (state === null) return null
  return {
    state: state as SpoolState,
    spooled: numberOrNull(row, 'executions_spooled') ?? 0,
    dropped: numberOrNull(row, 'executions_dropped') ?? 0,
    folder: textOrNull(row, 'spool_folder'),
  }
}
