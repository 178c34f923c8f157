import type { ControlCommand, RunChanges } from '@flakebench/contract'
import { momentBind, wordsBind } from '../client/columns.ts'
import type { Bind, SqlClient } from '../client/sqlClient.ts'
import { appendEvents } from '../event/appendEvents.ts'

/** One change of a run's state, and what the workers are told with it. */
export interface RunTransition {
  readonly runId: string
  /** The version on which the change was decided: it is refused when the run has changed since. */
  readonly fromVersion: number
  /** The orchestrator's fence; null for a person's command, which any server may give. */
  readonly epoch: number | null
  readonly set: RunChanges
  readonly commands?: readonly ControlCommand[]
}

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
  return { sql, binds }
}

/**
 * Changes a run's state and appends the commands that go with it, in one transaction: workers can never hear a command whose change was refused.
 * The parent row of TEST_RESULTS follows the status.
 * @returns false when the run has changed since `fromVersion`, or is no longer owned under `epoch`: read it again
 */
export const transitionRun = (db: SqlClient, transition: RunTransition): Promise<boolean> =>
  db.transaction(async tx => {
    const { runId, fromVersion, epoch, set, commands = [] } = transition
    const { sql, binds } = assignments(set)
    const changed = await tx.execute(
      `UPDATE run_status
       SET ${[...sql, 'version = version + 1', `next_sequence_id = next_sequence_id + ${commands.length}`, 'updated_at = CURRENT_TIMESTAMP'].join(', ')}
       WHERE run_id = ? AND version = ? ${epoch === null ? '' : 'AND orchestrator_epoch = ?'}`,
      [...binds, runId, fromVersion, ...(epoch === null ? [] : [epoch])],
    )
    if (changed === 0) return false
    await appendEvents(tx, runId, commands)
    if (set.status !== undefined) {
      await tx.execute('UPDATE test_results SET status = ?, updated_at = CURRENT_TIMESTAMP WHERE test_id = ?', [set.status, runId])
    }
    return true
  })
