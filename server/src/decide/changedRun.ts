import type { RunChanges, RunRecord } from '@flakebench/contract'
import type { RunDecision } from './decideRun.ts'

/** The run as a change has left it, by what is known without reading it again: 'now' is the database's clock at the reading that was decided on. */
export const changedRun = (run: RunRecord, { set, commands }: Pick<RunDecision, 'set' | 'commands'>): RunRecord => {
  if (set === null) return run
  const at = (moment: 'now' | number | null | undefined, before: number | null): number | null =>
    moment === undefined ? before : moment === 'now' ? run.nowMs : moment
  const { status, phase, workerTargets, completionReason, cancellationReason }: RunChanges = set
  return {
    ...run,
    status: status ?? run.status,
    phase: phase ?? run.phase,
    version: run.version + 1,
    nextSequenceId: run.nextSequenceId + commands.length,
    startRequestedAtMs: at(set.startRequestedAt, run.startRequestedAtMs),
    startAtMs: at(set.startAtMs, run.startAtMs),
    measurementStartsAtMs: at(set.measurementStartsAtMs, run.measurementStartsAtMs),
    measurementEndsAtMs: at(set.measurementEndsAtMs, run.measurementEndsAtMs),
    phaseStartedAtMs: at(set.phaseStartedAt, run.phaseStartedAtMs),
    stopRequestedAtMs: at(set.stopRequestedAt, run.stopRequestedAtMs),
    endedAtMs: at(set.endedAt, run.endedAtMs),
    workerTargets: workerTargets ?? run.workerTargets,
    completionReason: completionReason ?? run.completionReason,
    cancellationReason: cancellationReason === undefined ? run.cancellationReason : cancellationReason,
    updatedAtMs: run.nowMs,
  }
}
