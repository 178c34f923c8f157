import type { Log } from '../log.ts'

/** What those who have not signed in may fill the audit log with: so many rows a minute, and no more. */
export interface Strangers {
  mayWrite(): boolean
}

const MOST_A_MINUTE = 60
const MINUTE_MS = 60_000

export const openStrangers = (log: Log, monotonicMs: () => number): Strangers => {
  let sinceMs = Number.NEGATIVE_INFINITY
  let rows = 0
  return {
    mayWrite: () => {
      if (monotonicMs() - sinceMs >= MINUTE_MS) {
        sinceMs = monotonicMs()
        rows = 0
      }
      rows += 1
      if (rows === MOST_A_MINUTE + 1)
        log.warn('somebody who has not signed in tries much: the audit log leaves out the rest of this minute')
      return rows <= MOST_A_MINUTE
    },
  }
}
