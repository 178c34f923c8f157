import { setTimeout as delay } from 'node:timers/promises'
import { StaleEpoch } from '@flakebench/store'
import { nextPauseMs } from '../decide/warehousePause.ts'
import type { Log } from '../log.ts'
import type { ConnectionKeeper } from './connectionSession.ts'
import { WarehouseEyes } from './warehouseEyes.ts'

export interface PollerDeps extends ConnectionKeeper {
  readonly log: Log
  /** Default: 5,000. */
  readonly everyMs?: number
}

export interface WarehousePoller {
  /** Ends its session. Never fails, and takes two seconds at most. */
  stop(): Promise<void>
}

/** So often a warehouse is looked at. */
export const LOOKS_EVERY_MS = 5_000

/**
 * Looks at the warehouse of a run every five seconds, until it is stopped or the run belongs to somebody else; ends at once where the run has none.
 * Whatever goes wrong is kept as a look that failed, and tried again ever less often: the run never notices. It only asks; no warehouse is used,
 * resumed, suspended or altered.
 * @param run claimed under `epoch`
 */
export const startWarehousePoller = (run: { readonly runId: string; readonly epoch: number }, deps: PollerDeps): WarehousePoller => {
  const stopping = new AbortController()
  const done = pollUntil(stopping.signal, run, deps)
  return {
    stop: () => {
      stopping.abort()
      return done
    },
  }
}

const pollUntil = async (stopped: AbortSignal, run: { runId: string; epoch: number }, deps: PollerDeps): Promise<void> => {
  const { log, everyMs = LOOKS_EVERY_MS } = deps
  const eyes = new WarehouseEyes(run, deps, stopped)
  let failures = 0
  while (!stopped.aborted) {
    const seen = await eyes.look().catch(error => {
      if (stopped.aborted || error instanceof StaleEpoch) return 'NOTHING_TO_SEE' as const
      return { trouble: `the look was not kept: ${String(error)}`, isRefused: false }
    })
    if (seen === 'NOTHING_TO_SEE') break
    const { trouble, isRefused } = seen
    if (trouble === null && failures > 0) log.info("the run's warehouse is seen again", { run: run.runId })
    if (trouble !== null && failures === 0)
      log.warn("no figures of the run's warehouse; trying again", { run: run.runId, because: trouble })
    failures = trouble === null ? 0 : failures + 1
    await delay(nextPauseMs(everyMs, failures, isRefused), undefined, { signal: stopped }).catch(() => undefined)
  }
  await eyes.close()
}
