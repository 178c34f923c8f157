import type { ControlPace } from '@flakebench/contract'
import { listChangedRuns, type RunStateChange, type SqlClient } from '@flakebench/store'
import type { Log } from '../log.ts'
import { Broadcast } from './broadcast.ts'

const NOTICED_AT_MOST = 5_000

export interface RunsFeed {
  /** Each run that is created or changes its status or phase, from now on. */
  subscribe(): Promise<AsyncIterableIterator<RunStateChange>>
  poke(): void
  close(): void
}

/** Looks for changed runs at its pace while anybody watches, and at once when poked; whichever server made the change. */
export const runsFeed = (db: SqlClient, pace: Pick<ControlPace, 'lookForChangesMs'>, log: Log): RunsFeed => {
  let timer: NodeJS.Timeout | null = null
  let watched = false
  let looking = false
  let again = false
  /** The version of each run last told. */
  const told = new Map<string, number>()
  let sinceMs: number | null = null
  const broadcast = new Broadcast<RunStateChange>(() => {
    watched = false
    if (timer !== null) clearTimeout(timer)
    sinceMs = null
  })

  const look = async (): Promise<void> => {
    if (looking) {
      again = true
      return
    }
    looking = true
    try {
      const first = sinceMs === null
      const { nowMs, changes } = await listChangedRuns(db, sinceMs)
      sinceMs = nowMs
      for (const change of changes) {
        if (told.get(change.id) === change.version) continue
        told.delete(change.id)
        told.set(change.id, change.version)
        if (!first) broadcast.publish(change)
      }
      for (const id of told.keys()) {
        if (told.size <= NOTICED_AT_MOST) break
        told.delete(id)
      }
    } catch (error) {
      log.error('could not look for changed runs; trying again', { error })
    } finally {
      looking = false
    }
    if (!watched) return
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(() => void look(), again ? 0 : pace.lookForChangesMs)
    again = false
  }

  return {
    subscribe: async () => {
      if (!watched) {
        watched = true
        // What stands now is noted before the subscription counts as begun: everything after is told.
        await look()
      }
      return broadcast.subscribe('all')
    },
    poke: () => {
      if (watched) void look()
    },
    close: () => {
      watched = false
      if (timer !== null) clearTimeout(timer)
      broadcast.end()
    },
  }
}
