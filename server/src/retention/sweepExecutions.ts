import { setTimeout as delay } from 'node:timers/promises'
import {
  ControlDatabaseUnavailable,
  deleteExecutions,
  deleteOldAuditEntries,
  listOutdatedExecutions,
  putExecutionsKept,
} from '@flakebench/store'
import { type SpoolSweepDeps, sweepSpools } from './sweepSpools.ts'

export interface RetentionDeps extends SpoolSweepDeps {
  /** Days after its end for which a run's single executions are kept; 0: for ever. Its figures always are. */
  readonly keepDays: number
  /** Default: an hour. */
  readonly everyMs?: number
}

export interface Retention {
  /** Ends after the run that it is at. */
  close(): Promise<void>
}

const EVERY_MS = 3_600_000
const FIRST_MS = 10_000
const KEEP_AUDIT_DAYS = 365

/** Takes away single executions that are older than is kept, now and then; those of baselines stay. And what the audit log has of more than a year ago. What fails is told and tried again. */
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
  return {
    close: () => {
      closing.abort()
      return swept
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
  { db, log }: Pick<RetentionDeps, 'db' | 'log'>,
  stopped: AbortSignal,
  portion = 5_000,
): Promise<void> => {
  let removed = 0
  let last = portion
  while (last === portion && !stopped.aborted) {
    last = await deleteOldAuditEntries(db, KEEP_AUDIT_DAYS, portion)
    removed += last
  }
  if (removed > 0) log.info('removed rows of the audit log that are older than a year', { removed })
}

/** Unless it has been made a baseline meanwhile. */
const removeOutdated = async (runId: string, { db, log, keepDays }: RetentionDeps): Promise<void> => {
  const [outdated] = await listOutdatedExecutions(db, keepDays, runId)
  if (outdated === undefined) return
  const removed = await deleteExecutions(db, runId)
  await putExecutionsKept(db, runId, null, { ...outdated.kept, state: 'REMOVED', differences: [], unread: [] })
  log.info('removed executions that are older than is kept', { run: runId, removed, keepDays })
}
