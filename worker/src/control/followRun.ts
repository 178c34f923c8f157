import { hostname } from 'node:os'
import { performance } from 'node:perf_hooks'
import { listEventsAfter, readRunControl, type SqlClient } from '@flakebench/store'
import { type Follower, followEvents, type Order, reconcile } from './decideFollow.ts'
import { type ControlLoss, type ControlSight, decideLoss } from './decideLoss.ts'
import type { WorkerPace } from './decidePace.ts'
import { reachableOwner } from './reachableOwner.ts'
import type { Tell } from './tellTroubles.ts'

const WATCH_MS = 100
/** Within the time after which a worker takes the control plane for lost, it looks so often at least: a look or two may fail. */
const LOOKS_BEFORE_LOSS = 5

export interface FollowDeps {
  readonly db: SqlClient
  readonly runId: string
  readonly first: Follower
  readonly pace: () => WorkerPace
  readonly give: (order: Order) => void
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
export const startFollowing = ({ db, runId, first, pace, give, lost, trouble }: FollowDeps): RunFollower => {
  let follower = first
  let sight: ControlSight = { polledAtMs: performance.now(), leaseLapsedSeconds: null, ownedAtMs: null }
  let ownerUrl: string | null = null
  let isStopped = false
  let isNews = false
  let endPause = (): void => undefined

  const apply = (following: { readonly follower: Follower; readonly orders: readonly Order[] }): void => {
    follower = following.follower
    for (const order of following.orders) give(order)
  }

  const poll = async (): Promise<void> => {
    const control = await readRunControl(db, runId)
    const nowMs = performance.now()
    const leaseLapsedSeconds = control?.leaseLapsedSeconds ?? null
    const isOwned = leaseLapsedSeconds !== null && leaseLapsedSeconds < 0
    ownerUrl = control === null ? null : reachableOwner(control, hostname())
    sight = { polledAtMs: nowMs, leaseLapsedSeconds, ownedAtMs: isOwned ? nowMs : sight.ownedAtMs }
    if (control !== null && control.nextSequenceId - 1 > follower.appliedSequenceId) {
      const events = await listEventsAfter(db, runId, follower.appliedSequenceId)
      if (!isStopped) apply(followEvents(follower, events))
    }
    if (!isStopped) apply(reconcile(follower, control))
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

  // On its own timer: a poll that hangs must not keep the watchdog from barking.
  const watch = setInterval(() => {
    const loss = decideLoss(sight, performance.now(), follower.plan.advanced.controlLossSeconds)
    if (loss === null) return
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
    lookNow: () => {
      isNews = true
      endPause()
    },
    stop: () => {
      isStopped = true
      clearInterval(watch)
    },
  }
}
