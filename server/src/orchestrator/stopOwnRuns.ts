import { setTimeout as delay } from 'node:timers/promises'
import { CONTROL_PACE, isTerminal } from '@flakebench/contract'
import { readRun, type SqlClient } from '@flakebench/store'
import type { Log } from '../log.ts'
import type { RunCommands } from './commands.ts'
import type { Orchestrator } from './orchestrator.ts'

const PATIENCE_MS = 10_000
const LOOK_AT_MOST_EVERY_MS = 100

/** Before the server stops: its runs are stopped as a person would, and waited for a little, so that no load goes on that nobody watches. */
export const stopOwnRuns = async (db: SqlClient, orchestrator: Orchestrator, commands: RunCommands, log: Log): Promise<void> => {
  const own = orchestrator.owned()
  // A run that ends already is not hurried: the next start goes on with its processing.
  const stopUnlessEnding = async (runId: string): Promise<void> => {
    const run = await readRun(db, runId)
    if (run?.status !== 'STOPPING' && run?.status !== 'CANCELLING') await commands.stop(runId, 'The server was stopped')
  }
  if (own.length === 0) return
  log.info('stopping runs', { runs: own.join(', ') })
  await Promise.all(own.map(runId => stopUnlessEnding(runId).catch(error => log.warn('could not stop a run', { runId, error }))))
  const everyMs = Math.max(LOOK_AT_MOST_EVERY_MS, CONTROL_PACE[db.engine].endingMs)
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += everyMs) {
    const runs = await Promise.all(own.map(runId => readRun(db, runId)))
    if (runs.every(run => run === null || isTerminal(run.status))) return
    await delay(everyMs)
  }
  log.warn('runs are still draining; the next start takes them up', { runs: own.join(', ') })
}
