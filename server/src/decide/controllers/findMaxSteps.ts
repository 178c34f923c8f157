import { type ControllerStep, countOf, type DoneStep, type FindMaxState, type FindMaxStep } from '@flakebench/contract'
import { isBaselineAgain, isGood } from './findMaxSearch.ts'
import { figure, percentAbove, type Verdict } from './judgeStep.ts'
import { isQueued, type StepFigures } from './stepFigures.ts'

/** Highest QPS of the steps that held with as many connections or fewer; null: none did. More connections with less throughput are too many. */
export const bestQpsUpTo = (steps: readonly DoneStep[], { targetConnections }: FindMaxStep): number | null => {
  const held = steps.filter(step => isGood(step) && step.toConnections <= targetConnections)
  return held.length === 0 ? null : Math.max(...held.map(step => step.qps))
}

/**
 * The P95 that steps are compared with: that of the first step that held. All later ones have as many connections or more, so one that is clearly
 * faster (by more than chance, and than `tolerancePercent`) shows that the first was slow for another reason, a cold cache: its P95 takes the place.
 * When the first is held once more and differs by less, the mean of the two is the better figure.
 */
export const baselineAfter = (state: FindMaxState, step: FindMaxStep, figures: StepFigures, tolerancePercent: number): number | null => {
  const { baselineP95Ms } = state
  const { p95Ms, p95RangeMs } = figures
  if (p95Ms === null || p95RangeMs === null) return baselineP95Ms
  if (baselineP95Ms === null || p95RangeMs.high * (1 + tolerancePercent / 100) < baselineP95Ms) return p95Ms
  return isBaselineAgain(state.steps, { purpose: step.purpose, toConnections: step.targetConnections })
    ? (baselineP95Ms + p95Ms) / 2
    : baselineP95Ms
}

/** The row of the step. */
export const controllerStepOf = (
  state: FindMaxState,
  step: FindMaxStep,
  { outcome, reason }: Verdict,
  figures: StepFigures,
  endMs: number,
): ControllerStep => ({
  stepNumber: step.stepNumber,
  type: 'FIND_MAX',
  purpose: step.purpose,
  workers: step.workers,
  fromConnections: state.steps.at(-1)?.toConnections ?? step.targetConnections,
  toConnections: step.targetConnections,
  startMs: step.startMs,
  observedFromMs: step.observeFromMs,
  endMs,
  observedSeconds: figures.observedSeconds,
  operations: figures.operations,
  errors: figures.errors,
  qps: figures.qps,
  targetQps: null,
  p50Ms: figures.p50Ms,
  p95Ms: figures.p95Ms,
  p99Ms: figures.p99Ms,
  errorRate: figures.errorRate,
  qpsVsPriorPercent: figures.operations === 0 ? null : percentAbove(figures.qps, bestQpsUpTo(state.steps, step)),
  p95VsBaselinePercent: percentAbove(figures.p95Ms, state.baselineP95Ms),
  qpsErrorPercent: null,
  isQueued: isQueued(figures),
  clientLimitedSeconds: figures.clientLimitedSeconds,
  outcome,
  reason,
  latency: figures.latency,
})

export const doneStepOf = ({ latency: _latency, ...done }: ControllerStep): DoneStep => done

/** For the run's log. */
export const remarkOn = (step: DoneStep): string => {
  const figures = `${figure(step.qps)} QPS, P95 ${figure(step.p95Ms)} ms`
  const name = `Step ${step.stepNumber} (${countOf(step.toConnections, 'connection')})`
  if (isGood(step)) return `${name} held: ${figures}${step.reason === null ? '' : `; ${step.reason}`}`
  return `${name} ended ${step.outcome}: ${step.reason ?? figures}`
}
