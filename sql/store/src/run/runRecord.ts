import type { CompletionReason, RunPhase, RunRecord, RunStatus } from '@flakebench/contract'
import { json, number, numberOrNull, text, textOrNull } from '../client/columns.ts'
import type { Row } from '../client/sqlClient.ts'

/** The columns of a RunRecord, for `SELECT … FROM run_status r`. */
export const RUN_COLUMNS = `r.run_id, r.test_name, r.run_number, r.template_id, r.status, r.phase, r.version, r.scenario_config,
  r.orchestrator_id, r.orchestrator_epoch, r.lease_expires_at, r.start_requested_at, r.start_time, r.warmup_end_time, r.measurement_end_time,
  r.phase_start_time, r.stop_requested_at, r.end_time, r.total_workers_expected, r.workers_ready, r.worker_targets, r.next_sequence_id,
  r.completion_reason, r.cancellation_reason, r.created_at, r.updated_at, CURRENT_TIMESTAMP AS now_at,
  CAST(JSON_EXTRACT_PATH_TEXT(r.table_profile, 'rowEstimate') AS DOUBLE PRECISION) AS table_rows,
  COALESCE(TIMESTAMPDIFF('millisecond', r.start_requested_at, COALESCE(r.end_time, CURRENT_TIMESTAMP)), 0) AS elapsed_ms`

export const toRunRecord = (row: Row): RunRecord => ({
  id: text(row, 'run_id'),
  name: text(row, 'test_name'),
  number: number(row, 'run_number'),
  templateId: text(row, 'template_id'),
  status: text(row, 'status') as RunStatus,
  phase: text(row, 'phase') as RunPhase,
  version: number(row, 'version'),
  plan: json(row, 'scenario_config'),
  tableRows: numberOrNull(row, 'table_rows'),
  orchestratorId: textOrNull(row, 'orchestrator_id'),
  epoch: number(row, 'orchestrator_epoch'),
  leaseExpiresAtMs: numberOrNull(row, 'lease_expires_at'),
  startRequestedAtMs: numberOrNull(row, 'start_requested_at'),
  startAtMs: numberOrNull(row, 'start_time'),
  measurementStartsAtMs: numberOrNull(row, 'warmup_end_time'),
  measurementEndsAtMs: numberOrNull(row, 'measurement_end_time'),
  phaseStartedAtMs: numberOrNull(row, 'phase_start_time'),
  stopRequestedAtMs: numberOrNull(row, 'stop_requested_at'),
  endedAtMs: numberOrNull(row, 'end_time'),
  workersExpected: number(row, 'total_workers_expected'),
  workersReady: number(row, 'workers_ready'),
  workerTargets: json(row, 'worker_targets'),
  nextSequenceId: number(row, 'next_sequence_id'),
  completionReason: textOrNull(row, 'completion_reason') as CompletionReason | null,
  cancellationReason: textOrNull(row, 'cancellation_reason'),
  createdAtMs: number(row, 'created_at'),
  updatedAtMs: number(row, 'updated_at'),
  nowMs: number(row, 'now_at'),
  elapsedSeconds: number(row, 'elapsed_ms') / 1_000,
})
