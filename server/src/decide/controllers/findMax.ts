import { countOf, type FindMaxState, type FindMaxStep, type Rollup, type StepOutcome } from '@flakebench/contract'
import type { FleetSize, LoadSight, Wish } from './controller.ts'
import { endOf, finishOf, type SearchEnd } from './findMaxEnd.ts'
import { bracketOf, isBaselineAgain, isVoid, nextStep } from './findMaxSearch.ts'
import { baselineAfter, bestQpsUpTo, controllerStepOf, doneStepOf, remarkOn } from './findMaxSteps.ts'
import { judgeStep, type Measure, unjudgedWords, type Verdict } from './judgeStep.ts'
import { figuresOf, isStillWarming, NO_FIGURES, type StepFigures } from './stepFigures.ts'

/** A step without enough samples is extended so often. */
const MOST_EXTENSIONS = 3
/** Times that a target is begun anew because of back-offs or changes of the fleet. */
const MOST_REPEATS = 3
/** For the connections of a step to be opened. */
const RAMP_MS = 30_000
const SETTLE_MS = 5_000
/** A first step is warming, and a later one shows it, from a difference of this part of the tolerance of P95. */
const PART_OF_TOLERANCE = 4

/**
 * The search for the most connections that hold (FIND_MAX_CONCURRENCY): up in steps until one does not hold, halving down to the resolution, the best
 * held once more. A step: the connections are opened and settle, then whole intervals are observed and judged (see `judgeStep`). Steps across which
 * guardrails took connections away or the fleet changed are repeated; so are those that the load generator limited, with one worker more.
 * Everything follows from the state, the settled intervals and the moment of a change: called as often as one likes, and by whoever owns the run.
 * @param state null: not begun; its first step begins with the measurement
 */
export const decideFindMax = (state: FindMaxState | null, sight: LoadSight): Wish<FindMaxState> => {
  if (state === null) return go({ ...NOTHING_DONE }, sight, sight.measurementFromMs)
  const { step } = state
  if (step === null) return wish(state, sight, [], [])
  const disturbed = disturbanceOf(step, sight)
  if (disturbed !== null) return conclude(state, step, sight, disturbed, observed(step, sight.intervals), sight.nowMs)
  if (step.observeFromMs === null || isUnsettled(step, sight)) return ramp(state, step, sight)
  const endsAtMs = step.endsAtMs as number
  const newest = sight.intervals.at(-1)
  return newest === undefined || newest.endMs < endsAtMs ? wish(state, sight, [], []) : judge(state, step, sight)
}

const NOTHING_DONE: FindMaxState = {
  step: null,
  steps: [],
  baselineP95Ms: null,
  lastGood: null,
  firstBad: null,
  result: null,
  endedBecause: null,
}

const wish = (
  state: FindMaxState,
  sight: LoadSight,
  steps: Wish<FindMaxState>['steps'],
  remarks: readonly string[],
): Wish<FindMaxState> => {
  const last = state.step ?? state.steps.at(-1)
  const connections = state.step?.targetConnections ?? state.steps.at(-1)?.toConnections ?? sight.targetConnections
  return { state, connections, workers: last?.workers ?? sight.fleet.serving, steps, finish: finishOf(state), remarks }
}

const intervalMsOf = (sight: LoadSight): number => sight.plan.advanced.metricsIntervalSeconds * 1_000
const wholeIntervals = (ms: number, sight: LoadSight): number => Math.ceil(ms / intervalMsOf(sight)) * intervalMsOf(sight)
const stepMsOf = (sight: LoadSight): number => wholeIntervals(sight.plan.load.findMax.stepDurationSeconds * 1_000, sight)
const settleMsOf = (sight: LoadSight): number =>
  wholeIntervals(Math.min(SETTLE_MS, (sight.plan.load.findMax.stepDurationSeconds * 1_000) / 3), sight)

/** What happened across the step that makes it say nothing. */
const disturbanceOf = (step: FindMaxStep, sight: LoadSight): Verdict | null => {
  const isWithin = (atMs: number | null, fromMs: number): boolean =>
    atMs !== null && atMs > fromMs && atMs < (step.endsAtMs ?? Number.POSITIVE_INFINITY)
  if (isWithin(sight.backedOffAtMs, step.startMs)) {
    return { outcome: 'BACKED_OFF', reason: 'the guardrails took connections away during the step' }
  }
  // Before it is observed, a change of the fleet only makes it settle anew: it may be the worker that the step waits for.
  if (step.observeFromMs !== null && isWithin(sight.fleetChangedAtMs, step.observeFromMs)) {
    return { outcome: 'WORKER_LOST', reason: 'the workers changed during the step' }
  }
  return null
}

const isUnsettled = (step: FindMaxStep, sight: LoadSight): boolean =>
  sight.fleetChangedAtMs !== null &&
  sight.fleetChangedAtMs <= (step.observeFromMs as number) &&
  sight.fleetChangedAtMs >= (step.observeFromMs as number) - settleMsOf(sight)

/** Until the connections are open: then it is known when the step's figures begin to count, and when it ends. */
const ramp = (state: FindMaxState, step: FindMaxStep, sight: LoadSight): Wish<FindMaxState> => {
  const { fleet, intervals } = sight
  if (step.targetConnections > Math.max(1, fleet.mostCapacity)) return go(state, sight, sight.nowMs)
  const workers = Math.max(1, Math.min(step.workers, fleet.most))
  const now: FindMaxState = workers === step.workers ? state : { ...state, step: { ...step, workers } }
  if (fleet.serving < workers) return wish(now, sight, [], [])
  const fromMs = Math.max(step.startMs, sight.fleetChangedAtMs ?? Number.NEGATIVE_INFINITY)
  const since = intervals.slice(intervals.findLastIndex(one => one.endMs <= fromMs) + 1)
  const opened = since.find(one => isOpen(one, { ...step, workers }) && (isRidOfOthers(one, step) || one.endMs >= fromMs + RAMP_MS))
  if (opened !== undefined) {
    const observeFromMs = opened.endMs + settleMsOf(sight)
    const endsAtMs = observeFromMs + stepMsOf(sight)
    if (step.observeFromMs === observeFromMs && step.endsAtMs === endsAtMs && now === state) return wish(state, sight, [], [])
    return wish({ ...state, step: { ...step, workers, observeFromMs, endsAtMs } }, sight, [], leftoverWords(opened, step))
  }
  const newest = since.at(-1)
  if (newest === undefined || newest.endMs < fromMs + RAMP_MS) return wish(now, sight, [], [])
  return conclude(state, step, sight, rampVerdict(newest, step), NO_FIGURES, newest.endMs)
}

const isOpen = (interval: Rollup, step: FindMaxStep): boolean =>
  interval.openConnections >= step.targetConnections &&
  interval.targetConnections === step.targetConnections &&
  interval.workersReported >= step.workers

/** On the way down connections leave when their operations have ended, which would be in the step's figures. */
const isRidOfOthers = ({ openConnections, activeConnections }: Rollup, { targetConnections }: FindMaxStep): boolean =>
  openConnections === targetConnections && activeConnections <= targetConnections

/** Operations that take longer than the ramp may are not waited for. */
const leftoverWords = (opened: Rollup, step: FindMaxStep): string[] => {
  if (isRidOfOthers(opened, step)) return []
  const others = Math.max(opened.openConnections, opened.activeConnections) - step.targetConnections
  return [`${nameOf(step)} begins with ${others} more, whose operations have not ended in ${RAMP_MS / 1_000} s`]
}

const rampVerdict = (newest: Rollup, step: FindMaxStep): Verdict => {
  const { openConnections, targetConnections } = newest
  if (openConnections < step.targetConnections && targetConnections === step.targetConnections) {
    const words = `${openConnections} of ${step.targetConnections} connections could be opened in ${RAMP_MS / 1_000} s`
    return { outcome: 'CONNECTIONS_REFUSED', reason: words }
  }
  const words =
    targetConnections === step.targetConnections
      ? `${newest.workersReported} of ${step.workers} workers reported for ${RAMP_MS / 1_000} s`
      : `the workers held a target of ${targetConnections} instead of ${step.targetConnections} for ${RAMP_MS / 1_000} s`
  return { outcome: 'WORKER_LOST', reason: words }
}

/** The intervals that its figures are made of, as far as they have come. */
const observed = (step: FindMaxStep, intervals: readonly Rollup[]): StepFigures => figuresOf(windowOf(step, intervals), [])

const windowOf = ({ observeFromMs, endsAtMs }: FindMaxStep, intervals: readonly Rollup[]): readonly Rollup[] =>
  observeFromMs === null ? [] : intervals.filter(one => one.startMs >= observeFromMs && one.endMs <= (endsAtMs as number))

const judge = (state: FindMaxState, step: FindMaxStep, sight: LoadSight): Wish<FindMaxState> => {
  const { findMax } = sight.plan.load
  const endsAtMs = step.endsAtMs as number
  const intervals = windowOf(step, sight.intervals)
  const figures = figuresOf(intervals, sight.queueSamples)
  const conclusion = (verdict: Verdict): Wish<FindMaxState> => conclude(state, step, sight, verdict, figures, endsAtMs)
  // A worker that joins or leaves makes a difference as well.
  const most = Math.max(step.workers, ...intervals.map(one => Math.max(one.workersReported, one.workersExpected)))
  if (intervals.some(one => one.workersReported < most)) {
    return conclusion({ outcome: 'WORKER_LOST', reason: 'not all workers reported all of the step' })
  }
  const extended = { ...step, endsAtMs: endsAtMs + stepMsOf(sight), extensions: step.extensions + 1 }
  const mayExtend = step.extensions < MOST_EXTENSIONS && figures.operations > 0
  if (mayExtend) {
    if (figures.operations < findMax.minSamples) {
      return wish({ ...state, step: extended }, sight, [], [`${nameOf(step)} is extended: ${figures.operations} operations are too few`])
    }
    // A baseline that was taken while caches were cold would excuse every later step.
    if (state.baselineP95Ms === null && isStillWarming(intervals, findMax.latencyStabilityPercent / PART_OF_TOLERANCE)) {
      const later = { ...extended, observeFromMs: endsAtMs }
      return wish({ ...state, step: later }, sight, [], [`${nameOf(step)} is observed anew: it was still becoming faster`])
    }
  }
  // So is one that the load generator was slow in.
  const isPoorBaseline = state.baselineP95Ms === null && figures.clientLimitedSeconds > figures.observedSeconds / 2
  if (isPoorBaseline && step.workers < sight.fleet.most) {
    return conclusion({ outcome: 'CLIENT_LIMITED', reason: 'the load generator was the limit in the step that others are compared with' })
  }
  const judged = judgeStep(intervals, figures, measureOf(state, step, sight))
  const unjudged = judged.verdict.outcome === 'STABLE' ? unjudgedWords(figures, sight.plan.slos) : null
  if (mayExtend && unjudged !== null) return wish({ ...state, step: extended }, sight, [], [`${nameOf(step)} is extended: ${unjudged}`])
  return conclude(state, step, sight, judged.verdict, judged.figures, endsAtMs)
}

/** What the others are compared with is not compared with itself when it is held once more. */
const measureOf = (state: FindMaxState, step: FindMaxStep, { plan }: LoadSight): Measure => {
  const isFirst = isBaselineAgain(state.steps, { purpose: step.purpose, toConnections: step.targetConnections })
  return {
    findMax: plan.load.findMax,
    slos: plan.slos,
    baselineP95Ms: isFirst ? null : state.baselineP95Ms,
    bestQps: isFirst ? null : bestQpsUpTo(state.steps, step),
  }
}

const nameOf = (step: FindMaxStep): string => `Step ${step.stepNumber} (${countOf(step.targetConnections, 'connection')})`

/** The step is done: what it has found is kept, and the next begins, or the search ends. */
const conclude = (
  state: FindMaxState,
  step: FindMaxStep,
  sight: LoadSight,
  verdict: Verdict,
  figures: StepFigures,
  endMs: number,
): Wish<FindMaxState> => {
  const { findMax } = sight.plan.load
  const done = controllerStepOf(state, step, verdict, figures, endMs)
  const steps = [...state.steps, doneStepOf(done)]
  const tolerancePercent = findMax.latencyStabilityPercent / PART_OF_TOLERANCE
  const baselineP95Ms = verdict.outcome === 'STABLE' ? baselineAfter(state, step, figures, tolerancePercent) : state.baselineP95Ms
  const next: FindMaxState = { ...state, step: null, steps, baselineP95Ms, ...bracketOf(steps, { findMax, baselineP95Ms }) }
  const wished = go(next, sight, sight.nowMs)
  return { ...wished, steps: [done], remarks: [remarkOn(done), ...wished.remarks] }
}

/** Begins the step that the search needs next, or ends it. */
const go = (state: FindMaxState, sight: LoadSight, startMs: number): Wish<FindMaxState> => {
  const { fleet, plan } = sight
  const { findMax } = plan.load
  const most = fleet.mostCapacity
  const rules = { findMax, baselineP95Ms: state.baselineP95Ms }
  const next = nextStep(state.steps, rules, most)
  const voids = trailingVoids(state)
  const last = state.steps.at(-1)
  const wantsWorker = last?.outcome === 'CLIENT_LIMITED'
  const stuck = stuckOn(state, voids, fleet)
  if (stuck !== null) return ended(endOf(state, sight, stuck), sight)
  if (next.type === 'END') return ended(endOf(state, sight, next.because), sight)
  const { connections, purpose } = next
  const after = (outcome: StepOutcome): number | null => {
    const then = nextStep([...state.steps, { toConnections: connections, purpose, outcome, p95Ms: null }], rules, most)
    return then.type === 'HOLD' ? then.connections : null
  }
  const step: FindMaxStep = {
    stepNumber: state.steps.length + 1,
    purpose,
    targetConnections: connections,
    workers: workersFor(connections, sight, wantsWorker ? 1 : 0),
    startMs,
    observeFromMs: null,
    endsAtMs: null,
    extensions: 0,
    repeats: last?.toConnections === connections ? voids.length : 0,
    nextIfGood: after('STABLE'),
    nextIfBad: after('LATENCY_RISE'),
  }
  return wish({ ...state, step }, sight, [], [])
}

const ended = (state: FindMaxState, sight: LoadSight): Wish<FindMaxState> => wish(state, sight, [], [state.endedBecause ?? ''])

/** Outcomes of the steps since the last that spoke of the database. */
const trailingVoids = (state: FindMaxState): StepOutcome[] =>
  state.steps.slice(state.steps.findLastIndex(step => !isVoid(step)) + 1).map(step => step.outcome)

/** Why the last step is not repeated, though it did not speak of the database; null: it is, or it did. */
const stuckOn = (state: FindMaxState, voids: readonly StepOutcome[], fleet: FleetSize): SearchEnd | null => {
  const last = state.steps.at(-1)
  if (last?.outcome === 'CLIENT_LIMITED') return last.workers >= fleet.most ? 'CLIENT_LIMITED' : null
  if (last?.outcome !== 'BACKED_OFF' && last?.outcome !== 'WORKER_LOST') return null
  return voids.filter(outcome => outcome !== 'CLIENT_LIMITED').length > MOST_REPEATS ? last.outcome : null
}

/** As many workers as there are, and those that the connections need. Fewer do not come back: conditions are to stay the same. */
const workersFor = (connections: number, { fleet }: LoadSight, more: number): number => {
  const coming = fleet.serving + fleet.joining
  const missing = connections - fleet.capacity - fleet.joining * fleet.connectionsPerWorker
  const needed = coming + Math.max(more, Math.ceil(missing / fleet.connectionsPerWorker))
  return Math.max(1, Math.min(needed, fleet.most))
}
