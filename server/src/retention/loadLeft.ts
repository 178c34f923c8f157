import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { countOf, type RunRecord } from '@flakebench/contract'
import {
  insertLogLines,
  listHeartbeats,
  listSpoolFiles,
  newId,
  putExecutionsKept,
  readExecutionsKept,
  type SqlClient,
} from '@flakebench/store'
import { makeFigures } from '../figures/makeFigures.ts'
import type { Log } from '../log.ts'
import { reconcileRun } from '../orchestrator/processing/keepExecutions.ts'
import type { LoadExecutions } from '../orchestrator/processing/loaderProcess.ts'
import { Refusal } from '../refusal.ts'

export interface LoadLeftDeps {
  readonly db: SqlClient
  readonly log: Log
  /** Where the workers of this server spool. */
  readonly spoolFolder: string
  readonly load: LoadExecutions
  /** Something about the run has changed. */
  readonly publish: (runId: string) => void
  /** Asks again for what the system under test recorded of a run: of executions that were not there, nothing could be told. */
  readonly enrich?: (runId: string) => Promise<void>
}

/**
 * Loads what a run that is over has left on disk, and says anew what became of its executions.
 * @param folders beside that of this server
 * @returns why all is as it was, in words; null: there are more now, or it is known better why not
 */
export const loadLeft = async (
  run: RunRecord,
  folders: readonly string[],
  { db, log, load, publish, spoolFolder, enrich }: LoadLeftDeps,
  stopped: AbortSignal,
): Promise<string | null> => {
  const before = await listSpoolFiles(db, run.id)
  const known = (await readExecutionsKept(db, [run.id])).get(run.id)
  const heartbeats = await listHeartbeats(db, run.id)
  const { unread, fault } = await load({ runId: run.id, epoch: run.epoch, folders }, () => undefined, stopped)
  if (stopped.aborted) return 'The server was stopped'
  const after = await listSpoolFiles(db, run.id)
  const left = fault === null ? unread : [...unread, fault]
  const isLeft = [spoolFolder, ...folders].some(folder => existsSync(join(folder, run.id)))
  if (after.length === before.length && known !== undefined && isLeft) return left.join('; ')
  const kept = await reconcileRun(db, run, heartbeats, true, left)
  await putExecutionsKept(db, run.id, null, kept)
  await makeFigures(db, run)
  publish(run.id)
  const message = `Loaded ${countOf(sumOf(after) - sumOf(before), 'execution')} that were left on disk when the run ended: the executions are ${kept.state} now`
  log.info(message, { run: run.id })
  const line = { id: newId(), runId: run.id, workerId: null, sequence: 0, source: 'processing', exception: null, agoMs: 0 } as const
  await insertLogLines(db, [{ ...line, level: 'INFO', message }])
  if (after.length > before.length) await enrich?.(run.id).catch(ignoreRefusal)
  return null
}

/** There may be nothing to ask for. */
const ignoreRefusal = (error: unknown): void => {
  if (!(error instanceof Refusal)) throw error
}

const sumOf = (files: readonly { readonly executions: number }[]): number => files.reduce((sum, one) => sum + one.executions, 0)
