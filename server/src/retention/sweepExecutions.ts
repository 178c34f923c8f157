import { setTimeout as delay } from 'node:timers/promises'
import {
  ControlDatabaseUnavailable,
  deleteExecutions,
  deleteOldAuditEntries,
  listOutdatedExecutions,
  putExecutionsKept,
} from '@flakebench/store'
import { loadNow } from './loadNow.ts'
import { type SpoolSweepDeps, sweepSpools } from './sweepSpools.ts'

export interface RetentionDeps extends SpoolSweepDeps {
  /** Days after its end for which a run's single executions are kept; 0: for ever. Its figures always are. */
  readonly keepDays: number
  /** Days for which rows of the audit log are kept; 0: for ever. */
  readonly keepAuditDays: number
  /** Default: an hour. */
  readonly everyMs?: number
}

export interface Retention {
  /** Loads at once what a run that is over has left on this machine's disk. Twice at the same time is once. @throws Refusal */
  load(runId: string): Promise<void>
  /** Ends after the run that it is at; a loading is given up. */
  close(): Promise<void>
}

const EVERY_MS = 3_600_000
const FIRST_MS = 10_000

/** Takes away single executions that are older than is kept, now and then; those of baselines stay. And rows of the audit log that are. What fails is told and tried again. */
export const startRetention = (deps: RetentionDeps): Retention => {
  const { log, everyMs = EVERY_MS } = deps
  const closing = new AbortController()
  const sweepAgain = async (): Promise<void> => {
    let pauseMs = Math.min(FIRST_MS, everyMs)
    while (!closing.signal.aborted) {
      await delay(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined)
      if (closing.signal.aborted) return
      await sweepExecutions(deps, closing.signal).catch(error => log.error('old executions could not be removed; trying again', { error }))
      await sweepAuditLog(deps, closing.signal).catch(error =>
        log.error('old rows of the audit log could not be removed; trying again', { error }),
      )
      pauseMs = everyMs
    }
  }
  const swept = sweepAgain()
  const loading = new Map<string, Promise<void>>()
  return {
    load: runId => {
      const already = loading.get(runId)
      if (already !== undefined) return already
      const work = loadNow(runId, deps, closing.signal).finally(() => loading.delete(runId))
      loading.set(runId, work)
      return work
    },
    close: async () => {
      closing.abort()
      await Promise.allSettled([swept, ...loading.values()])
    },
  }
}

/** One round: first what is left on disk is loaded, then what is too old is removed. */
export const sweepExecutions = async (deps: RetentionDeps, stopped: AbortSignal): Promise<void> => {
  await sweepSpools(deps, stopped)
  const { db, log, keepDays } = deps
  if (keepDays === 0) return
  for (const { runId } of await listOutdatedExecutions(db, keepDays)) {
    if (stopped.aborted) return
    await removeOutdated(runId, deps).catch((error: unknown) => {
      if (error instanceof ControlDatabaseUnavailable) throw error
      log.error('the old executions of a run could not be removed; trying again', { run: runId, error })
    })
  }
}

/** In portions, so that nobody waits for a long one. */
export const sweepAuditLog = async (
  { db, log, keepAuditDays }: Pick<RetentionDeps, 'db' | 'log' | 'keepAuditDays'>,
  stopped: AbortSignal,
  portion = 5_000,
): Promise<void> => {
  if (keepAuditDays === 0) return
  let removed = 0
  let last = portion
  while (last === portion && !stopped.aborted) {
    last = await deleteOldAuditEntries(db, keepAuditDays, portion)
    removed += last
  }
  if (removed > 0) log.info('removed rows of the audit log that are older than is kept', { removed, keepAuditDays })
}

/** Unless it has been made a baseline meanwhile. */
const removeOutdated = async (runId: string, { db, log, keepDays }: RetentionDeps): Promise<void> => {
  const [outdated] = await listOutdatedExecutions(db, keepDays, runId)
  if (outdated === undefined) return
  const removed = await deleteExecutions(db, runId)
  await putExecutionsKept(db, runId, null, { ...outdated.kept, state: 'REMOVED', differences: [], unread: [] })
  log.info('removed executions that are older than is kept', { run: runId, removed, keepDays })
}
