import type { ControllerStep } from '@flakebench/contract'
import { flag, json, number, numberOrNull, text, textOrNull } from '../client/columns.ts'
import type { Row, SqlClient } from '../client/sqlClient.ts'

/** The steps of a run's controller, in order. */
export const listSteps = async (db: SqlClient, runId: string): Promise<ControllerStep[]> =>
  (
    await db.query(
      `SELECT step_number, step_type, purpose, target_workers, from_connections, to_connections, start_ms, observed_from_ms, end_ms, duration_seconds,
         total_queries, error_count, qps, target_qps, p50_latency_ms, p95_latency_ms, p99_latency_ms, error_rate, qps_vs_prior_percent,
         p95_vs_baseline_percent, qps_error_percent, queue_detected, client_limited_seconds, outcome, stop_reason, latency
       FROM controller_step_history WHERE run_id = ? ORDER BY step_number, step_id`,
      [runId],
    )
  ).map(toStep)

const toStep = (row: Row): ControllerStep => ({
  stepNumber: number(row, 'step_number'),
  type: text(row, 'step_type') as ControllerStep['type'],
  purpose: textOrNull(row, 'purpose') as ControllerStep['purpose'],
  workers: number(row, 'target_workers'),
  fromConnections: number(row, 'from_connections'),
  toConnections: number(row, 'to_connections'),
  startMs: number(row, 'start_ms'),
  observedFromMs: numberOrNull(row, 'observed_from_ms'),
  endMs: number(row, 'end_ms'),
  observedSeconds: number(row, 'duration_seconds'),
  operations: number(row, 'total_queries'),
  errors: number(row, 'error_count'),
  qps: number(row, 'qps'),
  targetQps: numberOrNull(row, 'target_qps'),
  p50Ms: numberOrNull(row, 'p50_latency_ms'),
  p95Ms: numberOrNull(row, 'p95_latency_ms'),
  p99Ms: numberOrNull(row, 'p99_latency_ms'),
  errorRate: number(row, 'error_rate'),
  qpsVsPriorPercent: numberOrNull(row, 'qps_vs_prior_percent'),
  p95VsBaselinePercent: numberOrNull(row, 'p95_vs_baseline_percent'),
  qpsErrorPercent: numberOrNull(row, 'qps_error_percent'),
  isQueued: flag(row, 'queue_detected'),
  clientLimitedSeconds: number(row, 'client_limited_seconds'),
  outcome: text(row, 'outcome') as ControllerStep['outcome'],
  reason: textOrNull(row, 'stop_reason'),
  latency: json(row, 'latency'),
})
