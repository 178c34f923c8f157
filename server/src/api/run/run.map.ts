import { describePlan, type RunRecord, servingWorkers } from '@flakebench/contract'
import { decideRunNotes } from '../../decide/runNotes.ts'
import { toLoadState } from '../load/load.map.ts'
import type { Run } from './run.type.ts'
import type { RunPlan } from './runPlan.type.ts'
import type { RunTiming } from './runState.type.ts'

export const moment = (atMs: number): Date => new Date(atMs)
export const momentOrNull = (atMs: number | null): Date | null => (atMs === null ? null : new Date(atMs))

export const toRun = (run: RunRecord, connectionName: string | null, startSkewMs: number | null): Run => ({
  id: run.id,
  name: run.name,
  number: run.number,
  templateId: run.templateId,
  status: run.status,
  phase: run.phase,
  completionReason: run.completionReason,
  cancellationReason: run.cancellationReason,
  workerCount: servingWorkers(run).length,
  plan: toRunPlan(run, connectionName),
  notes: decideRunNotes(run.plan),
  timing: toTiming(run, startSkewMs),
  ...toLoadState(run),
  createdAt: moment(run.createdAtMs),
})

const toRunPlan = ({ plan }: RunRecord, connectionName: string | null): RunPlan => ({
  summary: describePlan(plan),
  target: { ...plan.target, connectionName },
  load: plan.load,
  scaling: plan.scaling,
  operations: plan.operations.map(({ kind, operationType, label, weight, sql }) => ({ kind, operationType, label, weight, sql })),
  slos: plan.slos,
  sloAbort: plan.sloAbort,
  guardrails: plan.guardrails,
  limits: plan.limits,
  advanced: plan.advanced,
  workerCount: plan.workerCount,
  targetConnections: plan.targetConnections,
  seed: plan.seed,
})

export const toTiming = (run: RunRecord, startSkewMs: number | null): RunTiming => ({
  serverNow: moment(run.nowMs),
  createdAt: moment(run.createdAtMs),
  startRequestedAt: momentOrNull(run.startRequestedAtMs),
  startedAt: momentOrNull(run.startAtMs),
  measurementStartsAt: momentOrNull(run.measurementStartsAtMs),
  measurementEndsAt: momentOrNull(run.measurementEndsAtMs),
  phaseStartedAt: momentOrNull(run.phaseStartedAtMs),
  phaseEndsAt: momentOrNull(phaseEndsAtMs(run)),
  endedAt: momentOrNull(run.endedAtMs),
  elapsedSeconds: run.elapsedSeconds,
  warmupSeconds: run.plan.load.warmupSeconds,
  durationSeconds: run.plan.load.durationSeconds,
  startSkewMs,
})

const phaseEndsAtMs = (run: RunRecord): number | null => {
  if (run.phase === 'WARMUP') return run.measurementStartsAtMs
  return run.phase === 'MEASUREMENT' ? run.measurementEndsAtMs : null
}
