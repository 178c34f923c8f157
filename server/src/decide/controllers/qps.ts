import type { BoundsState, QpsState } from '@flakebench/contract'
import type { Finish, LoadSight, Wish } from './controller.ts'
import { boundsReached } from './qpsBounds.ts'
import { nextMove } from './qpsMoves.ts'
import { changeQps } from './qpsStep.ts'
import { viewQps } from './qpsView.ts'

export { firstConnections } from './qpsSizing.ts'

export interface QpsWish extends Wish<QpsState> {
  /** Set with the finish when the run met its bounds. */
  readonly bounds: BoundsState | null
}

/**
 * Sizes the connections and workers of a rate so that its schedule can be held; the rate itself is the schedule's and never changes. Connections follow
 * Little's law from measured service times (`connectionsNeeded`), one decision after another, each when the one before has taken effect; a worker more
 * where all are full, or could be the limit themselves. It adds no more connections when these no longer raise the rate (`judgeGrowth`), and takes some away
 * only when there are far too many.
 * @param state null: nothing was decided yet
 */
export const decideQps = (state: QpsState | null, sight: LoadSight): QpsWish => {
  const before = state ?? firstState(sight)
  const view = viewQps(before, sight)
  const bounds = boundsReached(view)
  if (bounds !== null) return wishOf(before, sight, { bounds, finish: { reason: 'BOUNDS_LIMIT_REACHED', words: bounds.words } })
  const move = nextMove(view)
  if (move === null) return wishOf(before, sight, {})
  if (move.type === 'CHANGE') {
    const { state: after, step } = changeQps(view, move)
    return wishOf(after, sight, { steps: [step], remarks: [move.reason] })
  }
  // What holds a rate back is said once, and again only after something was changed.
  return before.reason === move.reason
    ? wishOf(before, sight, {})
    : wishOf({ ...before, reason: move.reason }, sight, { remarks: [move.remark] })
}

const firstState = ({ plan, targetConnections, fleet }: LoadSight): QpsState => ({
  targetConnections: targetConnections > 0 ? targetConnections : plan.targetConnections,
  workers: Math.max(fleet.serving, 1),
  changedAtMs: 0,
  stepNumber: 0,
  reason: null,
  recent: [],
})

interface Said {
  readonly steps?: QpsWish['steps']
  readonly remarks?: QpsWish['remarks']
  readonly bounds?: BoundsState
  readonly finish?: Finish
}

const wishOf = (state: QpsState, { fleet }: LoadSight, { steps = [], remarks = [], bounds, finish }: Said): QpsWish => ({
  state,
  connections: state.targetConnections,
  workers: Math.min(state.workers, fleet.most),
  steps,
  finish: finish ?? null,
  remarks,
  bounds: bounds ?? null,
})
