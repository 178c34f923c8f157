import type { Plan, Rollup } from '@flakebench/contract'

/** Arrivals that wait are to be sent, beside those that come, within this time. */
const DRAIN_SECONDS = 5
/** A statement of a workload takes longer than the cheapest one; so much is guessed before anything was measured. */
const GUESSED_FLOORS = 3
const GUESSED_MS = 2
/** Where no floor was measured. */
const USUAL_SERVICE_MS = 10
/** So many operations, of so much time, say how long one takes; fewer do where there are no more. */
const TELLING_OPERATIONS = 5
const TELLING_MS = 1_000

/**
 * Connections that an offered load needs: what is in flight on average (Little's law: rate × service time; J. Little 1961) and twice its square root more,
 * so that hardly an arrival finds all of them busy (square-root staffing; S. Halfin and W. Whitt, Operations Research 29, 1981).
 * @param inFlight arrivals per second × mean service time in seconds @param besides what else is in flight, for a while
 */
export const staffFor = (inFlight: number, besides = 0): number => Math.ceil(inFlight + 2 * Math.sqrt(inFlight) + besides - 1e-9)

/**
 * Connections to begin a rate with: `load.startingConnections`, or a guess from the round trip of the cheapest statement. With FIXED scaling those of the
 * plan. The bounds of the plan are kept.
 * @param floorMs the slowest worker's; null: not measured
 */
export const firstConnections = (plan: Plan, floorMs: number | null): number => {
  const { load, scaling, limits, workerCount, targetConnections } = plan
  if (scaling.mode === 'FIXED') return targetConnections
  const serviceMs = floorMs === null ? USUAL_SERVICE_MS : GUESSED_FLOORS * floorMs + GUESSED_MS
  // Null and 0 both mean: no wish.
  const wanted = load.startingConnections || staffFor(((load.targetQps ?? 0) * serviceMs) / 1_000)
  const most = workerCount * Math.min(limits.maxConnections, load.targetConnections ?? limits.maxConnections)
  return Math.min(Math.max(wanted, leastConnections(plan, workerCount)), Math.max(most, workerCount))
}

/** What so many workers hold at least. */
export const leastConnections = ({ limits }: Plan, workers: number): number => workers * Math.max(1, limits.minConnections)

/**
 * Connections that intervals ask for: for the offered load, by the service times seen in them, and for what waited at their end. Null: nothing was
 * completed in them, so they say nothing.
 * @param before the interval before them, if there was one
 */
export const connectionsNeeded = (targetQps: number, before: Rollup | null, intervals: readonly Rollup[]): number | null => {
  const serviceMs = holdingMs(before, intervals)
  if (serviceMs === null) return null
  const waiting = waitingIn(intervals.at(-1) as Rollup)
  const drained = ((waiting / DRAIN_SECONDS) * serviceMs) / 1_000
  return staffFor((targetQps * serviceMs) / 1_000, drained)
}

/** The newest of them in which as many operations ended as tell how long one takes: of slow ones few end in an interval, or none. */
export const telling = (intervals: readonly Rollup[]): readonly Rollup[] => {
  const endMs = intervals.at(-1)?.endMs ?? 0
  let ended = 0
  const first = intervals.findLastIndex(one => {
    ended += one.operations
    return ended >= TELLING_OPERATIONS && endMs - one.startMs >= TELLING_MS
  })
  return first < 0 ? intervals : intervals.slice(first)
}

/**
 * How long an operation holds its connection. In intervals in which none was ever free that is what each of them had for an operation: failed
 * operations, which are in no service time, and the worker's own time are in it.
 */
export const holdingMs = (before: Rollup | null, intervals: readonly Rollup[]): number | null => {
  const service = meanServiceMs(intervals)
  const started = intervals.reduce((sum, one) => sum + one.started, 0)
  const isBusyThroughout = before !== null && waitingIn(before) > 0 && intervals.every(one => waitingIn(one) > 0)
  const ended = intervals.reduce((sum, one) => sum + one.operations, 0)
  if (!isBusyThroughout || started === 0 || ended === 0) return service
  const heldMs = intervals.reduce((sum, one) => sum + one.openConnections * (one.endMs - one.startMs), 0)
  // Of operations that outlast the intervals hardly any start in them, or all of them at once.
  const isOutlasted = service !== null && service > durationMs(intervals) / 2
  return isOutlasted ? service : Math.max(service ?? 0, heldMs / started)
}

const durationMs = (intervals: readonly Rollup[]): number => intervals.reduce((sum, one) => sum + one.endMs - one.startMs, 0)

/** Mean of the successful operations that ended in the intervals, of all kinds. */
const meanServiceMs = (intervals: readonly Rollup[]): number | null => {
  let [count, sumNs] = [0, 0]
  for (const { byKind } of intervals) {
    for (const { service } of byKind) {
      count += service?.count ?? 0
      sumNs += service?.sumNs ?? 0
    }
  }
  return count === 0 ? null : sumNs / count / 1_000_000
}

export const waitingIn = ({ arrivals }: Rollup): number => arrivals?.waiting ?? 0
