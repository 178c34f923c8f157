import type { Rollup } from '@flakebench/contract'
import { textBinds } from '../client/columns.ts'
import { type Bind, type SqlClient, StaleEpoch } from '../client/sqlClient.ts'

const valuesOf = (rollup: Rollup): Bind[] => [
  rollup.startMs,
  rollup.endMs,
  rollup.phase,
  rollup.started,
  rollup.operations,
  rollup.errors,
  rollup.cutOff,
  rollup.retriedOperations,
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
  rollup.openConnections,
  rollup.arrivals === null ? null : JSON.stringify(rollup.arrivals),
  rollup.workersReported,
  rollup.workersExpected,
  JSON.stringify(rollup.client),
  rollup.clientLimited,
]

const keyOf = (rollup: Rollup): Bind[] => [rollup.runId, rollup.intervalIndex]

const FENCE = 'EXISTS (SELECT 1 FROM run_status WHERE run_id = ? AND orchestrator_epoch = ?)'

/**
 * Keeps a run's interval; a later snapshot makes it be put again under the same key.
 * @throws StaleEpoch when the run is no longer owned under `epoch`
 */
export const putRollup = async (db: SqlClient, epoch: number, rollup: Rollup): Promise<void> => {
  const changed = await db.execute(
    `UPDATE metrics_snapshots
     SET start_ms = ?, end_ms = ?, phase = ?, operations_started = ?, total_operations = ?, error_count = ?, cut_off_count = ?,
       retried_operations = ?, qps = ?, p50_latency_ms = ?, p95_latency_ms = ?, p99_latency_ms = ?, max_latency_ms = ?, latency = PARSE_JSON(?),
       by_kind = PARSE_JSON(?), errors_by_category = PARSE_JSON(?), active_connections = ?, target_connections = ?, open_connections = ?,
       arrivals = PARSE_JSON(?), workers_reported = ?,
       workers_expected = ?, client_health = PARSE_JSON(?), client_limited = ?, updated_at = CURRENT_TIMESTAMP
     WHERE run_id = ? AND interval_index = ? AND ${FENCE}`,
    [...valuesOf(rollup), ...keyOf(rollup), rollup.runId, epoch],
  )
  if (changed === 0 && (await insertMissing(db, epoch, [rollup])) === 0) throw new StaleEpoch(rollup.runId, epoch)
}

/**
 * Keeps intervals of one run that are thought not to be there yet, in one statement; those that are all the same are replaced, one by one.
 * @param rollups at least one, each once
 * @throws StaleEpoch when the run is no longer owned under `epoch`
 */
export const insertRollups = async (db: SqlClient, epoch: number, rollups: readonly Rollup[]): Promise<void> => {
  if ((await insertMissing(db, epoch, rollups)) === rollups.length) return
  for (const rollup of rollups) await putRollup(db, epoch, rollup)
}

const COLUMNS = `start_ms, end_ms, phase, operations_started, total_operations, error_count, cut_off_count, retried_operations, qps, p50_latency_ms,
  p95_latency_ms, p99_latency_ms, max_latency_ms, latency, by_kind, errors_by_category, active_connections, target_connections,
  open_connections, arrivals, workers_reported, workers_expected, client_health, client_limited, run_id, interval_index`

const ROW = `(${COLUMNS.split(',')
  .map(() => '?')
  .join(', ')})`

/** @returns how many were not there, and are now: none under an old epoch */
const insertMissing = (db: SqlClient, epoch: number, rollups: readonly Rollup[]): Promise<number> =>
  db.execute(
    `INSERT INTO metrics_snapshots (${COLUMNS})
     SELECT CAST(v.start_ms AS DOUBLE PRECISION), CAST(v.end_ms AS DOUBLE PRECISION), v.phase, CAST(v.operations_started AS BIGINT),
       CAST(v.total_operations AS BIGINT), CAST(v.error_count AS BIGINT), CAST(v.cut_off_count AS BIGINT), CAST(v.retried_operations AS BIGINT),
       CAST(v.qps AS DOUBLE PRECISION), CAST(v.p50_latency_ms AS DOUBLE PRECISION), CAST(v.p95_latency_ms AS DOUBLE PRECISION),
       CAST(v.p99_latency_ms AS DOUBLE PRECISION), CAST(v.max_latency_ms AS DOUBLE PRECISION), PARSE_JSON(v.latency),
       PARSE_JSON(v.by_kind), PARSE_JSON(v.errors_by_category), CAST(v.active_connections AS INTEGER), CAST(v.target_connections AS INTEGER),
       CAST(v.open_connections AS INTEGER), PARSE_JSON(v.arrivals), CAST(v.workers_reported AS INTEGER), CAST(v.workers_expected AS INTEGER),
       PARSE_JSON(v.client_health), CAST(v.client_limited AS BOOLEAN), v.run_id, CAST(v.interval_index AS INTEGER)
     FROM (VALUES ${rollups.map(() => ROW).join(', ')}) AS v (${COLUMNS})
     LEFT JOIN metrics_snapshots AS k ON k.run_id = v.run_id AND k.interval_index = CAST(v.interval_index AS INTEGER)
     WHERE k.run_id IS NULL AND ${FENCE}`,
    [...textBinds(rollups.flatMap(rollup => [...valuesOf(rollup), ...keyOf(rollup)])), rollups[0]?.runId ?? '', epoch],
  )
