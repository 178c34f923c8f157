import type { QpsState, Rollup } from '@flakebench/contract'
import type { LoadSight } from './controller.ts'
import { connectionsNeeded, holdingMs, telling } from './qpsSizing.ts'

/** Connections that are not open after this time will not be soon. */
const REFUSED_AFTER_MS = 30_000

/** What can be said about the state of a rate's controller. */
export interface QpsView {
  readonly state: QpsState
  readonly sight: LoadSight
  readonly targetQps: number
  /** Whole intervals since the last change took effect, oldest first: the only ones that speak of it. */
  readonly observed: readonly Rollup[]
  /** The connections could not all be opened; what was observed is of those that could. */
  readonly isRefused: boolean
}

/**
 * After a change, of the controller's or of the fleet, nothing counts until the connections stand: an interval that began after it ends with all of them
 * open; whole intervals count from the next one on. Before any change the first does, too.
 */
export const viewQps = (state: QpsState, sight: LoadSight): QpsView => {
  const { intervals, fleetChangedAtMs, backedOffAtMs } = sight
  const sinceMs = Math.max(state.changedAtMs, fleetChangedAtMs ?? 0, backedOffAtMs ?? 0)
  const after = intervals.slice(intervals.findLastIndex(one => one.startMs < sinceMs) + 1)
  const goal = Math.min(state.targetConnections, sight.targetConnections)
  const stoodAt = after.findIndex(one => one.openConnections >= goal)
  const view = { state, sight, targetQps: sight.plan.load.targetQps ?? 0 }
  if (stoodAt >= 0) return { ...view, observed: after.slice(sinceMs > 0 ? stoodAt + 1 : stoodAt), isRefused: false }
  const givenUpAtMs = sinceMs + REFUSED_AFTER_MS
  // What is open is known at the end of an interval only.
  if (!after.some(one => one.endMs >= givenUpAtMs)) return { ...view, observed: [], isRefused: false }
  return { ...view, observed: after.filter(one => one.startMs >= givenUpAtMs), isRefused: true }
}

/** What was asked for at the end of each of the last `count` observed intervals; shorter when there are fewer. Null: nothing was completed yet. */
export const newestNeeds = (view: QpsView, count: number): (number | null)[] => {
  const { observed } = view
  const fewest = Math.max(0, observed.length - count)
  return observed.slice(fewest).map((_, i) => needOf(view, telling(observed.slice(0, fewest + i + 1))))
}

/** What intervals of those observed, one after another, ask for together. */
export const needOf = (view: QpsView, intervals: readonly Rollup[]): number | null =>
  connectionsNeeded(view.targetQps, beforeOf(view, intervals), intervals)

/** How long operations hold their connections by now. Null: none was completed yet. */
export const holdsMs = (view: QpsView): number | null => {
  const newest = telling(view.observed)
  return holdingMs(beforeOf(view, newest), newest)
}

const beforeOf = ({ sight }: QpsView, intervals: readonly Rollup[]): Rollup | null => {
  const firstMs = intervals[0]?.startMs ?? 0
  return sight.intervals.findLast(one => one.startMs < firstMs) ?? null
}
