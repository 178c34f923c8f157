import type { ControllerStep } from '@flakebench/contract'
import { wordsBind } from '../client/columns.ts'
import type { Bind, SqlClient } from '../client/sqlClient.ts'
import { newId } from '../newId.ts'

/** Writes steps of a run's controller with the transition that they belong to. Their moments are counted from the run's agreed start. */
export const insertSteps = async (tx: SqlClient, runId: string, steps: readonly ControllerStep[]): Promise<void> => {
  for (const step of steps) {
    await tx.execute(
      `INSERT INTO controller_step_history (step_id, run_id, step_number, step_type, purpose, target_workers, from_connections, to_connections, direction,
         start_ms, observed_from_ms, end_ms, duration_seconds, total_queries, error_count, qps, target_qps, p50_latency_ms, p95_latency_ms,
         p99_latency_ms, error_rate, qps_vs_prior_percent, p95_vs_baseline_percent, qps_error_percent, queue_detected, client_limited_seconds,
         outcome, stop_reason, latency, start_time, end_time)
       SELECT ?, run_id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, PARSE_JSON(?),
         DATEADD('millisecond', ?, start_time), DATEADD('millisecond', ?, start_time)
       FROM run_status WHERE run_id = ?`,
      [newId(), ...valuesOf(step), Math.round(step.startMs), Math.round(step.endMs), runId],
    )
  }
}

const valuesOf = (step: ControllerStep): Bind[] => [
  step.stepNumber,
  step.type,
  step.purpose,
  step.workers,
  step.fromConnections,
  step.toConnections,
  directionOf(step),
  step.startMs,
  step.observedFromMs,
  step.endMs,
  step.observedSeconds,
  step.operations,
  step.errors,
  step.qps,
  step.targetQps,
  step.p50Ms,
  step.p95Ms,
  step.p99Ms,
  step.errorRate,
  step.qpsVsPriorPercent,
  step.p95VsBaselinePercent,
  step.qpsErrorPercent,
  step.isQueued,
  step.clientLimitedSeconds,
  step.outcome,
  wordsBind(step.reason, 1_000),
  step.latency === null ? null : JSON.stringify(step.latency),
]

const directionOf = ({ fromConnections, toConnections }: ControllerStep): string | null =>
  toConnections === fromConnections ? null : toConnections > fromConnections ? 'UP' : 'DOWN'
