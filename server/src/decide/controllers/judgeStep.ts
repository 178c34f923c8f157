import type { FindMax, Rollup, Slo, SloJudgement, StepOutcome } from '@flakebench/contract'
import { judgeSlos } from '../slo.ts'
import { figuresOf, isQueued, type StepFigures } from './stepFigures.ts'

/** What a step is judged by. */
export interface Measure {
  readonly findMax: FindMax
  readonly slos: readonly Slo[]
  /** Null: this is the first step that could hold. */
  readonly baselineP95Ms: number | null
  /** Highest of those that held with as many connections or fewer; null: none did. */
  readonly bestQps: number | null
}

export interface Verdict {
  readonly outcome: StepOutcome
  /** In words, with the figures; null: nothing to say. */
  readonly reason: string | null
}

export interface Judgement {
  readonly verdict: Verdict
  /** What was judged. */
  readonly figures: StepFigures
}

type Rule = (figures: StepFigures, measure: Measure) => Verdict | null

/** In this order: what makes the later ones meaningless comes first. */
const RULES: readonly Rule[] = [
  ({ operations, observedSeconds }) =>
    operations > 0 ? null : { outcome: 'NOTHING_COMPLETED', reason: `no operation ended in ${figure(observedSeconds)} s` },
  ({ operations, observedSeconds }, { findMax: { minSamples } }) =>
    operations >= minSamples
      ? null
      : {
          outcome: 'TOO_FEW_SAMPLES',
          reason: `${operations} operations in ${figure(observedSeconds)} s are too few to judge, ${minSamples} are needed: make the steps longer`,
        },
  ({ errorRate }, { findMax: { maxErrorRatePercent } }) =>
    errorRate * 100 <= maxErrorRatePercent
      ? null
      : { outcome: 'ERRORS', reason: `${figure(errorRate * 100)} % of the operations failed, ${maxErrorRatePercent} % are allowed` },
  ({ latency, operations }) =>
    latency !== null ? null : { outcome: 'NOTHING_COMPLETED', reason: `none of ${operations} operations succeeded` },
  ({ byKind }, { slos }) => {
    const broken = judgeSlos(slos, byKind).find(one => one.verdict === 'FAIL')
    return broken === undefined ? null : { outcome: 'SLO', reason: sloWords(broken) }
  },
  figures =>
    isQueued(figures) ? { outcome: 'QUEUED', reason: `statements waited in the warehouse at ${figures.queuedSamples} looks` } : null,
  ({ p95Ms }, { baselineP95Ms, findMax: { latencyStabilityPercent } }) => {
    const rise = percentAbove(p95Ms, baselineP95Ms)
    if (rise === null || rise <= latencyStabilityPercent) return null
    const words = `P95 was ${figure(p95Ms)} ms, ${figure(rise)} % above the ${figure(baselineP95Ms)} ms of the baseline`
    return { outcome: 'LATENCY_RISE', reason: `${words}, ${latencyStabilityPercent} % are allowed` }
  },
  ({ qps, medianQps }, { bestQps, findMax: { qpsStabilityPercent } }) => {
    // A second or two in which everything stood still lower the mean, not the throughput: the median second must have dropped as well.
    const change = percentAbove(Math.max(qps, medianQps), bestQps)
    if (change === null || change >= -qpsStabilityPercent) return null
    const words = `${figure(Math.max(qps, medianQps))} QPS were ${figure(-change)} % below the ${figure(bestQps)} of fewer connections`
    return { outcome: 'QPS_DROP', reason: `${words}, ${qpsStabilityPercent} % are allowed` }
  },
]

/** The first rule that the figures break; STABLE when they break none. */
export const judgeFigures = (figures: StepFigures, measure: Measure): Verdict => {
  for (const rule of RULES) {
    const broken = rule(figures, measure)
    if (broken !== null) return broken
  }
  return { outcome: 'STABLE', reason: unjudgedWords(figures, measure.slos) }
}

/** The first SLO that the figures are too few for; null: there is none. */
export const unjudgedWords = ({ byKind }: StepFigures, slos: readonly Slo[]): string | null => {
  const unjudged = judgeSlos(slos, byKind).find(one => one.verdict === 'PENDING' && one.observed !== null)
  return unjudged === undefined ? null : `too few operations ended to judge the ${SLO_WORDS[unjudged.bound]} of ${unjudged.kind}`
}

/**
 * Judges a step whose load generator may have been the limit for a part of it. A step that holds, holds: a limited client makes the database look worse,
 * not better. One that does not is looked at again without the limited intervals, because a twentieth of the operations is enough to move a p95: if
 * what is left is at least half of the step and enough to judge by, it decides; otherwise the step is CLIENT_LIMITED and says nothing of the database.
 * The figures of the step are then those of what has decided. That the warehouse had statements waiting, it says itself, whoever sent them.
 */
export const judgeStep = (intervals: readonly Rollup[], figures: StepFigures, measure: Measure): Judgement => {
  const verdict = judgeFigures(figures, measure)
  const { clientLimitedSeconds, observedSeconds, queuedSamples } = figures
  if (verdict.outcome === 'STABLE' || verdict.outcome === 'QUEUED' || clientLimitedSeconds === 0) return { verdict, figures }
  const limited = `in ${figure(clientLimitedSeconds)} of ${figure(observedSeconds)} s the load generator was the limit`
  const clean = {
    ...figuresOf(
      intervals.filter(one => !one.clientLimited),
      [],
    ),
    queuedSamples,
    clientLimitedSeconds,
  }
  const decided = judgeFigures(clean, measure)
  if (clean.observedSeconds < observedSeconds / 2 || decided.outcome === 'TOO_FEW_SAMPLES') {
    return { verdict: { outcome: 'CLIENT_LIMITED', reason: limited }, figures }
  }
  return { verdict: decided.outcome === 'STABLE' ? { ...decided, reason: `not counted: ${limited}` } : decided, figures: clean }
}

/** Percent that a figure lies above another, below zero when below; null when there is nothing to compare. */
export const percentAbove = (value: number | null, base: number | null): number | null =>
  value === null || base === null || base === 0 ? null : (value / base - 1) * 100

const SLO_WORDS = { P95: 'P95', P99: 'P99', ERROR_RATE: 'error rate' } as const

const sloWords = ({ kind, bound, limit, observed }: SloJudgement): string => {
  const unit = bound === 'ERROR_RATE' ? '%' : 'ms'
  return `${SLO_WORDS[bound]} of ${kind} was ${figure(observed)} ${unit}, its SLO is ${limit} ${unit}`
}

/** Three digits are enough to read. */
export const figure = (value: number | null): string => (value === null ? 'none' : `${Number(value.toPrecision(value >= 1_000 ? 4 : 3))}`)
