import type { Rollup } from '@flakebench/contract'
import { type Bind, type SqlClient, StaleEpoch } from '../client/sqlClient.ts'

/**
 * Keeps a run's interval; a later snapshot makes it be put again under the same key.
 * @throws StaleEpoch when the run is no longer owned under `epoch`
 */
export const putRollup = async (db: SqlClient, epoch: number, rollup: Rollup): Promise<void> => {
  const key: Bind[] = [rollup.runId, rollup.intervalIndex]
  const values: Bind[] = [
    rollup.startMs,
    rollup.endMs,
    rollup.phase,
    rollup.started,
    rollup.operations,
    rollup.errors,
    rollup.cutOff,
    rollup.qps,
    rollup.p50Ms,
    rollup.p95Ms,
    rollup.p99Ms,
    rollup.maxMs,
    rollup.latency === null ? null : JSON.stringify(rollup.latency),
    JSON.stringify(rollup.byKind),
    JSON.stringify(rollup.errorsByCategory),
    rollup.activeConnections,
    rollup.targetConnections,
    rollup.workersReported,
    rollup.workersExpected,
    JSON.stringify(rollup.client),
    rollup.clientLimited,
  ]
  const fence: Bind[] = [rollup.runId, epoch]
  const changed = await db.execute(
    `UPDATE metrics_snapshots
     SET start_ms = ?, end_ms = ?, phase = ?, operations_started = ?, total_operations = ?, error_count = ?, cut_off_count = ?, qps = ?,
       p50_latency_ms = ?, p95_latency_ms = ?, p99_latency_ms = ?, max_latency_ms = ?, latency = PARSE_JSON(?), by_kind = PARSE_JSON(?),
       errors_by_category = PARSE_JSON(?), active_connections = ?, target_connections = ?, workers_reported = ?, workers_expected = ?,
       client_health = PARSE_JSON(?), client_limited = ?, updated_at = CURRENT_TIMESTAMP
     WHERE run_id = ? AND interval_index = ? AND EXISTS (SELECT 1 FROM run_status WHERE run_id = ? AND orchestrator_epoch = ?)`,
    [...values, ...key, ...fence],
  )
  if (changed > 0) return
  const inserted = await db.execute(
    `INSERT INTO metrics_snapshots (start_ms, end_ms, phase, operations_started, total_operations, error_count, cut_off_count, qps, p50_latency_ms,
       p95_latency_ms, p99_latency_ms, max_latency_ms, latency, by_kind, errors_by_category, active_connections, target_connections, workers_reported,
       workers_expected, client_health, client_limited, run_id, interval_index)
     SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, PARSE_JSON(?), PARSE_JSON(?), PARSE_JSON(?), ?, ?, ?, ?, PARSE_JSON(?), ?, ?, ?
     WHERE EXISTS (SELECT 1 FROM run_status WHERE run_id = ? AND orchestrator_epoch = ?)`,
    [...values, ...key, ...fence],
  )
  if (inserted === 0) throw new StaleEpoch(rollup.runId, epoch)
}
