import { type ControlPace, isTerminal } from '@flakebench/contract'
import { listChangedRuns, type RunStateChange, type SqlClient } from '@flakebench/store'
import type { Log } from '../log.ts'
import { Broadcast } from './broadcast.ts'

/** A run under way changes its version with each step of its controller or processing, which is no change of state; at rest it does when it is deleted or restored. */
const stateOf = ({ status, phase, version }: RunStateChange): string =>
  status === 'PREPARED' || isTerminal(status) ? `${status} ${version}` : `${status} ${phase}`

const NOTICED_AT_MOST = 5_000
/** A run that goes on is written to more often than this: when none was for so long, none goes on. */
const ACTIVE_MS = 30_000

export interface RunsFeed {
  /** Each run that is created or changes its status or phase, from now on. */
  subscribe(): Promise<AsyncIterableIterator<RunStateChange>>
  poke(): void
  close(): void
}

type FeedPace = Pick<ControlPace, 'lookForChangesMs' | 'lookForChangesIdleMs'>

/** Looks for changed runs at its pace while anybody watches, and at once when poked; whichever server made the change. */
export const runsFeed = (db: SqlClient, pace: FeedPace, log: Log): RunsFeed => {
  let timer: NodeJS.Timeout | null = null
  let watched = false
  let looking: Promise<void> | null = null
  let again = false
  /** What each run was when it was last told of. */
  const told = new Map<string, string>()
  /** Database clock; null: no look has succeeded yet. */
  let sinceMs: number | null = null
  /** Monotonic milliseconds: since when somebody watches, and when a run was last seen to go on. */
  let watchedSinceMs = 0
  let activeAtMs = 0
  const broadcast = new Broadcast<RunStateChange>(() => {
    watched = false
    if (timer !== null) clearTimeout(timer)
    sinceMs = null
  })

  const look = async (): Promise<void> => {
    const nowMs = performance.now()
    // The first look that succeeds may not be the first: whatever was changed since somebody watches is told, and what stood before is not.
    const watchedForMs = nowMs - watchedSinceMs
    const read = await listChangedRuns(db, sinceMs, watchedForMs)
    const fromMs = sinceMs === null ? read.nowMs - watchedForMs : Number.NEGATIVE_INFINITY
    sinceMs = read.nowMs
    for (const change of read.changes) {
      if (change.status !== 'PREPARED' && !isTerminal(change.status)) activeAtMs = nowMs
      const state = stateOf(change)
      if (told.get(change.id) === state) continue
      told.delete(change.id)
      told.set(change.id, state)
      if (change.changedAtMs >= fromMs) broadcast.publish(change)
    }
    for (const id of told.keys()) {
      if (told.size <= NOTICED_AT_MOST) break
      told.delete(id)
    }
  }

  const lookNow = (): Promise<void> => {
    if (looking !== null) {
      again = true
      return looking
    }
    looking = look()
      .catch((error: unknown) => log.error('could not look for changed runs; trying again', { error }))
      .finally(() => {
        looking = null
        if (!watched) return
        const isActive = sinceMs === null || performance.now() - activeAtMs < ACTIVE_MS
        if (timer !== null) clearTimeout(timer)
        timer = setTimeout(() => void lookNow(), again ? 0 : isActive ? pace.lookForChangesMs : pace.lookForChangesIdleMs)
        again = false
      })
    return looking
  }

  return {
    subscribe: async () => {
      const subscriber = broadcast.subscribe('all')
      if (!watched) {
        watched = true
        watchedSinceMs = performance.now()
        activeAtMs = watchedSinceMs
        again = false
        // What stands now is noted before the subscription counts as begun: everything after is told.
        await lookNow()
      }
      return subscriber
    },
    poke: () => {
      if (watched) void lookNow()
    },
    close: () => {
      watched = false
      if (timer !== null) clearTimeout(timer)
      broadcast.end()
    },
  }
}
