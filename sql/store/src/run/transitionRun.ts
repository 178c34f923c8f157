import type { ControlCommand, ControllerStep, RunChanges } from '@flakebench/contract'
import { momentBind, wordsBind } from '../client/columns.ts'
import type { Bind, SqlClient } from '../client/sqlClient.ts'
import { appendEvents } from '../event/appendEvents.ts'
import { insertSteps } from '../step/insertSteps.ts'

/** One change of a run's state, and what the workers are told with it. */
export interface RunTransition {
  readonly runId: string
  /** The version on which the change was decided: it is refused when the run has changed since. */
  readonly fromVersion: number
  /** The orchestrator's fence; null for a person's command, which any server may give. */
  readonly epoch: number | null
  readonly set: RunChanges
  readonly commands?: readonly ControlCommand[]
  /** Steps of its controller that are done with this change. */
  readonly steps?: readonly ControllerStep[]
  /** Asked before it is committed: whether it comes too late to be kept. Then nothing of it is. */
  readonly isTooLate?: () => boolean
}

class TooLate extends Error {}

const assignments = (set: RunChanges): { sql: string[]; binds: Bind[] } => {
  const sql: string[] = []
  const binds: Bind[] = []
  const value = (column: string, bind: Bind) => {
    sql.push(`${column} = ?`)
    binds.push(bind)
  }
  const moment = (column: string, at: 'now' | number | null) => {
    if (at === 'now') sql.push(`${column} = CURRENT_TIMESTAMP`)
    else {
      sql.push(`${column} = CAST(? AS TIMESTAMP_NTZ)`)
      binds.push(momentBind(at))
    }
  }
  if (set.status !== undefined) value('status', set.status)
  if (set.phase !== undefined) value('phase', set.phase)
  if (set.startRequestedAt !== undefined) moment('start_requested_at', set.startRequestedAt)
  if (set.startAtMs !== undefined) {
    moment('start_time', set.startAtMs)
    moment('warmup_start_time', set.startAtMs)
  }
  if (set.measurementStartsAtMs !== undefined) moment('warmup_end_time', set.measurementStartsAtMs)
  if (set.measurementEndsAtMs !== undefined) moment('measurement_end_time', set.measurementEndsAtMs)
  if (set.phaseStartedAt !== undefined) moment('phase_start_time', set.phaseStartedAt)
  if (set.stopRequestedAt !== undefined) moment('stop_requested_at', set.stopRequestedAt)
  if (set.endedAt !== undefined) moment('end_time', set.endedAt)
  if (set.completionReason !== undefined) value('completion_reason', set.completionReason)
  if (set.cancellationReason !== undefined) value('cancellation_reason', wordsBind(set.cancellationReason, 1_000))
  const document = (column: string, content: unknown) => {
    if (content === undefined) return
    sql.push(`${column} = PARSE_JSON(?)`)
    binds.push(JSON.stringify(content))
  }
  if (set.workersExpected !== undefined) value('total_workers_expected', set.workersExpected)
  if (set.waitsFor !== undefined) value('waits_for', set.waitsFor)
  document('worker_targets', set.workerTargets)
  document('arrival_shares', set.arrivalShares)
  document('fleet_notes', set.fleetNotes)
  document('find_max_state', set.findMax)
  document('qps_controller_state', set.qpsController)
  document('bounds_state', set.bounds)
  document('guardrail_state', set.guardrail)
  document('processing_state', set.processing)
  return { sql, binds }
}

/**
 * Changes a run's state and appends the commands and the controller's steps that go with it, in one transaction: workers can never hear a command whose
 * change was refused.
 * The parent row of TEST_RESULTS follows the status.
 * @returns false when the run has changed since `fromVersion`, is no longer owned under `epoch`, or it is too late: read it again
 */
export const transitionRun = (db: SqlClient, transition: RunTransition): Promise<boolean> =>
  db
    .transaction(tx => applyTransition(tx, transition))
    .catch((error: unknown) => {
      if (error instanceof TooLate) return false
      throw error
    })

const applyTransition = async (
  tx: SqlClient,
  { runId, fromVersion, epoch, set, commands = [], steps = [], isTooLate }: RunTransition,
): Promise<boolean> => {
  const { sql, binds } = assignments(set)
  const changed = await tx.execute(
    `UPDATE run_status
       SET ${[...sql, 'version = version + 1', `next_sequence_id = next_sequence_id + ${commands.length}`, 'updated_at = CURRENT_TIMESTAMP'].join(', ')}
       WHERE run_id = ? AND version = ? ${epoch === null ? '' : 'AND orchestrator_epoch = ?'}`,
    [...binds, runId, fromVersion, ...(epoch === null ? [] : [epoch])],
  )
  if (changed === 0) return false
  await appendEvents(tx, runId, commands)
  await insertSteps(tx, runId, steps)
  if (set.status !== undefined) {
    await tx.execute('UPDATE test_results SET status = ?, updated_at = CURRENT_TIMESTAMP WHERE test_id = ?', [set.status, runId])
  }
  if (isTooLate?.() === true) throw new TooLate('the change comes too late')
  return true
}
