import { performance } from 'node:perf_hooks'
import { readClock, type SqlClient } from '@flakebench/store'

const ROUND_TRIPS = 8

/** How the control database's clock stands to this process's monotonic one. */
export interface ClockEstimate {
  /** Database time in milliseconds since 1970, minus `performance.now()`. */
  readonly offsetMs: number
  readonly uncertaintyMs: number
}

/** Reads the clock several times and believes the fastest round trip: the reading was made somewhere within it, so it is off by half of it at most. */
export const estimateClock = async (db: SqlClient): Promise<ClockEstimate> => {
  let best: ClockEstimate = { offsetMs: 0, uncertaintyMs: Number.POSITIVE_INFINITY }
  for (let i = 0; i < ROUND_TRIPS; i++) {
    const sentMs = performance.now()
    const clockMs = await readClock(db)
    const answeredMs = performance.now()
    const uncertaintyMs = (answeredMs - sentMs) / 2
    if (uncertaintyMs < best.uncertaintyMs) best = { offsetMs: clockMs - (sentMs + answeredMs) / 2, uncertaintyMs }
  }
  return best
}
