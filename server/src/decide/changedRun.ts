import type { RunChanges, RunRecord } from '@flakebench/contract'
import type { RunDecision } from './decideRun.ts'

/** The run as a change has left it, by what is known without reading it again: 'now' is the database's clock at the reading that was decided on. */
export const changedRun = (run: RunRecord, { set, commands }: Pick<RunDecision, 'set' | 'commands'>): RunRecord => {
  if (set === null) return run
  const at = (moment: 'now' | number | null | undefined, before: number | null): number | null =>
    moment === undefined ? before : moment === 'now' ? run.nowMs : moment
  const { status, phase, completionReason, cancellationReason, waitsFor }: RunChanges = set
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
    workersExpected: set.workersExpected ?? run.workersExpected,
    workerTargets: set.workerTargets ?? run.workerTargets,
    arrivalShares: set.arrivalShares ?? run.arrivalShares,
    fleetNotes: set.fleetNotes ?? run.fleetNotes,
    findMax: set.findMax ?? run.findMax,
    qpsController: set.qpsController ?? run.qpsController,
    bounds: set.bounds ?? run.bounds,
    guardrail: set.guardrail ?? run.guardrail,
    waitsFor: waitsFor === undefined ? run.waitsFor : waitsFor,
    processing: set.processing ?? run.processing,
    completionReason: completionReason ?? run.completionReason,
    cancellationReason: cancellationReason === undefined ? run.cancellationReason : cancellationReason,
    updatedAtMs: run.nowMs,
  }
}
