import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isTerminal } from '@flakebench/contract'
import { ControlDatabaseUnavailable, readRun, readRunMarks } from '@flakebench/store'
import { type LoadLeftDeps, loadLeft } from './loadLeft.ts'

export interface SpoolSweepDeps extends LoadLeftDeps {
  /** Days after its end for which a run's single executions are kept; 0: for ever. Its figures always are. */
  readonly keepDays: number
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
  const trouble = await loadLeft(run, [], deps, stopped)
  if (trouble !== null && !stopped.aborted)
    deps.log.warn('executions that are left on disk still cannot be loaded', { run: runId, why: trouble })
}

/** Nothing that a worker has written. */
const isEmpty = async (folder: string): Promise<boolean> => {
  const names = await readdir(folder, { recursive: true })
  return names.every(name => !name.endsWith('.spool'))
}
