import type { Rollup } from '@flakebench/contract'
import { waitingIn } from './qpsSizing.ts'

/** The schedule is held when at least this part of what it intends is started. */
export const HELD_RATE = 0.98
/** Seconds of arrivals. */
const MOST_WAITING = 0.1
/** What waits may take so long to be worked off: nothing is given up before. */
const WORKED_OFF_SECONDS = 10

/** Deviations of chance: what so many arrivals differ by from what was to be expected. */
const BEYOND_CHANCE = 3

export const plannedIn = (intervals: readonly Rollup[]): number => intervals.reduce((sum, one) => sum + (one.arrivals?.planned ?? 0), 0)
const startedIn = (intervals: readonly Rollup[]): number => intervals.reduce((sum, one) => sum + one.started, 0)
export const secondsOf = (intervals: readonly Rollup[]): number => intervals.reduce((sum, one) => sum + one.endMs - one.startMs, 0) / 1_000

/** Operations started per second. */
export const startedPerSecond = (intervals: readonly Rollup[]): number => {
  const seconds = secondsOf(intervals)
  return seconds === 0 ? 0 : startedIn(intervals) / seconds
}

/** Started, as a fraction of what was planned; 1 where nothing was. What only waited is not started. */
export const achievedIn = (intervals: readonly Rollup[]): number => {
  const planned = plannedIn(intervals)
  return planned === 0 ? 1 : startedIn(intervals) / planned
}

/** Fewer arrivals than 98 % were started in it: by more than the one that an interval may always leave to the next. */
export const isShort = (interval: Rollup): boolean =>
  achievedIn([interval]) < HELD_RATE && Math.max(plannedIn([interval]) - interval.started, waitingIn(interval)) > 1

/**
 * The newest intervals, at least so many and as long, in which the schedule was not held, beyond doubt: less than 98 % of the rate was started, some
 * arrivals waited at the end of each and more of them in the end, or were missed; and since these began to wait, more fell behind than a burst explains.
 * Empty: it was held, or it is not known yet.
 */
export const shortfall = (all: readonly Rollup[], targetQps: number, leastIntervals: number, leastMs: number): readonly Rollup[] => {
  const waits = all.slice(all.findLastIndex(one => waitingIn(one) === 0) + 1)
  const lastMs = waits.at(-1)?.endMs ?? 0
  const count = Math.max(leastIntervals, waits.length - waits.findLastIndex(one => one.startMs <= lastMs - leastMs))
  const newest = waits.slice(-count)
  if (newest.length < count || secondsOf(newest) * 1_000 < leastMs) return []
  if (startedPerSecond(newest) >= targetQps * HELD_RATE || plannedIn(newest) <= startedIn(newest)) return []
  for (let many = count; ; many *= 2) {
    const window = waits.slice(-many)
    const planned = plannedIn(window)
    const isBeyondChance = planned - startedIn(window) > BEYOND_CHANCE * Math.sqrt(planned)
    if (isBeyondChance && startedPerSecond(window) < targetQps * HELD_RATE) return window
    if (many >= waits.length) return []
  }
}

/** Short, or a tenth of a second's arrivals wait: that happens too when it just falls behind. */
export const isBehind = (interval: Rollup, targetQps: number): boolean =>
  isShort(interval) || waitingIn(interval) > targetQps * MOST_WAITING

/** What waited is getting less fast enough by itself. */
export const isWorkedOff = (before: Rollup, interval: Rollup): boolean => {
  const perInterval = waitingIn(before) - waitingIn(interval) - (interval.arrivals?.missed ?? 0)
  return perInterval > 0 && waitingIn(interval) * secondsOf([interval]) <= perInterval * WORKED_OFF_SECONDS
}
