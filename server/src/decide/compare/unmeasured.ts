import type { Result } from '@flakebench/contract'
import { plainNumber } from './figureWords.ts'
import { isMeasured, type Trial } from './trial.ts'

/** Error rates that differ by more than this spoil response times: those of the operations that failed, often the slowest, are not among them. */
const MOST_OTHER_FAILURES = 0.01
/** And from here on it is worth a word. */
const TOLD_FAILURES = 0.001
/** Fraction of the operations that were meant to be sent. */
const MOST_MISSED = 0.01
/** Of the rate that was asked for. */
const KEPT_WITHIN = 0.02

const percentWords = (fraction: number): string => `${plainNumber(100 * fraction)} %`

interface Failures {
  readonly apart: number
  readonly words: string
}

/** Of the trials with the most and the fewest failures: by how much their rates differ, as a fraction. */
const failuresOf = (trials: readonly Trial[]): Failures => {
  const rates = trials
    .filter(isMeasured)
    .map(({ name, result }) => ({ name, rate: (result as Result).errorRate }))
    .sort((a, b) => a.rate - b.rate)
  const [fewest, most] = [rates[0], rates.at(-1)]
  if (fewest === undefined || most === undefined) return { apart: 0, words: '' }
  const words = `${percentWords(most.rate)} of ${most.name}'s operations failed and have no response time, against ${percentWords(fewest.rate)} of ${fewest.name}'s`
  return { apart: most.rate - fewest.rate, words }
}

/** Why the response times of these trials may not be compared: too many operations of one have none. */
export const unmeasuredReasons = (trials: readonly Trial[]): string[] => {
  const { apart, words } = failuresOf(trials)
  return [
    ...(apart > MOST_OTHER_FAILURES ? [words] : []),
    ...trials
      .filter(({ result }) => missedShare(result) > MOST_MISSED)
      .map(
        ({ name, result }) =>
          `${percentWords(missedShare(result))} of the operations that ${name} meant to send were never sent, and have no response time`,
      ),
  ]
}

/** The same, as far as it only weakens a verdict on response times. */
export const failureCautions = (trials: readonly Trial[]): string[] => {
  const { apart, words } = failuresOf(trials)
  return apart > TOLD_FAILURES && apart <= MOST_OTHER_FAILURES ? [words] : []
}

/** Of the operations that an open loop meant to send. */
export const missedShare = (result: Result | null): number =>
  result === null || result.arrivals === null ? 0 : result.arrivals.missed / Math.max(result.arrivals.planned, 1)

/** Whether a fixed rate was kept: then its throughput is what was asked for, and says nothing of the database. */
export const hasKeptRate = ({ run, result }: Trial): boolean => {
  const { targetQps } = run.plan.load
  if (result === null || targetQps === null) return false
  return missedShare(result) < MOST_MISSED && Math.abs(result.qps / targetQps - 1) <= KEPT_WITHIN
}
