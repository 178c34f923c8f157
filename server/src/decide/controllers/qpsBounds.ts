import { type BoundsState, countOf } from '@flakebench/contract'
import type { LoadSight } from './controller.ts'
import { shortfall, startedPerSecond } from './qpsRates.ts'
import type { QpsView } from './qpsView.ts'
import { inWords, percentWords } from './qpsWords.ts'

/** Patience is counted in intervals, which may be a tenth of a second: a run is not ended for less than this. */
const LEAST_PATIENCE_MS = 3_000

/** All that the fleet may have is in use: workers and connections. */
export const isAtTheMost = ({ fleet, targetConnections }: LoadSight): boolean =>
  fleet.joining === 0 && fleet.serving >= fleet.most && targetConnections >= fleet.mostCapacity

/**
 * The bounds of BOUNDED are the limit: all that they allow is in use, and the schedule was not held in the last
 * `boundsPatienceIntervals` intervals of the measurement together, for three seconds at least (`shortfall`). FIXED has no bounds to meet: what it holds is exact, and what it misses is counted. Not when less is in use than they allow, because guardrails took connections away or workers could not be started.
 */
export const boundsReached = ({ state, sight, targetQps, observed }: QpsView): BoundsState | null => {
  const { plan, fleet, nowMs, targetConnections } = sight
  if (plan.scaling.mode !== 'BOUNDED') return null
  const { maxWorkers } = plan.limits
  const ceilingConnections = maxWorkers * fleet.connectionsPerWorker
  const isAllInUse = fleet.joining === 0 && fleet.serving >= maxWorkers && targetConnections >= ceilingConnections
  if (!isAllInUse || state.targetConnections < ceilingConnections) return null
  const measured = observed.filter(one => one.phase === 'MEASUREMENT')
  const newest = shortfall(measured, targetQps, plan.scaling.boundsPatienceIntervals, LEAST_PATIENCE_MS)
  if (newest.length === 0) return null
  const achievedQps = startedPerSecond(newest)
  const limited = newest.every(one => one.clientLimited) ? '; the workers themselves were at their limit' : ''
  return {
    atMs: nowMs,
    achievedQps,
    targetQps,
    targetConnections,
    maxWorkers,
    ceilingConnections,
    words:
      `${inWords(achievedQps)} of ${inWords(targetQps)} operations a second were started (${percentWords(achievedQps / targetQps)}) in ${countOf(newest.length, 'interval')} ` +
      `with all that the bounds allow: ${countOf(maxWorkers, 'worker')}, ${countOf(ceilingConnections, 'connection')}${limited}`,
  }
}
