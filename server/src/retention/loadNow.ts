import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { isTerminal } from '@flakebench/contract'
import { listHeartbeats, readExecutionsKept, readRun } from '@flakebench/store'
import { foldersHere } from '../orchestrator/processing/keepExecutions.ts'
import { notFound, Refusal } from '../refusal.ts'
import { type LoadLeftDeps, loadLeft } from './loadLeft.ts'

/**
 * Loads what a run that is over has left on this machine's disk, because its loading was stopped or failed: somebody does not want to wait for the sweep.
 * @throws Refusal
 */
export const loadNow = async (runId: string, deps: LoadLeftDeps, stopped: AbortSignal): Promise<void> => {
  const { db, spoolFolder } = deps
  const run = await readRun(db, runId)
  if (run === null) throw notFound('run', runId)
  if (!isTerminal(run.status)) throw wrongState('The run is not over yet: its executions are loaded at its end')
  const state = (await readExecutionsKept(db, [runId])).get(runId)?.state
  if (state === 'REMOVED') throw wrongState("The run's single executions are no longer kept: their time of retention is over")
  if (state === 'NOT_KEPT' || !run.plan.advanced.keepExecutions) throw wrongState('The run keeps no single executions')
  const folders = foldersHere(await listHeartbeats(db, runId))
  if (![spoolFolder, ...folders].some(folder => existsSync(join(folder, runId))))
    throw wrongState(`Nothing that the run has left is on the disk of ${hostname()}: all that was there is loaded`)
  const trouble = await loadLeft(run, folders, deps, stopped)
  if (trouble !== null) throw wrongState(`The executions still cannot be loaded: ${trouble || 'see the log of the server'}`)
}

const wrongState = (message: string): Refusal => new Refusal('WRONG_STATE', message)
