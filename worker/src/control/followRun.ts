import { performance } from 'node:perf_hooks'
import { listEventsAfter, readRunControl, type SqlClient } from '@flakebench/store'
import { type Follower, followEvents, type Order, reconcile } from './decideFollow.ts'
import { type ControlLoss, type ControlSight, decideLoss } from './decideLoss.ts'
import type { Tell } from './tellTroubles.ts'

const POLL_WHILE_WAITING_MS = 100
const POLL_MS = 200
const WATCH_MS = 100

export interface FollowDeps {
  readonly db: SqlClient
  readonly runId: string
  readonly first: Follower
  readonly give: (order: Order) => void
  readonly lost: (loss: ControlLoss) => void
  readonly trouble: Tell
}

export interface RunFollower {
  readonly current: Follower
  stop(): void
}

/** Follows a run until it is stopped: reads its row several times a second, and the events when there are new ones. Never two polls at once. */
export const startFollowing = ({ db, runId, first, give, lost, trouble }: FollowDeps): RunFollower => {
  let follower = first
  let sight: ControlSight = { polledAtMs: performance.now(), leaseLapsedSeconds: null, ownedAtMs: null }
  let isStopped = false

  const apply = (following: { readonly follower: Follower; readonly orders: readonly Order[] }): void => {
    follower = following.follower
    for (const order of following.orders) give(order)
  }

  const poll = async (): Promise<void> => {
    const control = await readRunControl(db, runId)
    const nowMs = performance.now()
    const leaseLapsedSeconds = control?.leaseLapsedSeconds ?? null
    const isOwned = leaseLapsedSeconds !== null && leaseLapsedSeconds < 0
    sight = { polledAtMs: nowMs, leaseLapsedSeconds, ownedAtMs: isOwned ? nowMs : sight.ownedAtMs }
    if (control !== null && control.nextSequenceId - 1 > follower.appliedSequenceId) {
      const events = await listEventsAfter(db, runId, follower.appliedSequenceId)
      if (!isStopped) apply(followEvents(follower, events))
    }
    if (!isStopped) apply(reconcile(follower, control))
  }

  const keepPolling = async (): Promise<void> => {
    while (!isStopped) {
      const beganMs = performance.now()
      await poll().then(trouble.over, trouble.met)
      const everyMs = follower.state === 'WAITING' ? POLL_WHILE_WAITING_MS : POLL_MS
      await new Promise(resolve => setTimeout(resolve, Math.max(everyMs - (performance.now() - beganMs), 1)))
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
    stop: () => {
      isStopped = true
      clearInterval(watch)
    },
  }
}
