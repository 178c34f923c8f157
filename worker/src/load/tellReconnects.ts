import { performance } from 'node:perf_hooks'
import type { Log } from '../control/logging.ts'
import { SignInHeld } from '../engines/signInGuard.ts'
import type { Open } from './openConnections.ts'

/** Every connection that is refused is counted as a failed operation; the log tells of them so often at most. */
const TELL_EVERY_MS = 10_000

/** Says when connections are refused during the load, how often, and when they are opened again. */
export const tellReconnects = (open: Open, explain: (error: unknown) => string, log: Log): Open => {
  let refusals = 0
  let toldAtMs = Number.NEGATIVE_INFINITY
  let isTrouble = false

  const refused = (error: unknown): void => {
    refusals += 1
    const nowMs = performance.now()
    if (nowMs - toldAtMs < TELL_EVERY_MS) return
    const times = refusals === 1 ? '' : ` (${refusals} times since this was last told)`
    log('WARN', 'load', `A connection could not be opened, and is tried again: ${explain(error)}${times}`, error)
    refusals = 0
    toldAtMs = nowMs
    isTrouble = true
  }
  return async () => {
    try {
      const connection = await open()
      if (isTrouble) log('INFO', 'load', 'Connections are opened again')
      isTrouble = false
      return connection
    } catch (error) {
      // Not tried, so nothing was refused.
      if (!(error instanceof SignInHeld)) refused(error)
      throw error
    }
  }
}
