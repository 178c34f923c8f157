import type { Plan, Result } from '@flakebench/contract'
import { textBinds } from '../client/columns.ts'
import { type Bind, type SqlClient, StaleEpoch } from '../client/sqlClient.ts'

const valuesOf = (result: Result): Bind[] => [
  result.measuredSeconds,
  result.totalOperations,
  result.failedOperations,
  result.cutOffOperations,
  result.retriedOperations,
  result.qps,
  result.errorRate,
  result.p50Ms,
  result.p95Ms,
  result.p99Ms,
  result.p999Ms,
  result.minMs,
  result.maxMs,
  result.meanMs,
  result.startSkewMs,
  result.clientLimitedSeconds,
  result.latencyAggregationMethod,
  JSON.stringify(result.byKind),
  JSON.stringify(result.errorsByCategory),
  result.latency === null ? null : JSON.stringify(result.latency),
  JSON.stringify(result.accounting),
  documentOrNull(result.arrivals),
  JSON.stringify(result.slos),
  documentOrNull(result.findMax),
  JSON.stringify(result.lostWorkers),
  JSON.stringify(result.warmupByKind),
]

const documentOrNull = (content: unknown): string | null => (content === null ? null : JSON.stringify(content))

const FENCE = 'EXISTS (SELECT 1 FROM run_status WHERE run_id = ? AND orchestrator_epoch = ?)'

/** Fills a row of TEST_RESULTS; zero rows when it does not exist or the epoch is stale. */
const updateResult = (db: SqlClient, testId: string, runId: string, epoch: number, result: Result): Promise<number> =>
  db.execute(
    `UPDATE test_results
     SET measured_seconds = ?, total_operations = ?, failed_operations = ?, cut_off_operations = ?, retried_operations = ?, qps = ?, error_rate = ?,
       p50_latency_ms = ?, p95_latency_ms = ?, p99_latency_ms = ?, p999_latency_ms = ?, min_latency_ms = ?, max_latency_ms = ?, avg_latency_ms = ?,
       start_skew_ms = ?, client_limited_seconds = ?, latency_aggregation_method = ?, by_kind = PARSE_JSON(?), errors_by_category = PARSE_JSON(?),
       latency = PARSE_JSON(?), accounting = PARSE_JSON(?), arrivals = PARSE_JSON(?), slos = PARSE_JSON(?), find_max_result = PARSE_JSON(?),
       lost_workers = PARSE_JSON(?), warmup_by_kind = PARSE_JSON(?), updated_at = CURRENT_TIMESTAMP,
       start_time = (SELECT start_time FROM run_status WHERE run_id = ?), end_time = CURRENT_TIMESTAMP
     WHERE test_id = ? AND ${FENCE}`,
    [...valuesOf(result), runId, testId, runId, epoch],
  )

/** Keeps a run's result in its parent row. @throws StaleEpoch when the run is no longer owned under `epoch` */
export const putResult = async (db: SqlClient, runId: string, epoch: number, result: Result): Promise<void> => {
  if ((await updateResult(db, runId, runId, epoch, result)) === 0) throw new StaleEpoch(runId, epoch)
}

/** One worker of a run, and what it has done. */
export interface WorkerResult {
  readonly workerId: string
  readonly status: string
  readonly targetConnections: number
  readonly result: Result
}

interface RunOfWorkers {
  readonly id: string
  readonly name: string
  readonly plan: Plan
}

/**
 * Keeps the results of a run's workers in their child rows: those that are not there yet in one statement, the others one by one.
 * @throws StaleEpoch when the run is no longer owned under `epoch`
 */
export const putWorkerResults = async (
  db: SqlClient,
  run: RunOfWorkers,
  epoch: number,
  workers: readonly WorkerResult[],
): Promise<void> => {
  if (workers.length === 0) return
  if ((await insertMissing(db, run, epoch, workers)) === workers.length) return
  for (const { workerId, result } of workers) {
    if ((await updateResult(db, testIdOf(run.id, workerId), run.id, epoch, result)) === 0) throw new StaleEpoch(run.id, epoch)
  }
}

const testIdOf = (runId: string, workerId: string): string => `${runId}/${workerId}`

const FIGURES = `measured_seconds, total_operations, failed_operations, cut_off_operations, retried_operations, qps, error_rate, p50_latency_ms,
  p95_latency_ms, p99_latency_ms, p999_latency_ms, min_latency_ms, max_latency_ms, avg_latency_ms, start_skew_ms, client_limited_seconds,
  latency_aggregation_method, by_kind, errors_by_category, latency, accounting, arrivals, slos, find_max_result, lost_workers,
  warmup_by_kind`

const OF_WORKER = `test_id, worker_id, status, target_connections, ${FIGURES}`

const ROW = `(${OF_WORKER.split(',')
  .map(() => '?')
  .join(', ')})`

/** @returns how many were not there, and are now: none under an old epoch */
const insertMissing = (db: SqlClient, run: RunOfWorkers, epoch: number, workers: readonly WorkerResult[]): Promise<number> => {
  const { plan } = run
  const rows = workers.flatMap(one => [
    testIdOf(run.id, one.workerId),
    one.workerId,
    one.status,
    one.targetConnections,
    ...valuesOf(one.result),
  ])
  return db.execute(
    `INSERT INTO test_results (run_id, test_name, template_id, table_type, table_name, load_mode, scaling_mode, worker_count, start_time, end_time,
       ${OF_WORKER})
     SELECT r.run_id, r.test_name, r.template_id, CAST(? AS VARCHAR), CAST(? AS VARCHAR), CAST(? AS VARCHAR), CAST(? AS VARCHAR), 1, r.start_time,
       CURRENT_TIMESTAMP, v.test_id, v.worker_id, v.status, CAST(v.target_connections AS INTEGER), CAST(v.measured_seconds AS DOUBLE PRECISION),
       CAST(v.total_operations AS BIGINT), CAST(v.failed_operations AS BIGINT), CAST(v.cut_off_operations AS BIGINT),
       CAST(v.retried_operations AS BIGINT),
       CAST(v.qps AS DOUBLE PRECISION), CAST(v.error_rate AS DOUBLE PRECISION), CAST(v.p50_latency_ms AS DOUBLE PRECISION),
       CAST(v.p95_latency_ms AS DOUBLE PRECISION), CAST(v.p99_latency_ms AS DOUBLE PRECISION), CAST(v.p999_latency_ms AS DOUBLE PRECISION),
       CAST(v.min_latency_ms AS DOUBLE PRECISION), CAST(v.max_latency_ms AS DOUBLE PRECISION), CAST(v.avg_latency_ms AS DOUBLE PRECISION),
       CAST(v.start_skew_ms AS DOUBLE PRECISION), CAST(v.client_limited_seconds AS DOUBLE PRECISION), v.latency_aggregation_method,
       PARSE_JSON(v.by_kind), PARSE_JSON(v.errors_by_category), PARSE_JSON(v.latency), PARSE_JSON(v.accounting),
       PARSE_JSON(v.arrivals), PARSE_JSON(v.slos), PARSE_JSON(v.find_max_result), PARSE_JSON(v.lost_workers),
       PARSE_JSON(v.warmup_by_kind)
     FROM (VALUES ${workers.map(() => ROW).join(', ')}) AS v (${OF_WORKER})
     JOIN run_status AS r ON r.run_id = ? AND r.orchestrator_epoch = ?
     LEFT JOIN test_results AS k ON k.test_id = v.test_id
     WHERE k.test_id IS NULL`,
    [
      plan.target.tableType,
      `${plan.target.schema}.${plan.target.table}`,
      plan.load.mode,
      plan.scaling.mode,
      ...textBinds(rows),
      run.id,
      epoch,
    ],
  )
}
