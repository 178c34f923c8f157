/** How the control database's clock stands to this process's monotonic one. */
export interface ClockEstimate {
  /** Database time in milliseconds since 1970, minus `performance.now()`. */
  readonly offsetMs: number
  readonly uncertaintyMs: number
  /** When it was made, by `performance.now()`. */
  readonly takenAtMs: number
}

/** Two clocks drift apart by up to a millisecond in this time (100 millionths). */
const GOOD_FOR_MS = 10_000

/** @param estimates at least one, oldest first @returns the most certain of those that are still good; the newest where none is */
export const decideClock = (estimates: readonly ClockEstimate[], nowMs: number): ClockEstimate => {
  const newest = estimates.at(-1) as ClockEstimate
  const good = estimates.filter(({ takenAtMs }) => nowMs - takenAtMs <= GOOD_FOR_MS)
  return good.reduce((best, one) => (one.uncertaintyMs < best.uncertaintyMs ? one : best), newest)
}
