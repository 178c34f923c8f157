import type { RunRecord } from '@flakebench/contract'
import {
  insertEnrichment,
  insertStatistics,
  listEnrichments,
  readConnection,
  readStatistics,
  type StatisticsMoment,
} from '@flakebench/store'
import type { EnrichmentDeps } from './look.ts'
import { readStatementsNow } from './readStatementsNow.ts'

const MOST_TRIES = 3
const PAUSE_MS = 3_000

/** What is known of the first reading of a run. */
interface Attempt {
  tries: number
  state: 'READING' | 'TO_BE_TRIED' | 'DONE'
  lastAtMs: number
  /** Why the last try failed; null: none has. */
  because: string | null
}

export interface Baselines {
  /** Begins the reading at a run's measurement's start where it is missing. Returns at once, and never throws. */
  take(run: RunRecord): void
  /** Waits for the reading that is under way, and puts down why there is none if it failed. @throws when the control database fails */
  settle(runId: string): Promise<void>
  forget(runId: string): void
}

/** Whether pg_stat_statements is of use to a run. */
export const hasStatements = ({ plan }: Pick<RunRecord, 'plan'>): boolean => plan.target.tableType === 'POSTGRES'

/** The readings of pg_stat_statements as measurements begin: one each, kept in the control database, so that another server need not read again. */
export const baselines = (deps: EnrichmentDeps): Baselines => {
  const attempts = new Map<string, Attempt>()
  const underWay = new Map<string, Promise<void>>()
  const settle = async (runId: string): Promise<void> => {
    await underWay.get(runId)
    const because = attempts.get(runId)?.because ?? null
    if (because !== null) await keepReason(deps, runId, because)
  }
  return {
    take(run) {
      if (run.phase !== 'MEASUREMENT' || !hasStatements(run)) return
      const attempt = attempts.get(run.id) ?? { tries: 0, state: 'TO_BE_TRIED', lastAtMs: Number.NEGATIVE_INFINITY, because: null }
      if (attempt.state !== 'TO_BE_TRIED' || performance.now() - attempt.lastAtMs < PAUSE_MS) return
      attempts.set(run.id, attempt)
      attempt.state = 'READING'
      attempt.tries += 1
      const reading = readStatistic(deps, run, 'BASELINE').then(
        () => {
          attempt.state = 'DONE'
          attempt.because = null
        },
        async error => {
          attempt.state = attempt.tries < MOST_TRIES ? 'TO_BE_TRIED' : 'DONE'
          attempt.lastAtMs = performance.now()
          attempt.because = (error as Error).message
          deps.log.warn('pg_stat_statements could not be read as the measurement began', { run: run.id, because: attempt.because })
          // Another server may have the run by its end.
          if (attempt.state === 'DONE') await keepReason(deps, run.id, attempt.because).catch(() => undefined)
        },
      )
      underWay.set(
        run.id,
        reading.finally(() => underWay.delete(run.id)),
      )
    },
    settle,
    forget: runId => {
      attempts.delete(runId)
    },
  }
}

const keepReason = async ({ db }: EnrichmentDeps, runId: string, because: string): Promise<void> => {
  if ((await readStatistics(db, runId, 'BASELINE')) !== null) return
  const note = `pg_stat_statements could not be read when the measurement began (${because}); without that reading nothing can be told. Run again.`
  await insertEnrichment(db, runId, { source: 'STATEMENT_STATISTICS', status: 'SKIPPED', note, dueInSeconds: null })
}

/** Reads pg_stat_statements of a run for this moment, unless that was done. What it cannot be read for is put down. @throws what may pass */
export const readStatistic = async (deps: EnrichmentDeps, run: RunRecord, moment: StatisticsMoment): Promise<void> => {
  const { db } = deps
  if ((await readStatistics(db, run.id, moment)) !== null || (await listEnrichments(db, [run.id])).length > 0) return
  const { connectionId } = run.plan.target
  const connection = connectionId === null ? null : await readConnection(db, connectionId)
  if (connection?.type !== 'POSTGRES') return
  const found = await readStatementsNow(run, connection, deps)
  if ('why' in found) {
    const note = `${found.why}.`
    await insertEnrichment(db, run.id, { source: 'STATEMENT_STATISTICS', status: 'SKIPPED', note, dueInSeconds: null })
  } else await insertStatistics(db, run.id, moment, found)
}
