import { isDeepStrictEqual } from 'node:util'
import type { ArrivalShare, ControlEvent, ControlEventType, Plan, RunSchedule } from '@flakebench/contract'
import { isTerminal, scheduleOf } from '@flakebench/contract'
import type { RunControl } from '@flakebench/store'

/** Where a worker stands in following its run: ready, sending, or sending no more. */
export type FollowState = 'WAITING' | 'LOADING' | 'ENDING'

/** What a worker is to do. */
export type Order =
  | { readonly type: 'BEGIN'; readonly schedule: RunSchedule }
  | { readonly type: 'TARGET'; readonly connections: number }
  | { readonly type: 'SHARES'; readonly shares: readonly ArrivalShare[] }
  /** This worker is needed no more; the run goes on. */
  | { readonly type: 'RETIRE'; readonly drainTimeoutSeconds: number }
  /** The run goes on without this worker, which was taken for lost. */
  | { readonly type: 'GIVE_UP'; readonly drainTimeoutSeconds: number }
  | { readonly type: 'STOP'; readonly drainTimeoutSeconds: number }

/** Who follows, and what it knows. */
export interface Follower {
  readonly workerId: string
  readonly plan: Plan
  readonly state: FollowState
  /** The last event that was followed. */
  readonly appliedSequenceId: number
  readonly targetConnections: number
  /** Who sends which arrivals, as far as it was told; null: nothing yet, or not an open loop. */
  readonly shares: readonly ArrivalShare[] | null
}

export interface Following {
  readonly follower: Follower
  readonly orders: readonly Order[]
}

/** Which orders are heard in which state; what is not here is ignored. Phases follow from the schedule, so SET_PHASE is never needed. */
const HEARD: Readonly<Record<FollowState, Readonly<Partial<Record<ControlEventType, true>>>>> = {
  WAITING: { START: true, SET_WORKER_TARGET: true, SET_ARRIVAL_SHARES: true, RETIRE: true, STOP: true },
  LOADING: { SET_WORKER_TARGET: true, SET_ARRIVAL_SHARES: true, RETIRE: true, STOP: true },
  ENDING: {},
}

const NEXT: Readonly<Record<Order['type'], FollowState | null>> = {
  BEGIN: 'LOADING',
  TARGET: null,
  SHARES: null,
  RETIRE: 'ENDING',
  GIVE_UP: 'ENDING',
  STOP: 'ENDING',
}

const give = ({ follower, orders }: Following, order: Order | null): Following => {
  if (order === null) return { follower, orders }
  return {
    follower: {
      ...follower,
      state: NEXT[order.type] ?? follower.state,
      targetConnections: order.type === 'TARGET' ? order.connections : follower.targetConnections,
      shares: order.type === 'SHARES' ? order.shares : follower.shares,
    },
    orders: [...orders, order],
  }
}

/** Follows events in their order, however they come; those already followed, of an unknown type, or out of place change nothing. */
export const followEvents = (follower: Follower, events: readonly ControlEvent[]): Following =>
  [...events]
    .sort((a, b) => a.sequenceId - b.sequenceId)
    .reduce<Following>(
      (following, event) => {
        if (event.sequenceId <= following.follower.appliedSequenceId) return following
        const heard = HEARD[following.follower.state][event.type] === true ? orderOf(event, following.follower) : null
        const { follower: after, orders } = give(following, heard)
        return { follower: { ...after, appliedSequenceId: event.sequenceId }, orders }
      },
      { follower, orders: [] },
    )

const orderOf = (event: ControlEvent, { workerId, targetConnections, shares }: Follower): Order | null => {
  switch (event.type) {
    case 'START':
      return { type: 'BEGIN', schedule: event.data }
    case 'STOP':
      return { type: 'STOP', drainTimeoutSeconds: event.data.drainTimeoutSeconds }
    case 'SET_WORKER_TARGET':
      return targetOrder(event.data.targets[workerId], targetConnections)
    case 'SET_ARRIVAL_SHARES':
      return sharesOrder(event.data.shares, shares)
    case 'RETIRE':
      return event.data.workerIds.includes(workerId) ? { type: 'RETIRE', drainTimeoutSeconds: event.data.drainTimeoutSeconds } : null
    default:
      return null
  }
}

const targetOrder = (connections: number | undefined, current: number): Order | null =>
  connections === undefined || connections === current ? null : { type: 'TARGET', connections }

const sharesOrder = (shares: readonly ArrivalShare[] | null, current: readonly ArrivalShare[] | null): Order | null =>
  shares === null || isDeepStrictEqual(shares, current) ? null : { type: 'SHARES', shares }

/**
 * Brings the worker in line with the row of RUN_STATUS, which holds all that events say: an event that was never seen changes nothing. A row that is
 * older than the last event followed is not believed. No row: the run is gone.
 */
export const reconcile = (follower: Follower, control: RunControl | null): Following => {
  const none: Following = { follower, orders: [] }
  if (follower.state === 'ENDING') return none
  const { drainTimeoutSeconds } = follower.plan.advanced
  const stop: Order = { type: 'STOP', drainTimeoutSeconds }
  if (control === null) return give(none, stop)
  if (control.nextSequenceId <= follower.appliedSequenceId) return none
  if (control.status === 'STOPPING' || control.status === 'CANCELLING' || isTerminal(control.status)) return give(none, stop)
  const standing = control.fleetNotes[follower.workerId]?.standing
  if (standing === 'LEAVING') return give(none, { type: 'RETIRE', drainTimeoutSeconds })
  if (standing === 'LOST') return give(none, { type: 'GIVE_UP', drainTimeoutSeconds })
  const targeted = give(none, targetOrder(control.workerTargets?.[follower.workerId], follower.targetConnections))
  const shared = give(targeted, sharesOrder(control.arrivalShares, follower.shares))
  const isMissedStart = follower.state === 'WAITING' && control.status === 'RUNNING' && control.startAtMs !== null
  return give(shared, isMissedStart ? { type: 'BEGIN', schedule: scheduleOf(follower.plan, control.startAtMs) } : null)
}
