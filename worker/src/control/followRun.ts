import { hostname } from 'node:os'
import { performance } from 'node:perf_hooks'
import { listEventsAfter, readRunControl, type SqlClient } from '@flakebench/store'
import { type Follower, followEvents, type Order, reconcile } from './decideFollow.ts'
import { type ControlLoss, type ControlSight, decideLoss, isUnsure } from './decideLoss.ts'
import type { WorkerPace } from './decidePace.ts'
import { reachableOwner } from './reachableOwner.ts'
import type { Tell } from './tellTroubles.ts'

const WATCH_MS = 100
/** A watch that comes so late says that this process did not run meanwhile. */
const ASLEEP_MS = 2_000
const LONGEST_WATCH_MS = WATCH_MS + ASLEEP_MS
/** Within the time after which a worker takes the control plane for lost, it looks so often at least: a look or two may fail. */
const LOOKS_BEFORE_LOSS = 5

export interface FollowDeps {
  readonly db: SqlClient
  readonly runId: string
  /** Begins with the run's row as the first poll has it, which says all that events have said before. */
  readonly first: Omit<Follower, 'appliedSequenceId'>
  readonly pace: () => WorkerPace
  readonly give: (order: Order) => void
  /** Operations may be sent until then (`performance.now()`): told several times a second, but not by a worker that has been asleep before it has looked. */
  readonly permit: (untilMs: number) => void
  readonly lost: (loss: ControlLoss) => void
  readonly trouble: Tell
}

export interface RunFollower {
  readonly current: Follower
  /** Where the run's owner takes what is pushed to it, as the last poll had it; null: nowhere. */
  readonly ownerUrl: string | null
  /** There is news: polls at once. */
  lookNow(): void
  stop(): void
}

/** Follows a run until it is stopped: reads its row at its pace, and the events when there are new ones. Never two polls at once. */
export const startFollowing = ({ db, runId, first, pace, give, permit, lost, trouble }: FollowDeps): RunFollower => {
  let follower: Follower = { ...first, appliedSequenceId: 0 }
  let isFirst = true
  let sight: ControlSight = { polledAtMs: performance.now(), leaseLapsedSeconds: null, ownedAtMs: null, wokeAtMs: null }
  let ownerUrl: string | null = null
  let isStopped = false
  let isNews = false
  let endPause = (): void => undefined

  const apply = (following: { readonly follower: Follower; readonly orders: readonly Order[] }): void => {
    follower = following.follower
    for (const order of following.orders) give(order)
  }

  const poll = async (): Promise<void> => {
    // What was asked before a sleep says how things stood before it, whenever the answer comes.
    const askedAtMs = performance.now()
    const control = await readRunControl(db, runId)
    const leaseLapsedSeconds = control?.leaseLapsedSeconds ?? null
    const isOwned = leaseLapsedSeconds !== null && leaseLapsedSeconds < 0
    ownerUrl = control === null ? null : reachableOwner(control, hostname())
    if (control !== null && isFirst) follower = { ...follower, appliedSequenceId: control.nextSequenceId - 1 }
    isFirst = false
    if (control !== null && control.nextSequenceId - 1 > follower.appliedSequenceId) {
      const events = await listEventsAfter(db, runId, follower.appliedSequenceId)
      if (!isStopped) apply(followEvents(follower, events))
    }
    if (!isStopped) apply(reconcile(follower, control))
    // Only now: whoever was asleep does not send before it has done what it was told.
    sight = { ...sight, polledAtMs: askedAtMs, leaseLapsedSeconds, ownedAtMs: isOwned ? askedAtMs : sight.ownedAtMs }
    prolong(performance.now())
  }

  /** For as long as this process may stand still without having been asleep. */
  const prolong = (nowMs: number): void => {
    const untilMs = watchedAtMs + LONGEST_WATCH_MS
    if (!isStopped && nowMs < untilMs && !isUnsure(sight, nowMs)) permit(untilMs)
  }

  const pause = (ms: number): Promise<void> =>
    new Promise(resolve => {
      const timer = setTimeout(resolve, ms)
      endPause = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const keepPolling = async (): Promise<void> => {
    while (!isStopped) {
      const beganMs = performance.now()
      isNews = false
      await poll().then(trouble.over, trouble.met)
      const { followWaitingMs, followMs } = pace()
      const mostMs = (follower.plan.advanced.controlLossSeconds * 1_000) / LOOKS_BEFORE_LOSS
      const everyMs = Math.min(follower.state === 'WAITING' ? followWaitingMs : followMs, mostMs)
      if (!isNews) await pause(Math.max(everyMs - (performance.now() - beganMs), 1))
    }
  }

  const lookNow = (): void => {
    isNews = true
    endPause()
  }

  // On its own timer: a poll that hangs must not keep the watchdog from barking.
  let watchedAtMs = performance.now()
  const watch = setInterval(() => {
    const nowMs = performance.now()
    if (nowMs >= watchedAtMs + LONGEST_WATCH_MS) {
      sight = { ...sight, wokeAtMs: nowMs }
      lookNow()
    }
    watchedAtMs = nowMs
    const loss = decideLoss(sight, nowMs, follower.plan.advanced.controlLossSeconds)
    if (loss === null) {
      prolong(nowMs)
      return
    }
    clearInterval(watch)
    lost(loss)
  }, WATCH_MS)

  void keepPolling()
  return {
    get current() {
      return follower
    },
    get ownerUrl() {
      return ownerUrl
    },
    lookNow,
    stop: () => {
      isStopped = true
      clearInterval(watch)
    },
  }
}
