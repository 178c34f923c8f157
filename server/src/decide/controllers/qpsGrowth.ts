import type { DoneStep, Rollup } from '@flakebench/contract'
import { achievedIn, HELD_RATE, isBehind, startedPerSecond } from './qpsRates.ts'
import { holdingMs } from './qpsSizing.ts'
import { holdsMs, type QpsView } from './qpsView.ts'

/** Growth is compared over at most so many intervals; over more where operations outlast them, which start in waves: so many times as long as one. */
const COMPARED_INTERVALS = 5
const COMPARED_OPERATIONS = 3
/** Connections have to have grown by half before what came of it can be told from noise. */
const LEAST_GROWTH = 1.5
/** The least part of a growth in connections that has to show in the rate. */
const LEAST_GAIN = 0.2
/** Fewer connections were better when the rate was higher by this much with them; as many intervals as are compared must say so. */
const CLEARLY_BETTER = 1.05
/** What was tried after a long time is taken back when the rate is higher by no more than this. */
const HARDLY_BETTER = 1.1
/** So many intervals in a row in which the schedule was held end a time of shortage. */
const HELD_INTERVALS = 10
/** Growth that did harm is not tried again before it was held for so long. */
const FORGETTING_INTERVALS = 20
/** Operations that hold their connections so many times as long, or as short, with no more and no fewer of these: the database has changed. */
const ANOTHER_DATABASE = 2
/** The same over intervals that are some time apart, each the mean of a few. */
const CLEARLY_CHANGED = 1.5
const CHANGE_INTERVALS = 3
/** What did not help is tried again after this time of shortage, and each time after twice the time before. */
const RETRY_MS = 60_000
const LONGEST_RETRY_MS = 600_000

/** What more connections have come to since the schedule was last held. */
export interface Growth {
  /** More of them do not help: the rate at which operations start has not risen by a fifth of what the connections have. */
  readonly isFruitless: boolean
  /** Fewer than now, which are to be gone back to: the rate was clearly higher with them, or as high for a long time. Null: none, or not known yet. */
  readonly better: number | null
}

const NOT_FRUITLESS: Growth = { isFruitless: false, better: null }

/**
 * Judges growth by what became of it. A database that is saturated answers no more often, however many ask, and each of them waits the longer: Little's
 * law would ask for ever more of them. One that has become slower does not answer as often as it did, whatever the number of connections: what was
 * observed before says nothing.
 */
export const judgeGrowth = (view: QpsView): Growth => {
  const { state, sight, observed, targetQps } = view
  const compared = comparedIntervals(view)
  const now = observed.slice(-compared)
  if (!now.some(one => isBehind(one, targetQps)) || isRetryDue(view) || hasChanged(view)) return NOT_FRUITLESS
  const connections = state.targetConnections
  const rate = startedPerSecond(now)
  const held = lastLongHeld(state.recent)
  const short = shortageUpTo(sight.intervals, targetQps)
  // Too few operations that outlast an interval end in it to tell whether they are another database's.
  const shortage = outlastedIntervals(view) > 1 ? short : sameDatabase(short)
  const earlier = ratesByConnections(
    shortage.filter(one => held === null || isJustBefore(one, held, compared)),
    compared,
  ).filter(one => one.connections < connections)
  const isFruitless = earlier.some(
    one => connections >= one.connections * LEAST_GROWTH && rate / one.rate - 1 < LEAST_GAIN * (connections / one.connections - 1),
  )
  if (!isFruitless || now.length < compared || achievedIn(now) >= HELD_RATE) return { isFruitless, better: null }
  const triedFrom = earlier.find(one => one.connections === held?.fromConnections && one.rate * HARDLY_BETTER >= rate)
  if (triedFrom !== undefined) return { isFruitless, better: triedFrom.connections }
  const best = earlier.reduce<RateWith | null>((a, b) => (a === null || b.rate > a.rate ? b : a), null)
  return { isFruitless, better: best !== null && best.rate > rate * CLEARLY_BETTER ? best.connections : null }
}

/** Intervals that an operation lasts. */
const outlastedIntervals = (view: QpsView): number => {
  const newest = view.observed.at(-1)
  return newest === undefined ? 0 : Math.ceil((holdsMs(view) ?? 0) / (newest.endMs - newest.startMs))
}

const comparedIntervals = (view: QpsView): number => Math.max(COMPARED_INTERVALS, COMPARED_OPERATIONS * outlastedIntervals(view))

interface RateWith {
  readonly connections: number
  readonly rate: number
}

/** For each number of connections that stood, the rate in its newest intervals. */
const ratesByConnections = (intervals: readonly Rollup[], compared: number): RateWith[] => {
  const standing = new Map<number, Rollup[]>()
  for (const one of intervals) {
    if (one.openConnections === one.targetConnections)
      standing.set(one.openConnections, [...(standing.get(one.openConnections) ?? []), one])
  }
  return [...standing]
    .map(([connections, all]) => ({ connections, rate: startedPerSecond(all.slice(-compared)) }))
    .filter(one => one.rate > 0)
}

/** The newest intervals, back to when the schedule was last held for a while. */
const shortageUpTo = (all: readonly Rollup[], targetQps: number, endedBy = HELD_INTERVALS): readonly Rollup[] => {
  let held = 0
  for (let at = all.length - 1; at >= 0; at--) {
    held = isBehind(all[at] as Rollup, targetQps) ? 0 : held + 1
    // The first that was short may be half of the time before.
    if (held === endedBy) return all.slice(at + endedBy + 1)
  }
  return all
}

/** How long operations held their connections, and how many of these were in use on average (Little's law). */
interface Pace {
  readonly holdingMs: number
  readonly inFlight: number
}

/** Null: nothing was completed, or nothing started. */
const paceOf = (intervals: readonly Rollup[], from: number, to: number): Pace | null => {
  const these = intervals.slice(from, to)
  const all = these.flatMap((one, i) => holdingMs(intervals[from + i - 1] ?? null, [one]) ?? [])
  const rate = startedPerSecond(these)
  if (all.length === 0 || rate === 0) return null
  const meanMs = all.reduce((sum, one) => sum + one, 0) / all.length
  return { holdingMs: meanMs, inFlight: Math.min((rate * meanMs) / 1_000, Math.max(...these.map(one => one.openConnections))) }
}

/** More in flight make operations slower in proportion, at most; what is slower than that, or faster, is so for another reason. */
const isSlower = (one: Pace, other: Pace, factor: number): boolean =>
  one.holdingMs > factor * other.holdingMs * Math.max(1, one.inFlight / other.inFlight)
const isAnother = (one: Pace, other: Pace, factor: number): boolean => isSlower(one, other, factor) || isSlower(other, one, factor)

/** The newest intervals, back to when operations last became much slower or faster though the connections stayed; without the one in which they did. */
const sameDatabase = (intervals: readonly Rollup[]): readonly Rollup[] => {
  const paces = intervals.map((_, at) => paceOf(intervals, at, at + 1))
  const hasBecomeAnother = (one: Rollup, at: number): boolean => {
    if (intervals[at - 1]?.openConnections !== one.openConnections) return false
    const [then, now] = [paces[at - 1] ?? null, paces[at] ?? null]
    return then === null || now === null || isAnother(then, now, ANOTHER_DATABASE)
  }
  return intervals.slice(intervals.findLastIndex(hasBecomeAnother) + 1)
}

/** Whether operations take clearly more or less time than when this number of connections began to stand; those that began before do not count. */
const hasChanged = (view: QpsView): boolean => {
  const outlasted = outlastedIntervals(view)
  const compared = outlasted > 1 ? COMPARED_OPERATIONS * outlasted : CHANGE_INTERVALS
  const observed = outlasted > 1 ? view.observed.slice(2 * outlasted) : view.observed
  if (observed.length < 2 * compared) return false
  const [then, now] = [paceOf(observed, 0, compared), paceOf(observed, observed.length - compared, observed.length)]
  return then !== null && now !== null && isAnother(then, now, CLEARLY_CHANGED)
}

const heldMs = ({ startMs, endMs }: DoneStep): number => endMs - startMs
const isGrowth = ({ fromConnections, toConnections }: DoneStep): boolean => toConnections > fromConnections

/** The newest growth that was tried after a long time. */
const lastLongHeld = (recent: readonly DoneStep[]): DoneStep | null =>
  recent.findLast(step => isGrowth(step) && heldMs(step) >= RETRY_MS) ?? null

const isJustBefore = (one: Rollup, { endMs }: DoneStep, intervals: number): boolean =>
  one.startMs >= endMs - (one.endMs - one.startMs) * intervals

/** It has been short for so long that what did not help then may help by now. */
export const isRetryDue = (view: QpsView): boolean => {
  const { state, sight, observed, targetQps } = view
  const tried = lastLongHeld(state.recent)
  const isTakenBack = tried !== null && state.recent.at(-1)?.toConnections === tried.fromConnections
  const compared = comparedIntervals(view)
  if (compared > COMPARED_INTERVALS && observed.length < 2 * compared) return false
  const waitMs = isTakenBack ? Math.min(2 * heldMs(tried), LONGEST_RETRY_MS) : RETRY_MS
  return sight.nowMs - state.changedAtMs >= waitMs && observed.slice(-COMPARED_INTERVALS).every(one => isBehind(one, targetQps))
}

/** Whether fewer connections were tried because they had been better, and nothing has changed since. */
export const isBackFromGrowth = (view: QpsView): boolean => {
  const { state, sight, targetQps } = view
  const step = state.recent.at(-1)
  if (step === undefined || step.toConnections >= step.fromConnections || isRetryDue(view) || hasChanged(view)) return false
  const before = sight.intervals.findLast(one => one.endMs <= state.changedAtMs)
  const shortage = shortageUpTo(sight.intervals, targetQps, FORGETTING_INTERVALS)
  return before !== undefined && isBehind(before, targetQps) && (shortage[0]?.startMs ?? state.changedAtMs) < state.changedAtMs
}
