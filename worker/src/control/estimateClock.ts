import { performance } from 'node:perf_hooks'
import { readClock, type SqlClient } from '@flakebench/store'
import type { ClockEstimate } from './decideClock.ts'

/** Reads the clock several times and believes the fastest round trip: the reading was made somewhere within it, so it is off by half of it at most. */
export const estimateClock = async (db: SqlClient, roundTrips: number): Promise<ClockEstimate> => {
  let best: ClockEstimate = { offsetMs: 0, uncertaintyMs: Number.POSITIVE_INFINITY, takenAtMs: 0 }
  for (let i = 0; i < roundTrips; i++) {
    const sentMs = performance.now()
    const clockMs = await readClock(db)
    const answeredMs = performance.now()
    const uncertaintyMs = (answeredMs - sentMs) / 2
    if (uncertaintyMs < best.uncertaintyMs) {
      best = { offsetMs: clockMs - (sentMs + answeredMs) / 2, uncertaintyMs, takenAtMs: answeredMs }
    }
  }
  return best
}
