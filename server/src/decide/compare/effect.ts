import type { JudgedMetric } from './judgedMetrics.ts'
import { studentT99 } from './studentT.ts'

/** A figure of one trial: exact, with the variance of its logarithm (of the error rate: of itself) and the degrees of freedom of that. */
export interface TrialFigure {
  readonly figure: number
  readonly variance: number
  readonly degrees: number
}

/** The candidate against the baseline, with 99 % confidence. */
export interface Effect {
  /** Of the trials together: their geometric mean; of error rates the mean. */
  readonly baseline: number
  readonly candidate: number
  /** Differences of logarithms; of the error rate, of the rates. */
  readonly difference: number
  readonly low: number
  readonly high: number
  /** The smallest true difference that would be found at least 95 times in 100. */
  readonly surelyFound: number
  /** Whether trials differ from each other by more than they vary within. */
  readonly trialsDiffer: boolean
}

/** Standard errors by which a true difference must clear the interval to be found 95 times in 100. */
const POWER_95 = 1.645

/**
 * Means of the trials on the metric's scale, their difference, and an interval by Student's t. The variance is that within the trials, from their blocks,
 * and where trials of one group differ by more than that, what they differ by besides: a random effect of the trial, the same for both groups, with as many
 * degrees of freedom as there are trials beyond the first of each group. Degrees are joined by Welch and Satterthwaite's rule.
 * Null where a figure has no logarithm.
 */
export const effectOf = (metric: JudgedMetric, baseline: readonly TrialFigure[], candidate: readonly TrialFigure[]): Effect | null => {
  const isRate = metric === 'ERROR_RATE'
  const scaled = ({ figure }: TrialFigure): number => (isRate ? figure : Math.log(figure))
  const plain = (value: number): number => (isRate ? value : Math.exp(value))
  const groups = [baseline, candidate]
  const [from = 0, to = 0] = groups.map(group => meanOf(group.map(scaled)))
  const difference = to - from
  const parts = groups.flatMap(group => group.map(one => ({ variance: one.variance / group.length ** 2, degrees: one.degrees })))
  const beyond = betweenTrials(groups, scaled)
  if (beyond.variance > 0) parts.push(beyond)
  const variance = sumOf(parts.map(part => part.variance))
  const degrees = variance === 0 ? Number.POSITIVE_INFINITY : variance ** 2 / sumOf(parts.map(part => part.variance ** 2 / part.degrees))
  const t = studentT99(degrees)
  const error = Math.sqrt(variance)
  if (![difference, error].every(Number.isFinite)) return null
  // Rates lie between none and all.
  const most = isRate ? 1 : Number.POSITIVE_INFINITY
  return {
    baseline: plain(from),
    candidate: plain(to),
    difference,
    low: Math.max(difference - t * error, -most),
    high: Math.min(difference + t * error, most),
    surelyFound: (t + POWER_95) * error,
    trialsDiffer: beyond.variance > 0,
  }
}

/**
 * Of what trials differ by, so much of what they vary by within is taken off. All of it would be right on average, but the variance of two or three trials
 * comes out far too low too often. With two trials against one, equal groups that do differ from trial to trial are told apart in 7 of 100 cases all the
 * same (in at most 5 with any more): such verdicts carry the caution of a single run.
 */
const WITHIN_TAKEN = 0.5

/** What the difference of the groups' means varies by from trial to trial, beyond what it does within them. */
const betweenTrials = (
  groups: readonly (readonly TrialFigure[])[],
  scaled: (one: TrialFigure) => number,
): { readonly variance: number; readonly degrees: number } => {
  const repeated = groups.filter(group => group.length > 1)
  const degrees = sumOf(repeated.map(group => group.length - 1))
  if (degrees === 0) return { variance: 0, degrees: 1 }
  const squares = repeated.map(group => {
    const mean = meanOf(group.map(scaled))
    return sumOf(group.map(one => (scaled(one) - mean) ** 2))
  })
  const within = meanOf(repeated.flat().map(one => one.variance))
  const beyond = Math.max(sumOf(squares) / degrees - WITHIN_TAKEN * within, 0)
  return { variance: beyond * sumOf(groups.map(group => 1 / group.length)), degrees }
}

const sumOf = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const meanOf = (values: readonly number[]): number => sumOf(values) / values.length
