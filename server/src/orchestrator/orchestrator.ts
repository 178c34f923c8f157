import { setTimeout as delay } from 'node:timers/promises'
import type { PushAnswer, PushedReport, RunStatus } from '@flakebench/contract'
import { ControlDatabaseUnavailable, claimRun, listActiveRuns, readRun, releaseLease, StaleEpoch, transitionRun } from '@flakebench/store'
import { decideGiveUp } from '../decide/decideRun.ts'
import { OwnedRun } from './ownedRun.ts'
import { type RunMemory, recallRun } from './recallRun.ts'
import { openRunLog } from './runLog.ts'
import { isSteered } from './steerLoad.ts'
import { takeInPushed } from './takeInSnapshots.ts'
import { tell } from './tell.ts'
import { type TickOutcome, tick } from './tick.ts'
import type { TickDeps } from './tickDeps.ts'

export interface Orchestrator {
  /** Begins to look for runs without an owner. @param url where workers find this server from now on; null: nowhere */
  begin(url: string | null): void
  /** Claims a run that was just started, and drives it. Where that fails for now, it is looked for again and again: this never fails. */
  take(runId: string): Promise<void>
  /** Looks for runs without an owner at once, and for a while as often as if there were one: a run may have been started, or may be in a moment. */
  lookSoon(): void
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
/** Its end ends the pause. */
const PROCESSING_MS = 500
const FAILURES_BEFORE_GIVING_UP = 20
/** The leases of a server that died lapse one after the other, within a few seconds. */
const AFTER_FINDING_MS = 1_000
/** A command whose outcome is not known is carried out within this time, or not at all. */
const UNSURE_MS = 60_000
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
  /** Told with each look for runs, which wakes the control database: whoever has something to ask it may ask along. Must not throw. */
  readonly onLook?: () => void
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
  /** Until then there may be work at any moment. */
  let alertUntilMs = Number.NEGATIVE_INFINITY
  let endLookPause = (): void => undefined

  const claim = async (runId: string): Promise<void> => {
    if (closing || owned.has(runId)) return
    const epoch = await claimRun(db, runId, orchestratorId, ownUrl)
    if (epoch === null || owned.has(runId)) return
    const run = new OwnedRun(runId, epoch, openRunLog(runId, deps))
    run.log.note('INFO', 'orchestrator', `${orchestratorId} has claimed the run (epoch ${epoch})`)
    const entry: Driven = { run, isWoken: false, endPause: () => {}, gathering: null, done: Promise.resolve() }
    run.wake = () => wake(entry)
    owned.set(runId, entry)
    log.info('claimed run', { run: runId, epoch })
    const warehouse = deps.watchWarehouse({ runId, epoch })
    entry.done = drive(entry)
      .catch(error => log.error('the run is driven no more; whoever claims it goes on', { run: runId, error }))
      .finally(async () => {
        owned.delete(runId)
        if (entry.gathering !== null) clearTimeout(entry.gathering)
        run.free()
        // Whoever waits for its end need not wait for the next look.
        for (const other of owned.values()) if (other.run.seen?.run.waitsFor != null) wake(other)
        await Promise.all([warehouse.stop(), run.log.close()])
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
        pauseMs = isWaiting(run) ? pace.lookForWorkMs : run.isCatchingUp ? 0 : run.processing !== null ? PROCESSING_MS : pauseMsOf(outcome)
      } catch (error) {
        if (error instanceof StaleEpoch) {
          log.warn('another server has taken the run over', { run: run.runId })
          run.log.note('WARN', 'orchestrator', `${orchestratorId} has lost the run to another server`)
          return
        }
        log.error('a beat failed; trying again', { run: run.runId, error })
        run.log.note(
          'ERROR',
          'orchestrator',
          `A beat failed, and is tried again: ${error instanceof Error ? error.message : String(error)}`,
        )
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

  /** For another run's end; its turn has not come yet. */
  const isWaiting = (run: OwnedRun): boolean => run.seen?.run.waitsFor != null && run.freeLooks === 0

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

  /** What steers the load looks at once when an interval is complete. */
  const wakeForInterval = (entry: Driven): void => {
    const { run } = entry
    const newest = run.ledger.newestComplete()
    if (newest <= run.wokenIndex) return
    run.wokenIndex = newest
    if (run.seen !== null && isSteered(run.seen.run.plan)) wake(entry)
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
        takeInPushed(run, run.seen.run, monotonicMs())
        tell(run, false, deps)
        wakeForInterval(entry)
      } catch (error) {
        log.error('something that a worker pushed cannot be read; it is read from the tables', { run: runId, error })
      }
    }, GATHER_MS)
    return { owned: true, newestSequenceId: (run.seen?.run.nextSequenceId ?? 1) - 1 }
  }

  /** @returns whether any run is going on, whoever drives it, and whether one was found that nobody drove */
  const look = async (): Promise<{ readonly isActive: boolean; readonly isFound: boolean }> => {
    const active = await listActiveRuns(db)
    const claimable = active.filter(({ id, isClaimable }) => isClaimable && !owned.has(id))
    // Together: an heir of many runs has to have them all in time.
    const claims = await Promise.allSettled(claimable.map(({ id }) => claim(id)))
    for (const one of claims) if (one.status === 'rejected') log.error('could not claim a run; trying again', { error: one.reason })
    return { isActive: active.length > 0 || owned.size > 0, isFound: claimable.length > 0 }
  }

  const lookForWork = async (): Promise<void> => {
    while (!closing) {
      isWork = false
      const { isActive, isFound } = await look().catch((error: unknown) => {
        log.error('could not look for runs without an owner; trying again', { error })
        return { isActive: true, isFound: false }
      })
      deps.onLook?.()
      const pausing = new AbortController()
      endLookPause = () => pausing.abort()
      const usualMs = isActive || isWork || monotonicMs() < alertUntilMs ? pace.lookForWorkMs : pace.lookForWorkIdleMs
      const pauseMs = isFound ? Math.min(usualMs, AFTER_FINDING_MS) : usualMs
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
    lookSoon: () => {
      alertUntilMs = monotonicMs() + UNSURE_MS
      lookSoon()
    },
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
