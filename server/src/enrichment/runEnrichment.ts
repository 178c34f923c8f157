import { isTerminal, type RunRecord } from '@flakebench/contract'
import {
  claimEnrichment,
  insertEnrichment,
  listEnrichments,
  readExecutionsKept,
  readRun,
  readRunMarks,
  readStatistics,
  reopenEnrichment,
} from '@flakebench/store'
import { decideAskAgain } from '../decide/enrichment/askAgain.ts'
import { sourcesOf } from '../decide/enrichment/sourcesOf.ts'
import { notFound, Refusal } from '../refusal.ts'
import { baselines, hasStatements, readStatistic } from './baseline.ts'
import { type EnrichmentDeps, secondsSinceEnd } from './look.ts'
import { lookAtSource } from './lookAtSource.ts'
import { LATEST_END_SECONDS } from './lookAtStatements.ts'

export interface AfterLoadOptions {
  /** Aborted: leave the rest to the jobs. */
  readonly signal: AbortSignal
  /** Executions that the system under test has recorded, of those it can. */
  readonly progress: (done: number, total: number) => void
}

/** What the system under test recorded of runs: asked for while they run, at their end, and on demand. */
export interface RunEnrichment {
  /** With each beat of a RUNNING run. Returns at once, and never throws: what has to be read is read in the background. */
  duringLoad(run: RunRecord): void
  /**
   * As PROCESSING begins, before anything that takes long: reads what only counts up, and would soon have others' work in it. Takes some seconds at most,
   * and never throws.
   */
  loadEnded(run: RunRecord, signal: AbortSignal): Promise<void>
  /**
   * In PROCESSING, once the executions are loaded: takes a minute at most, whatever the system under test does; what is not there by then is left PENDING
   * to the jobs. @throws only when the control database fails
   */
  afterLoad(run: RunRecord, epoch: number, options: AfterLoadOptions): Promise<void>
  /** Has the sources of a run that is over looked at again by the jobs. @throws Refusal */
  enrich(runId: string): Promise<void>
  /** Ends what is under way. */
  close(): Promise<void>
}

const MOST_MS = 55_000
const MOST_END_MS = 12_000

export interface RunEnrichmentDeps extends EnrichmentDeps {
  /** Told when something waits that did not before: who looks at it may come sooner. */
  readonly isWaiting?: () => void
}

export const runEnrichment = (deps: RunEnrichmentDeps): RunEnrichment => {
  const { db } = deps
  const first = baselines(deps)
  const closing = new AbortController()
  const underWay = new Set<Promise<void>>()

  const afterLoad: RunEnrichment['afterLoad'] = async (run, _epoch, { signal, progress }) => {
    const bounded = AbortSignal.any([signal, closing.signal, AbortSignal.timeout(MOST_MS)])
    await orAborted(first.settle(run.id), bounded)
    first.forget(run.id)
    for (const source of sourcesOf(run.plan)) await insertEnrichment(db, run.id, source)
    const now = (await listEnrichments(db, [run.id])).filter(
      ({ status, source }) => status === 'PENDING' && source !== 'AGGREGATE_QUERY_HISTORY',
    )
    for (const { source } of now) {
      const claim = await claimEnrichment(db, run.id, source)
      if (claim !== null) await lookAtSource(deps, claim, { signal: bounded, progress, isPatient: false })
    }
    if ((await listEnrichments(db, [run.id])).some(({ status }) => status === 'PENDING')) deps.isWaiting?.()
  }

  const loadEnded: RunEnrichment['loadEnded'] = async (run, signal) => {
    if (!hasStatements(run)) return
    const reading = readEndOf(run).catch((error: unknown) =>
      deps.log.warn('pg_stat_statements could not be read as the load ended', { run: run.id, because: (error as Error).message }),
    )
    await orAborted(reading, AbortSignal.any([signal, closing.signal, AbortSignal.timeout(MOST_END_MS)]))
  }

  const readEndOf = async (run: RunRecord): Promise<void> => {
    await first.settle(run.id)
    first.forget(run.id)
    if (secondsSinceEnd(run) > LATEST_END_SECONDS || (await readStatistics(db, run.id, 'BASELINE')) === null) return
    await readStatistic(deps, run, 'END')
  }

  return {
    duringLoad: run => first.take(run),
    loadEnded,
    afterLoad: (run, epoch, options) => {
      const work = afterLoad(run, epoch, options)
      const settled = work.catch(() => undefined)
      underWay.add(settled)
      void settled.finally(() => underWay.delete(settled))
      return work
    },
    enrich: async runId => {
      const run = await readRun(db, runId)
      if (run === null) throw notFound('run', runId)
      if (!isTerminal(run.status))
        throw new Refusal('WRONG_STATE', 'The run is not over yet: what the system under test recorded is asked for at its end')
      if (run.startAtMs === null)
        throw new Refusal('WRONG_STATE', 'The run has sent nothing, so the system under test has recorded nothing of it')
      const [known, marks, kept] = await Promise.all([
        listEnrichments(db, [runId]),
        readRunMarks(db, [runId]),
        readExecutionsKept(db, [runId]),
      ])
      const asked = decideAskAgain({
        plan: run.plan,
        isImported: (marks.get(runId)?.importedAtMs ?? null) !== null,
        executions: kept.get(runId)?.state ?? null,
        secondsSinceEnd: secondsSinceEnd(run),
        known,
      })
      if ('why' in asked) throw new Refusal('WRONG_STATE', asked.why)
      for (const source of asked.missing) await insertEnrichment(db, runId, source)
      for (const source of asked.again) await reopenEnrichment(db, runId, source)
      deps.isWaiting?.()
    },
    close: async () => {
      closing.abort()
      await Promise.all(underWay)
    },
  }
}

const orAborted = (work: Promise<void>, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const done = (): void => {
      signal.removeEventListener('abort', done)
      resolve()
    }
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', done, { once: true })
    work.then(done, done)
  })
