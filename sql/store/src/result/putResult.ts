import type { Plan, Result } from '@flakebench/contract'
import { type Bind, type SqlClient, StaleEpoch } from '../client/sqlClient.ts'

const valuesOf = (result: Result): Bind[] => [
  result.measuredSeconds,
  result.totalOperations,
  result.failedOperations,
  result.cutOffOperations,
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
]

const FENCE = 'EXISTS (SELECT 1 FROM run_status WHERE run_id = ? AND orchestrator_epoch = ?)'

/** Fills a row of TEST_RESULTS; zero rows when it does not exist or the epoch is stale. */
const updateResult = (db: SqlClient, testId: string, runId: string, epoch: number, result: Result): Promise<number> =>
  db.execute(
    `UPDATE test_results
     SET measured_seconds = ?, total_operations = ?, failed_operations = ?, cut_off_operations = ?, qps = ?, error_rate = ?, p50_latency_ms = ?,
       p95_latency_ms = ?, p99_latency_ms = ?, p999_latency_ms = ?, min_latency_ms = ?, max_latency_ms = ?, avg_latency_ms = ?, start_skew_ms = ?,
       client_limited_seconds = ?, latency_aggregation_method = ?, by_kind = PARSE_JSON(?), errors_by_category = PARSE_JSON(?),
       latency = PARSE_JSON(?), accounting = PARSE_JSON(?), updated_at = CURRENT_TIMESTAMP,
       start_time = (SELECT start_time FROM run_status WHERE run_id = ?), end_time = CURRENT_TIMESTAMP
     WHERE test_id = ? AND ${FENCE}`,
    [...valuesOf(result), runId, testId, runId, epoch],
  )

/** Keeps a run's result in its parent row. @throws StaleEpoch when the run is no longer owned under `epoch` */
export const putResult = async (db: SqlClient, runId: string, epoch: number, result: Result): Promise<void> => {
  if ((await updateResult(db, runId, runId, epoch, result)) === 0) throw new StaleEpoch(runId, epoch)
}

/** Keeps one worker's result in its child row. @throws StaleEpoch when the run is no longer owned under `epoch` */
export const putWorkerResult = async (
  db: SqlClient,
  run: { readonly id: string; readonly name: string; readonly plan: Plan },
  epoch: number,
  worker: { readonly workerId: string; readonly status: string; readonly targetConnections: number },
  result: Result,
): Promise<void> => {
  const testId = `${run.id}/${worker.workerId}`
  if ((await updateResult(db, testId, run.id, epoch, result)) > 0) return
  const { plan } = run
  await db.execute(
    `INSERT INTO test_results (test_id, run_id, worker_id, test_name, template_id, table_type, table_name, load_mode, scaling_mode, worker_count,
       target_connections, status)
     SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
     WHERE ${FENCE}`,
    [
      testId,
      run.id,
      worker.workerId,
      run.name,
      plan.templateId,
      plan.target.tableType,
      `${plan.target.schema}.${plan.target.table}`,
      plan.load.mode,
      plan.scaling.mode,
      1,
      worker.targetConnections,
      worker.status,
      run.id,
      epoch,
    ],
  )
  if ((await updateResult(db, testId, run.id, epoch, result)) === 0) throw new StaleEpoch(run.id, epoch)
}
