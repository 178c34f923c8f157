import { setTimeout as delay } from 'node:timers/promises'
import type { RunStatus } from '@flakebench/contract'
import {
  ControlDatabaseUnavailable,
  claimRun,
  listClaimableRuns,
  readRun,
  releaseLease,
  StaleEpoch,
  transitionRun,
} from '@flakebench/store'
import { decideGiveUp } from '../decide/decideRun.ts'
import type { Log } from '../log.ts'
import { OwnedRun } from './ownedRun.ts'
import { type TickDeps, tick } from './tick.ts'

export interface Orchestrator {
  /** Claims a run that was just started, and drives it. */
  take(runId: string): Promise<void>
  /** The runs that this server drives now. */
  owned(): readonly string[]
  /** Beats at once: something has changed. */
  wake(runId: string): void
  /** Stops beating and gives the leases back; runs and their workers go on. */
  close(): Promise<void>
}

/** How long to wait between two beats, by the run's status: quick where a person waits for the next thing to happen. */
const PAUSE_MS: Readonly<Partial<Record<RunStatus, number>>> = { STARTING: 40, RUNNING: 200, STOPPING: 60, CANCELLING: 60 }
const LOOK_FOR_WORK_EVERY_MS = 1_000
const AFTER_FAILURE_MS = 500
const FAILURES_BEFORE_GIVING_UP = 20

interface Driven {
  readonly run: OwnedRun
  /** Ends the pause between two beats. */
  wake: () => void
  done: Promise<void>
}

/** Drives all runs that this server owns, and claims those that nobody owns: its own, and those of a server that died. */
export const startOrchestrator = (orchestratorId: string, deps: TickDeps & { readonly log: Log }): Orchestrator => {
  const { db, log } = deps
  const owned = new Map<string, Driven>()
  let closing = false
  const closed = new AbortController()

  const take = async (runId: string): Promise<void> => {
    if (closing || owned.has(runId)) return
    const epoch = await claimRun(db, runId, orchestratorId)
    if (epoch === null || owned.has(runId)) return
    const run = new OwnedRun(runId, epoch)
    const entry: Driven = { run, wake: () => {}, done: Promise.resolve() }
    owned.set(runId, entry)
    log.info('claimed run', { run: runId, epoch })
    entry.done = drive(entry)
      .catch(error => log.error('the run is driven no more; whoever claims it goes on', { run: runId, error }))
      .finally(() => {
        owned.delete(runId)
        run.free()
      })
  }

  const drive = async (entry: Driven): Promise<void> => {
    const { run } = entry
    while (!closing) {
      let pauseMs = AFTER_FAILURE_MS
      try {
        const outcome = await tick(run, deps)
        if (outcome === 'OVER') {
          deps.spawner.forget(run.runId)
          log.info('run is over', { run: run.runId })
          return
        }
        run.failures = 0
        pauseMs = PAUSE_MS[outcome] ?? AFTER_FAILURE_MS
      } catch (error) {
        if (error instanceof StaleEpoch) {
          log.warn('another server has taken the run over', { run: run.runId })
          return
        }
        log.error('a beat failed; trying again', { run: run.runId, error })
        const mayPass = error instanceof ControlDatabaseUnavailable && !error.isSlow
        if (!mayPass && ++run.failures >= FAILURES_BEFORE_GIVING_UP) {
          await giveUp(run, error).catch(again => log.error('could not give the run up; trying again', { run: run.runId, error: again }))
          run.failures = 0
        }
      }
      await pause(entry, pauseMs)
    }
    await releaseLease(db, run.runId, run.epoch).catch(() => undefined)
  }

  /** The beat of a run fails for a reason that does not pass: the run fails, with the reason, rather than hang. */
  const giveUp = async (run: OwnedRun, error: unknown): Promise<void> => {
    const record = await readRun(db, run.runId)
    if (record === null) return
    const { set, commands } = decideGiveUp(record, error instanceof Error ? error.message : String(error))
    if (set !== null) await transitionRun(db, { runId: run.runId, fromVersion: record.version, epoch: run.epoch, set, commands })
  }

  const pause = (entry: Driven, ms: number): Promise<void> =>
    new Promise(resolve => {
      const timer = setTimeout(resolve, ms)
      entry.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const lookForWork = async (): Promise<void> => {
    while (!closing) {
      try {
        for (const runId of await listClaimableRuns(db)) await take(runId)
      } catch (error) {
        log.error('could not look for runs without an owner; trying again', { error })
      }
      await delay(LOOK_FOR_WORK_EVERY_MS, undefined, { signal: closed.signal }).catch(() => {})
    }
  }
  const looking = lookForWork()

  return {
    take,
    owned: () => [...owned.keys()],
    wake: runId => owned.get(runId)?.wake(),
    close: async () => {
      closing = true
      closed.abort()
      for (const entry of owned.values()) entry.wake()
      await Promise.all([...owned.values()].map(entry => entry.done))
      await looking
    },
  }
}
