import type { Plan } from '@flakebench/contract'

export const FEWEST_AT_HAND = 300
/** Some hundred megabytes. */
const MOST_AT_HAND = 20_000
/** A find-max step opens its connections, settles and is observed once, and up to three times longer for want of samples. */
const STEP_LENGTHS = 4
const BEFORE_STEP_MS = 40_000
/** What is not settled yet, and what a decision that comes late still needs. */
const SPARE = 30

/**
 * So many of the newest intervals the controllers of a run need at hand: a whole find-max step, and the grace of an SLO; a snapshot that comes later than
 * that has its interval read back. Bounded, as each takes a few kilobytes.
 */
export const countIntervalsAtHand = ({ load, sloAbort, advanced }: Pick<Plan, 'load' | 'sloAbort' | 'advanced'>): number => {
  const stepMs = load.mode === 'FIND_MAX_CONCURRENCY' ? BEFORE_STEP_MS + STEP_LENGTHS * load.findMax.stepDurationSeconds * 1_000 : 0
  const graceMs = sloAbort.enabled ? sloAbort.graceSeconds * 1_000 : 0
  const needed = Math.ceil(Math.max(stepMs, graceMs) / (advanced.metricsIntervalSeconds * 1_000)) + SPARE
  return Math.min(Math.max(needed, FEWEST_AT_HAND), MOST_AT_HAND)
}
