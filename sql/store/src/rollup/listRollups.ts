import type { Rollup } from '@flakebench/contract'
import { flag, json, number, numberOrNull, text } from '../client/columns.ts'
import type { Row, SqlClient } from '../client/sqlClient.ts'

const COLUMNS = `run_id, interval_index, start_ms, end_ms, phase, operations_started, total_operations, error_count, cut_off_count,
  retried_operations, qps, p50_latency_ms, p95_latency_ms, p99_latency_ms, max_latency_ms, latency, by_kind, errors_by_category, active_connections,
  target_connections, open_connections, arrivals, workers_reported, workers_expected, client_health, client_limited`

const toRollup = (row: Row): Rollup => ({
  runId: text(row, 'run_id'),
  intervalIndex: number(row, 'interval_index'),
  startMs: number(row, 'start_ms'),
  endMs: number(row, 'end_ms'),
  phase: text(row, 'phase') as Rollup['phase'],
  started: number(row, 'operations_started'),
  operations: number(row, 'total_operations'),
  errors: number(row, 'error_count'),
  cutOff: number(row, 'cut_off_count'),
  retriedOperations: numberOrNull(row, 'retried_operations') ?? 0,
  qps: number(row, 'qps'),
  byKind: json(row, 'by_kind'),
  errorsByCategory: json(row, 'errors_by_category'),
  activeConnections: number(row, 'active_connections'),
  targetConnections: number(row, 'target_connections'),
  openConnections: numberOrNull(row, 'open_connections') ?? 0,
  arrivals: json(row, 'arrivals'),
  workersReported: number(row, 'workers_reported'),
  workersExpected: number(row, 'workers_expected'),
  client: json(row, 'client_health'),
  clientLimited: flag(row, 'client_limited'),
  latency: json(row, 'latency'),
  p50Ms: numberOrNull(row, 'p50_latency_ms'),
  p95Ms: numberOrNull(row, 'p95_latency_ms'),
  p99Ms: numberOrNull(row, 'p99_latency_ms'),
  maxMs: numberOrNull(row, 'max_latency_ms'),
})

/** The intervals of a run in order, without the figures by kind: what a chart of the whole run needs. */
export const listHistory = async (db: SqlClient, runId: string): Promise<Rollup[]> =>
  (
    await db.query(
      `SELECT ${COLUMNS.replace('by_kind', "PARSE_JSON('[]') AS by_kind")} FROM metrics_snapshots WHERE run_id = ? ORDER BY interval_index`,
      [runId],
    )
  ).map(toRollup)

/** As `listHistory`, at most `count` of those after `afterIndex` (-1: from the first): for runs of many hours. */
export const listHistoryAfter = async (db: SqlClient, runId: string, afterIndex: number, count: number): Promise<Rollup[]> =>
  (
    await db.query(
      `SELECT ${COLUMNS.replace('by_kind', "PARSE_JSON('[]') AS by_kind")} FROM metrics_snapshots
       WHERE run_id = ? AND interval_index > ? ORDER BY interval_index LIMIT ${Math.trunc(count)}`,
      [runId, afterIndex],
    )
  ).map(toRollup)

/** As `listHistory`, without the histograms: for what is not to be added. */
export const listBareHistory = async (db: SqlClient, runId: string): Promise<Rollup[]> =>
  (
    await db.query(
      `SELECT ${COLUMNS.replace('by_kind', "PARSE_JSON('[]') AS by_kind").replace(' latency,', ' PARSE_JSON(NULL) AS latency,')} FROM metrics_snapshots
       WHERE run_id = ? ORDER BY interval_index`,
      [runId],
    )
  ).map(toRollup)

/** How many intervals a run has, by phase, and which. */
export const listPhaseSpans = async (
  db: SqlClient,
  runId: string,
): Promise<{ phase: Rollup['phase']; intervals: number; firstIndex: number; lastIndex: number; startMs: number; endMs: number }[]> =>
  (
    await db.query(
      `SELECT phase, COUNT(*) AS intervals, MIN(interval_index) AS first_index, MAX(interval_index) AS last_index, MIN(start_ms) AS starts_ms,
         MAX(end_ms) AS ends_ms
       FROM metrics_snapshots WHERE run_id = ? GROUP BY phase ORDER BY MIN(interval_index)`,
      [runId],
    )
  ).map(row => ({
    phase: text(row, 'phase') as Rollup['phase'],
    intervals: number(row, 'intervals'),
    firstIndex: number(row, 'first_index'),
    lastIndex: number(row, 'last_index'),
    startMs: number(row, 'starts_ms'),
    endMs: number(row, 'ends_ms'),
  }))

/** The intervals of a run after `afterIndex` (-1 for all), in order. */
export const listRollups = async (db: SqlClient, runId: string, afterIndex = -1): Promise<Rollup[]> =>
  (
    await db.query(`SELECT ${COLUMNS} FROM metrics_snapshots WHERE run_id = ? AND interval_index > ? ORDER BY interval_index`, [
      runId,
      afterIndex,
    ])
  ).map(toRollup)

/** What is in each interval of a run, without its histograms. */
export const listRollupShapes = async (
  db: SqlClient,
  runId: string,
): Promise<Pick<Rollup, 'intervalIndex' | 'workersReported' | 'workersExpected' | 'operations'>[]> =>
  (
    await db.query('SELECT interval_index, workers_reported, workers_expected, total_operations FROM metrics_snapshots WHERE run_id = ?', [
      runId,
    ])
  ).map(row => ({
    intervalIndex: number(row, 'interval_index'),
    workersReported: number(row, 'workers_reported'),
    workersExpected: number(row, 'workers_expected'),
    operations: number(row, 'total_operations'),
  }))

/** One interval of a run; null when it was never kept. */
export const readRollup = async (db: SqlClient, runId: string, intervalIndex: number): Promise<Rollup | null> => {
  const [row] = await db.query(`SELECT ${COLUMNS} FROM metrics_snapshots WHERE run_id = ? AND interval_index = ?`, [runId, intervalIndex])
  return row === undefined ? null : toRollup(row)
}

/** The newest `count` intervals of a run, oldest first. */
export const listNewestRollups = async (db: SqlClient, runId: string, count: number): Promise<Rollup[]> =>
  (
    await db.query(`SELECT ${COLUMNS} FROM metrics_snapshots WHERE run_id = ? ORDER BY interval_index DESC LIMIT ${Math.trunc(count)}`, [
      runId,
    ])
  )
    .map(toRollup)
    .reverse()
