import { setTimeout as delay } from 'node:timers/promises'
import type { PushAnswer, PushedReport, RunStatus } from '@flakebench/contract'
import { ControlDatabaseUnavailable, claimRun, listActiveRuns, readRun, releaseLease, StaleEpoch, transitionRun } from '@flakebench/store'
import { decideGiveUp } from '../decide/decideRun.ts'
import { OwnedRun } from './ownedRun.ts'
import { type RunMemory, recallRun } from './recallRun.ts'
import { takeInPushed } from './takeInSnapshots.ts'
import { tell } from './tell.ts'
import { type TickOutcome, tick } from './tick.ts'
import type { TickDeps } from './tickDeps.ts'

export interface Orchestrator {
  /** Begins to look for runs without an owner. @param url where workers find this server from now on; null: nowhere */
  begin(url: string | null): void
  /** Claims a run that was just started, and drives it. Where that fails for now, it is looked for again and again: this never fails. */
  take(runId: string): Promise<void>
  /** The runs that this server drives now. */
  owned(): readonly string[]
  /** Beats at once: the run's row has been changed. */
  wake(runId: string): void
  /** Takes what a worker has pushed, if the run is driven here. */
  accept(runId: string, report: PushedReport): PushAnswer
  /** What is known here of a run that is driven here; null: read the tables. */
  recall(runId: string): RunMemory | null
  isDriven(runId: string): boolean
  /** Stops beating and gives the leases back; runs and their workers go on. */
  close(): Promise<void>
}

const AFTER_FAILURE_MS = 500
const FAILURES_BEFORE_GIVING_UP = 20
/** What the workers push for one interval comes within this time, and is taken in together. */
const GATHER_MS = 40

interface Driven {
  readonly run: OwnedRun
  /** There is a reason to beat before the pause is over. */
  isWoken: boolean
  /** Ends the pause between two beats. */
  endPause: () => void
  /** Pushes are being gathered. */
  gathering: NodeJS.Timeout | null
  done: Promise<void>
}

export interface OrchestratorDeps extends TickDeps {
  /** Looks at a run's warehouse until it is stopped; `stop` never fails, and takes two seconds at most. */
  readonly watchWarehouse: (run: { readonly runId: string; readonly epoch: number }) => { stop(): Promise<void> }
}

/** Drives all runs that this server owns, and claims those that nobody owns: its own, and those of a server that died. */
export const startOrchestrator = (orchestratorId: string, deps: OrchestratorDeps): Orchestrator => {
  const { db, pace, log, monotonicMs } = deps
  const owned = new Map<string, Driven>()
  let closing = false
  let ownUrl: string | null = null
  let looking: Promise<void> = Promise.resolve()
  /** There is, or may be, work since the last look began. */
  let isWork = false
  let endLookPause = (): void => undefined

  const claim = async (runId: string): Promise<void> => {
    if (closing || owned.has(runId)) return
    const epoch = await claimRun(db, runId, orchestratorId, ownUrl)
    if (epoch === null || owned.has(runId)) return
    const run = new OwnedRun(runId, epoch)
    const entry: Driven = { run, isWoken: false, endPause: () => {}, gathering: null, done: Promise.resolve() }
    owned.set(runId, entry)
    log.info('claimed run', { run: runId, epoch })
    const warehouse = deps.watchWarehouse({ runId, epoch })
    entry.done = drive(entry)
      .catch(error => log.error('the run is driven no more; whoever claims it goes on', { run: runId, error }))
      .finally(async () => {
        owned.delete(runId)
        if (entry.gathering !== null) clearTimeout(entry.gathering)
        run.free()
        await warehouse.stop()
      })
  }

  const drive = async (entry: Driven): Promise<void> => {
    const { run } = entry
    while (!closing) {
      let pauseMs = AFTER_FAILURE_MS
      entry.isWoken = false
      try {
        const outcome = await tick(run, deps)
        if (outcome === 'OVER') {
          deps.spawner.forget(run.runId)
          log.info('run is over', { run: run.runId })
          return
        }
        run.failures = 0
        pauseMs = pauseMsOf(outcome)
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

  /** Quick where a person waits for the next thing to happen. */
  const pauseMsOf = (outcome: Exclude<TickOutcome, 'OVER'>): number => {
    const pauses: Partial<Record<RunStatus, number>> = {
      STARTING: pace.startingMs,
      RUNNING: pace.runningMs,
      STOPPING: pace.endingMs,
      CANCELLING: pace.endingMs,
    }
    return pauses[outcome] ?? AFTER_FAILURE_MS
  }

  const pause = (entry: Driven, ms: number): Promise<void> =>
    new Promise(resolve => {
      const timer = setTimeout(resolve, entry.isWoken ? 0 : ms)
      entry.endPause = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const wake = (entry: Driven): void => {
    entry.isWoken = true
    entry.endPause()
  }

  const accept = (runId: string, report: PushedReport): PushAnswer => {
    const entry = owned.get(runId)
    if (entry === undefined || closing) return { owned: false, newestSequenceId: 0 }
    const { run } = entry
    // What a worker has become may be what a beat waits for.
    if (run.inbox.put(report, monotonicMs())) wake(entry)
    entry.gathering ??= setTimeout(() => {
      entry.gathering = null
      if (run.seen === null) return
      try {
        takeInPushed(run, run.seen.run.workersExpected, monotonicMs())
        tell(run, false, deps)
      } catch (error) {
        log.error('something that a worker pushed cannot be read; it is read from the tables', { run: runId, error })
      }
    }, GATHER_MS)
    return { owned: true, newestSequenceId: (run.seen?.run.nextSequenceId ?? 1) - 1 }
  }

  /** @returns whether any run is going on, whoever drives it */
  const look = async (): Promise<boolean> => {
    const active = await listActiveRuns(db)
    for (const { id, isClaimable } of active) if (isClaimable) await claim(id)
    return active.length > 0 || owned.size > 0
  }

  const lookForWork = async (): Promise<void> => {
    while (!closing) {
      isWork = false
      const isActive = await look().catch((error: unknown) => {
        log.error('could not look for runs without an owner; trying again', { error })
        return true
      })
      const pausing = new AbortController()
      endLookPause = () => pausing.abort()
      const pauseMs = isActive || isWork ? pace.lookForWorkMs : pace.lookForWorkIdleMs
      if (!closing) await delay(pauseMs, undefined, { signal: pausing.signal }).catch(() => undefined)
    }
  }

  const lookSoon = (): void => {
    isWork = true
    endLookPause()
  }

  const take = async (runId: string): Promise<void> => {
    await claim(runId).catch((error: unknown) => log.error('could not claim a run that was started; trying again', { run: runId, error }))
    lookSoon()
  }

  return {
    begin: url => {
      ownUrl = url
      looking = lookForWork()
    },
    take,
    owned: () => [...owned.keys()],
    wake: runId => {
      const entry = owned.get(runId)
      if (entry === undefined) return
      entry.run.wakes += 1
      wake(entry)
    },
    accept,
    isDriven: runId => owned.has(runId),
    recall: runId => {
      const entry = owned.get(runId)
      return entry === undefined ? null : recallRun(entry.run, monotonicMs())
    },
    close: async () => {
      closing = true
      endLookPause()
      for (const entry of owned.values()) wake(entry)
      await Promise.all([...owned.values()].map(entry => entry.done))
      await looking
    },
  }
}
