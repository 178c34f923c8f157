import { addEncoded, type EncodedHistogram, type KindSnapshot, LatencyHistogram, type Rollup } from '@flakebench/contract'
import { addKinds, sum } from '../kindSums.ts'
import type { QueueSample } from './controller.ts'

/** What was observed in a window of whole intervals, added: counts, and percentiles read from the window's own histogram. */
export interface StepFigures {
  readonly observedSeconds: number
  /** Ended, failed ones included. */
  readonly operations: number
  readonly errors: number
  /** Fraction of 1. */
  readonly errorRate: number
  /** Successful operations per second. */
  readonly qps: number
  /** Of the intervals. */
  readonly medianQps: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  /** Between these the 95th percentile lies nine times in ten, by the number of the operations alone. */
  readonly p95RangeMs: { readonly low: number; readonly high: number } | null
  /** Statements were seen to wait in the warehouse at so many looks. */
  readonly queuedSamples: number
  readonly clientLimitedSeconds: number
  readonly byKind: readonly KindSnapshot[]
  readonly latency: EncodedHistogram | null
}

/** Waits at one look may be chance. */
const QUEUED_SAMPLES = 2
/** Of the standard normal distribution: 90 % lie within so many deviations. */
const NINE_IN_TEN = 1.645

export const isQueued = (figures: StepFigures): boolean => figures.queuedSamples >= QUEUED_SAMPLES

const secondsOf = (intervals: readonly Rollup[]): number => sum(intervals.map(one => one.endMs - one.startMs)) / 1_000

/**
 * @param intervals of the window, whole ones
 * @param queueSamples of any time; those from the start of the first interval to the end of the last count
 */
export const figuresOf = (intervals: readonly Rollup[], queueSamples: readonly QueueSample[]): StepFigures => {
  const fromMs = intervals[0]?.startMs ?? Number.POSITIVE_INFINITY
  const toMs = intervals.at(-1)?.endMs ?? Number.NEGATIVE_INFINITY
  const observedSeconds = secondsOf(intervals)
  const operations = sum(intervals.map(one => one.operations))
  const errors = sum(intervals.map(one => one.errors))
  const byKind = addKinds(intervals.map(one => one.byKind))
  const latency = addEncoded(byKind.map(kind => kind.latency))
  return {
    observedSeconds,
    operations,
    errors,
    errorRate: operations === 0 ? 0 : errors / operations,
    qps: observedSeconds === 0 ? 0 : (operations - errors) / observedSeconds,
    medianQps: medianOf(intervals.map(one => one.qps)),
    ...percentilesOf(latency),
    queuedSamples: queueSamples.filter(({ atMs, queued }) => queued > 0 && atMs >= fromMs && atMs <= toMs).length,
    clientLimitedSeconds: secondsOf(intervals.filter(one => one.clientLimited)),
    byKind,
    latency,
  }
}

const medianOf = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2
}

const percentilesOf = (encoded: EncodedHistogram | null): Pick<StepFigures, 'p50Ms' | 'p95Ms' | 'p99Ms' | 'p95RangeMs'> => {
  if (encoded === null) return { p50Ms: null, p95Ms: null, p99Ms: null, p95RangeMs: null }
  const latency = LatencyHistogram.decode(encoded)
  const read = (percent: number): number => latency.percentileMs(percent) as number
  // Ranks are binomial: of n operations 0.95 n lie below the true percentile, give or take √(0.95 · 0.05 · n).
  const rankPercent = 100 * NINE_IN_TEN * Math.sqrt((0.95 * 0.05) / latency.count)
  const figures = {
    p50Ms: read(50),
    p95Ms: read(95),
    p99Ms: read(99),
    p95RangeMs: { low: read(Math.max(0, 95 - rankPercent)), high: read(Math.min(100, 95 + rankPercent)) },
  }
  latency.free()
  return figures
}

/**
 * Whether the window shows a system that is still warming up: its first half has a clearly slower p95 than its second. Clearly: by more than chance
 * (the ranges of the two do not meet), and by more than `tolerancePercent`.
 */
export const isStillWarming = (intervals: readonly Rollup[], tolerancePercent: number): boolean => {
  const middle = Math.floor(intervals.length / 2)
  const early = figuresOf(intervals.slice(0, middle), [])
  const late = figuresOf(intervals.slice(middle), [])
  return (
    isClearlyFaster(late, early, tolerancePercent) && (early.p95RangeMs?.low ?? 0) > (late.p95RangeMs?.high ?? Number.POSITIVE_INFINITY)
  )
}

const isClearlyFaster = (one: StepFigures, other: StepFigures, tolerancePercent: number): boolean =>
  one.p95Ms !== null && other.p95Ms !== null && one.p95Ms * (1 + tolerancePercent / 100) < other.p95Ms

/** Of a step that never came so far. */
export const NO_FIGURES: StepFigures = figuresOf([], [])
