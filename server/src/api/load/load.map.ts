import type { DoneStep, FindMaxState, LostWorker as Lost, QpsState, RunRecord, ControllerStep as Step } from '@flakebench/contract'
import { judgeSlos } from '../../decide/slo.ts'
import type { Processing } from '../run/processing.type.ts'
import type { FleetNote, GuardrailStatus, LostWorker } from './fleet.type.ts'
import type { ControllerStep, FindMaxController, LoadBounds, LoadController, QpsController, SloJudgement, WaitedRun } from './load.type.ts'

/** What steers a run's load, and what was done to its fleet: the same in lists and live updates. */
export interface LoadState {
  readonly controller: LoadController | null
  readonly bounds: LoadBounds | null
  readonly guardrail: GuardrailStatus | null
  readonly fleetNotes: readonly FleetNote[]
  readonly waitsFor: WaitedRun | null
  readonly processing: Processing | null
}

export const toLoadState = (run: RunRecord): LoadState => {
  const at = momentsOf(run)
  return {
    controller: toController(run, at),
    bounds: run.bounds === null ? null : { ...run.bounds, at: at(run.bounds.atMs) },
    guardrail: toGuardrail(run, at),
    fleetNotes: Object.entries(run.fleetNotes).map(([workerId, { standing, atMs, reason }]) => ({
      workerId,
      standing,
      at: at(atMs),
      reason,
    })),
    waitsFor: run.waitsFor === null ? null : { id: run.waitsFor },
    processing: run.phase === 'PROCESSING' ? run.processing : null,
  }
}

type At = (offsetMs: number) => Date

/** Controllers speak in milliseconds from the agreed start; a person reads moments of the database's clock. */
const momentsOf = ({ startAtMs, startRequestedAtMs, createdAtMs }: RunRecord): At => {
  const startMs = startAtMs ?? startRequestedAtMs ?? createdAtMs
  return offsetMs => new Date(startMs + offsetMs)
}

const toController = (run: RunRecord, at: At): LoadController | null => {
  if (run.plan.load.mode === 'CONCURRENCY') return null
  return {
    findMax: run.findMax === null ? null : toFindMax(run.findMax, at),
    qps: run.qpsController === null ? null : toQps(run, run.qpsController, at),
  }
}

const toFindMax = ({ step, steps, ...state }: FindMaxState, at: At): FindMaxController => ({
  ...state,
  step:
    step === null
      ? null
      : {
          ...step,
          startedAt: at(step.startMs),
          observedFrom: step.observeFromMs === null ? null : at(step.observeFromMs),
          endsAt: step.endsAtMs === null ? null : at(step.endsAtMs),
        },
  steps: steps.map(one => toStep(one, at)),
})

const toQps = ({ plan }: RunRecord, { changedAtMs, recent, ...state }: QpsState, at: At): QpsController => ({
  ...state,
  targetQps: plan.load.targetQps ?? 0,
  changedAt: at(changedAtMs),
  recent: recent.map(one => toStep(one, at)),
})

const toStep = (step: DoneStep, at: At): ControllerStep => ({
  ...step,
  startedAt: at(step.startMs),
  observedFrom: step.observedFromMs === null ? null : at(step.observedFromMs),
  endedAt: at(step.endMs),
  elapsedSeconds: step.endMs / 1_000,
})

export const toSteps = (run: RunRecord, steps: readonly Step[]): ControllerStep[] => {
  const at = momentsOf(run)
  return steps.map(step => toStep(step, at))
}

const toGuardrail = ({ plan, guardrail }: RunRecord, at: At): GuardrailStatus | null => {
  if (!plan.guardrails.enabled) return null
  if (guardrail === null) return { state: 'NORMAL', ceilings: [], workersOverCpu: 0, workersOverMemory: 0, actions: [] }
  return {
    ...guardrail,
    ceilings: Object.entries(guardrail.ceilings).map(([workerId, connections]) => ({ workerId, connections })),
    actions: guardrail.actions.map(({ atMs, ...action }) => ({ ...action, at: at(atMs) })),
  }
}

export const toLostWorker = ({ workerId, atMs, reason }: Lost): LostWorker => ({ workerId, elapsedSeconds: atMs / 1_000, reason })

/** @param byKind of an interval, or of the measurement so far */
export const toSlos = ({ plan }: RunRecord, byKind: Parameters<typeof judgeSlos>[1] | null): SloJudgement[] =>
  judgeSlos(plan.slos, byKind ?? []).map(one => ({ ...one }))
