import { existsSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { countOf, isTerminal, type RunRecord } from '@flakebench/contract'
import {
  ControlDatabaseUnavailable,
  insertLogLines,
  listHeartbeats,
  listSpoolFiles,
  newId,
  putExecutionsKept,
  readExecutionsKept,
  readRun,
  readRunMarks,
  type SqlClient,
} from '@flakebench/store'
import { makeFigures } from '../figures/makeFigures.ts'
import type { Log } from '../log.ts'
import { reconcileRun } from '../orchestrator/processing/keepExecutions.ts'
import type { LoadExecutions } from '../orchestrator/processing/loaderProcess.ts'

export interface SpoolSweepDeps {
  readonly db: SqlClient
  readonly log: Log
  /** Days after its end for which a run's single executions are kept; 0: for ever. Its figures always are. */
  readonly keepDays: number
  /** Where the workers of this server spool. */
  readonly spoolFolder: string
  readonly load: LoadExecutions
  /** Something about the run has changed. */
  readonly publish: (runId: string) => void
}

const DAY_MS = 86_400_000

/**
 * Looks after what is left in this server's spool folder of runs that are over: another server has ended them, or the loading was given up. It is loaded.
 * Files that cannot be loaded wait for somebody to look at them for as long as executions are kept.
 */
export const sweepSpools = async (deps: SpoolSweepDeps, stopped: AbortSignal): Promise<void> => {
  const { spoolFolder, log } = deps
  for (const runId of await readdir(spoolFolder).catch(() => [])) {
    if (stopped.aborted) return
    await sweepRun(runId, deps, stopped).catch((error: unknown) => {
      if (error instanceof ControlDatabaseUnavailable) throw error
      log.error('what is left on disk of a run could not be loaded or removed; trying again', { run: runId, error })
    })
  }
}

const sweepRun = async (runId: string, deps: SpoolSweepDeps, stopped: AbortSignal): Promise<void> => {
  const { db, spoolFolder } = deps
  const folder = join(spoolFolder, runId)
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  const run = await readRun(db, runId)
  if (run === null) {
    const { mtimeMs } = await stat(folder)
    return Date.now() - mtimeMs > DAY_MS ? await remove() : undefined
  }
  if (!isTerminal(run.status)) return
  if (run.startAtMs === null || (await isEmpty(folder))) return await remove()
  const isKeptForEver = deps.keepDays === 0 || (await readRunMarks(db, [runId])).get(runId)?.isBaseline === true
  const isTooOld = !isKeptForEver && run.nowMs - (run.endedAtMs ?? run.nowMs) > deps.keepDays * DAY_MS
  if (isTooOld) return await remove()
  await loadLeft(run, folder, deps, stopped)
}

/** Nothing that a worker has written. */
const isEmpty = async (folder: string): Promise<boolean> => {
  const names = await readdir(folder, { recursive: true })
  return names.every(name => !name.endsWith('.spool'))
}

const loadLeft = async (
  run: RunRecord,
  folder: string,
  { db, log, load, publish }: SpoolSweepDeps,
  stopped: AbortSignal,
): Promise<void> => {
  const before = await listSpoolFiles(db, run.id)
  const known = (await readExecutionsKept(db, [run.id])).get(run.id)
  const heartbeats = await listHeartbeats(db, run.id)
  const { unread, fault } = await load({ runId: run.id, epoch: run.epoch, folders: [] }, () => undefined, stopped)
  if (stopped.aborted) return
  const after = await listSpoolFiles(db, run.id)
  const left = fault === null ? unread : [...unread, fault]
  // As it was the last time that it was tried.
  if (after.length === before.length && known !== undefined && existsSync(folder)) {
    log.warn('executions that are left on disk still cannot be loaded', { run: run.id, why: left.join('; ') })
    return
  }
  const kept = await reconcileRun(db, run, heartbeats, true, left)
  await putExecutionsKept(db, run.id, null, kept)
  await makeFigures(db, run)
  publish(run.id)
  const message = `Loaded ${countOf(sumOf(after) - sumOf(before), 'execution')} that ${folder} held when the run ended: the executions are ${kept.state} now`
  log.info(message, { run: run.id })
  const line = { id: newId(), runId: run.id, workerId: null, sequence: 0, source: 'processing', exception: null, agoMs: 0 } as const
  await insertLogLines(db, [{ ...line, level: 'INFO', message }])
}

const sumOf = (files: readonly { readonly executions: number }[]): number => files.reduce((sum, one) => sum + one.executions, 0)
