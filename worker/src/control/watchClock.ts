import { performance } from 'node:perf_hooks'
import type { SqlClient } from '@flakebench/store'
import { type ClockEstimate, decideClock } from './decideClock.ts'
import { estimateClock } from './estimateClock.ts'

const ROUND_TRIPS = 3
/** As many as are made while one is good. */
const KEPT = 5

export interface ClockWatch {
  /** The best that is known now: nothing is waited for. */
  current(): ClockEstimate
  stop(): void
}

/** Keeps an estimate of the control database's clock fresh until it is needed. */
export const startWatchingClock = (db: SqlClient, first: ClockEstimate, everyMs: number): ClockWatch => {
  let estimates: readonly ClockEstimate[] = [first]
  let isReading = false

  const read = async (): Promise<void> => {
    if (isReading) return
    isReading = true
    try {
      estimates = [...estimates, await estimateClock(db, ROUND_TRIPS)].slice(-KEPT)
    } catch {
      // The estimates so far remain; that the database does not answer is told by those who poll it.
    } finally {
      isReading = false
    }
  }
  const timer = setInterval(() => void read(), everyMs)
  return {
    current: () => decideClock(estimates, performance.now()),
    stop: () => clearInterval(timer),
  }
}
