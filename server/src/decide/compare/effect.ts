import type { JudgedMetric } from './judgedMetrics.ts'
import { type RunToRun, runToRunOf } from './runToRun.ts'
import { studentT } from './studentT.ts'

/** A figure of one trial: exact, with the variance of its logarithm (of the error rate: of itself) and the degrees of freedom of that. */
export interface TrialFigure {
  readonly figure: number
  readonly variance: number
  readonly degrees: number
}

/** Trials of one configuration, and figures of other runs of it that are not compared. */
export interface GroupFigures {
  readonly trials: readonly TrialFigure[]
  readonly others: readonly number[]
}

/** The candidate against the baseline, with an interval. */
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
  /** Null: not known. The interval then holds for these runs, and says nothing of others of the same configurations. */
  readonly runToRun: RunToRun | null
  /** Whether it is what runs differ by from each other that makes the interval as wide as it is. */
  readonly isWideByRuns: boolean
}

/** Standard errors by which a true difference must clear the interval to be found 95 times in 100. */
const POWER_95 = 1.645

/**
 * Means of the trials on the metric's scale, their difference, and the wider of two intervals by Student's t.
 *
 * The first is of these runs: what they vary by within, from their blocks; 99 %, degrees joined by Welch and Satterthwaite's rule. The second is of their
 * configurations: what runs of one configuration differ by from each other, be it by what they vary by within or by anything else, pooled over all that are
 * known; 97 %. However much that is, equal configurations are told apart no more often than that says, as the second is the t-test of the runs' figures.
 * Null where a figure has no logarithm.
 */
export const effectOf = (metric: JudgedMetric, baseline: GroupFigures, candidate: GroupFigures): Effect | null => {
  const isRate = metric === 'ERROR_RATE'
  const scaled = (figure: number): number => (isRate ? figure : Math.log(figure))
  const plain = (value: number): number => (isRate ? value : Math.exp(value))
  const groups = [baseline, candidate]
  const series = groups.map(({ trials, others }) => ({
    own: trials.map(({ figure }) => scaled(figure)),
    others: others.map(scaled).filter(Number.isFinite),
  }))
  const [from = 0, to = 0] = series.map(({ own }) => meanOf(own))
  const difference = to - from
  const within = withinOf(groups)
  const runToRun = runToRunOf(series)
  const between = runToRun === null ? NOTHING : betweenOf(groups, runToRun)
  const half = Math.max(within.half, between.half)
  if (![difference, half].every(Number.isFinite)) return null
  // Rates lie between none and all.
  const most = isRate ? 1 : Number.POSITIVE_INFINITY
  return {
    baseline: plain(from),
    candidate: plain(to),
    difference,
    low: Math.max(difference - half, -most),
    high: Math.min(difference + half, most),
    surelyFound: half + POWER_95 * Math.max(within.error, between.error),
    runToRun,
    isWideByRuns: between.half > within.half,
  }
}

/** Half an interval, and the standard error that it is a multiple of. */
interface Half {
  readonly half: number
  readonly error: number
}

const NOTHING: Half = { half: 0, error: 0 }

const withinOf = (groups: readonly GroupFigures[]): Half => {
  const parts = groups.flatMap(({ trials }) =>
    trials.map(({ variance, degrees }) => ({ variance: variance / trials.length ** 2, degrees })),
  )
  const variance = sumOf(parts.map(part => part.variance))
  const degrees = variance === 0 ? Number.POSITIVE_INFINITY : variance ** 2 / sumOf(parts.map(part => part.variance ** 2 / part.degrees))
  const error = Math.sqrt(variance)
  return { half: studentT(99, degrees) * error, error }
}

const betweenOf = (groups: readonly GroupFigures[], { deviation, degrees }: RunToRun): Half => {
  const error = deviation * Math.sqrt(sumOf(groups.map(({ trials }) => 1 / trials.length)))
  return { half: studentT(97, degrees) * error, error }
}

const sumOf = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const meanOf = (values: readonly number[]): number => sumOf(values) / values.length
