import type { LATENCY_AGGREGATION_METHOD, Result } from '@flakebench/contract'
import { json, number, numberOrNull, text } from '../client/columns.ts'
import type { Row, SqlClient } from '../client/sqlClient.ts'

const toResult = (row: Row): Result => ({
  measuredSeconds: number(row, 'measured_seconds'),
  totalOperations: number(row, 'total_operations'),
  failedOperations: number(row, 'failed_operations'),
  cutOffOperations: number(row, 'cut_off_operations'),
  retriedOperations: numberOrNull(row, 'retried_operations') ?? 0,
  qps: number(row, 'qps'),
  errorRate: number(row, 'error_rate'),
  p50Ms: numberOrNull(row, 'p50_latency_ms'),
  p95Ms: numberOrNull(row, 'p95_latency_ms'),
  p99Ms: numberOrNull(row, 'p99_latency_ms'),
  p999Ms: numberOrNull(row, 'p999_latency_ms'),
  minMs: numberOrNull(row, 'min_latency_ms'),
  maxMs: numberOrNull(row, 'max_latency_ms'),
  meanMs: numberOrNull(row, 'avg_latency_ms'),
  clientLimitedSeconds: number(row, 'client_limited_seconds'),
  latencyAggregationMethod: text(row, 'latency_aggregation_method') as typeof LATENCY_AGGREGATION_METHOD,
  latency: json(row, 'latency'),
  byKind: json(row, 'by_kind'),
  warmupByKind: json(row, 'warmup_by_kind') ?? [],
  errorsByCategory: json(row, 'errors_by_category'),
  startSkewMs: numberOrNull(row, 'start_skew_ms'),
  accounting: json(row, 'accounting'),
  arrivals: json(row, 'arrivals'),
  slos: json(row, 'slos') ?? [],
  findMax: json(row, 'find_max_result'),
  lostWorkers: json(row, 'lost_workers') ?? [],
})

const COLUMNS = `run_id, worker_id, measured_seconds, total_operations, failed_operations, cut_off_operations, retried_operations, qps, error_rate,
  p50_latency_ms, p95_latency_ms, p99_latency_ms, p999_latency_ms, min_latency_ms, max_latency_ms, avg_latency_ms, start_skew_ms, client_limited_seconds,
  latency_aggregation_method, by_kind, errors_by_category, latency, accounting, arrivals, slos, find_max_result,
  lost_workers, warmup_by_kind`

/** The results of these runs, by run id; a run without one (not over yet, or never started) is absent. */
export const readResults = async (db: SqlClient, runIds: readonly string[]): Promise<Map<string, Result>> => {
  if (runIds.length === 0) return new Map()
  const rows = await db.query(
    `SELECT ${COLUMNS} FROM test_results WHERE measured_seconds IS NOT NULL AND test_id IN (${runIds.map(() => '?').join(', ')})`,
    runIds,
  )
  return new Map(rows.map(row => [text(row, 'run_id'), toResult(row)]))
}

/** The results of a run's workers, by worker id. */
export const readWorkerResults = async (db: SqlClient, runId: string): Promise<Map<string, Result>> => {
  const rows = await db.query(
    `SELECT ${COLUMNS} FROM test_results WHERE run_id = ? AND worker_id IS NOT NULL AND measured_seconds IS NOT NULL`,
    [runId],
  )
  return new Map(rows.map(row => [text(row, 'worker_id'), toResult(row)]))
}

/** A result without its histograms: of many runs it is read at a fraction of the cost. */
export type PlainResult = Omit<Result, 'latency' | 'byKind' | 'warmupByKind'>

const PLAIN_COLUMNS = COLUMNS.replace(' latency,', ' NULL AS latency,')
  .replace(' by_kind,', " PARSE_JSON('[]') AS by_kind,")
  .replace('warmup_by_kind', "PARSE_JSON('[]') AS warmup_by_kind")

/** The results of these runs without their histograms, by run id, as `readResults` has them. */
export const readPlainResults = async (db: SqlClient, runIds: readonly string[]): Promise<Map<string, PlainResult>> => {
  if (runIds.length === 0) return new Map()
  const rows = await db.query(
    `SELECT ${PLAIN_COLUMNS} FROM test_results WHERE measured_seconds IS NOT NULL AND test_id IN (${runIds.map(() => '?').join(', ')})`,
    runIds,
  )
  return new Map(rows.map(row => [text(row, 'run_id'), toResult(row)]))
}
