import { performance } from 'node:perf_hooks'
import type { Heartbeat } from '@flakebench/contract'
import { putHeartbeat, type SqlClient } from '@flakebench/store'
import type { Tell } from './tellTroubles.ts'

/** A worker's last state that cannot be written in this time is only printed. */
export const LAST_BEAT_MS = 5_000
/** Looks so often whether a heartbeat is due. */
const LOOK_MS = 1_000
const RETRY_MS = 500

export interface Beating {
  /** Writes the worker's state as it is now, and resolves when that is done: tried again until it is. */
  now(): Promise<void>
  stop(): void
}

export interface BeatDeps {
  readonly db: SqlClient
  readonly read: () => Heartbeat
  /** Between two heartbeats. */
  readonly everyMs: () => number
  /** A later attempt of the same worker has taken over. */
  readonly superseded: () => void
  readonly trouble: Tell
}

/** Writes a heartbeat each time that one is due, never two at once. */
export const startBeating = ({ db, read, everyMs, superseded, trouble }: BeatDeps): Beating => {
  let beganMs = Number.NEGATIVE_INFINITY
  let writing: Promise<boolean> = Promise.resolve(true)

  const write = (): Promise<boolean> => {
    writing = writing.then(async () => {
      beganMs = performance.now()
      try {
        if (!(await putHeartbeat(db, read()))) superseded()
        trouble.over()
        return true
      } catch (error) {
        trouble.met(error)
        return false
      }
    })
    return writing
  }

  let isIdle = true
  const timer = setInterval(() => {
    // The heartbeat that is due at this look, whether the timer is a little early or late.
    if (!isIdle || performance.now() - beganMs < everyMs() - LOOK_MS / 2) return
    isIdle = false
    void write().then(() => {
      isIdle = true
    })
  }, LOOK_MS)

  return {
    now: async () => {
      while (!(await write())) await new Promise(resolve => setTimeout(resolve, RETRY_MS))
    },
    stop: () => clearInterval(timer),
  }
}
