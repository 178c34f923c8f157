import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { addSummaries, countOf, type ExecutionsKept, type HeartbeatRecord, type RunRecord } from '@flakebench/contract'
import {
  ControlDatabaseUnavailable,
  listSpoolFiles,
  putExecutionsKept,
  readWorkerResults,
  type SqlClient,
  StaleEpoch,
} from '@flakebench/store'
import { reconcileExecutions } from '../../decide/reconcileExecutions.ts'
import type { RunLog } from '../runLog.ts'
import type { LoadExecutions, Loaded } from './loaderProcess.ts'
import { ProcessingStopped } from './processing.ts'

export interface KeepDeps {
  readonly db: SqlClient
  readonly load: LoadExecutions
  readonly log: Pick<RunLog, 'note'>
}

const TRIES = 3
const RETRY_MS = 2_000
const notWaitedFor = ({ message }: ProcessingStopped): string =>
  `The loading was not waited for (${message}): what is left on disk is loaded later, by the server whose disk that is`

/**
 * Loads the run's executions and holds them against its histograms. The results of its workers are in the tables. Whatever fails, it is said what became
 * of them: unless the run is no longer owned, the control database is away, or the work was given up.
 * @throws StaleEpoch
 */
export const keepExecutions = async (
  run: RunRecord,
  epoch: number,
  heartbeats: readonly HeartbeatRecord[],
  { db, load, log }: KeepDeps,
  told: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<void> => {
  const isKept = run.plan.advanced.keepExecutions && heartbeats.some(({ spool }) => spool !== null)
  const loaded: Loaded = isKept ? await loadPatiently() : { unread: [], fault: null }
  const stopped = signal.reason instanceof ProcessingStopped ? signal.reason : null
  if (signal.aborted && stopped === null) return
  const fault = stopped === null || loaded.fault === null ? loaded.fault : notWaitedFor(stopped)
  const unread = [...loaded.unread, ...(fault === null ? [] : [fault])]
  try {
    const kept = await reconcileRun(db, run, heartbeats, isKept, unread)
    await putExecutionsKept(db, run.id, epoch, kept)
    tell(kept)
  } catch (error) {
    if (error instanceof StaleEpoch || error instanceof ControlDatabaseUnavailable) throw error
    const why = `They could not be held against the histograms: ${error instanceof Error ? error.message : String(error)}`
    await putExecutionsKept(db, run.id, epoch, { ...NOTHING_KNOWN, unread: [...unread, why] })
    throw error
  }

  async function loadPatiently(): Promise<Loaded> {
    for (let attempt = 1; ; attempt++) {
      if (signal.aborted) return { unread: [], fault: 'The loading was given up' }
      const outcome = await load({ runId: run.id, epoch, folders: foldersHere(heartbeats) }, told, signal)
      if (outcome.fault === null || signal.aborted || attempt === TRIES) return outcome
      log.note('WARN', 'processing', `${outcome.fault}; trying again`)
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  function tell({ state, loaded: rows, differences, unread: files }: ExecutionsKept): void {
    if (state === 'NOT_KEPT') return
    if (state === 'COMPLETE') log.note('INFO', 'processing', `Loaded ${countOf(rows, 'execution')}: as many as the histograms have`)
    for (const one of files) log.note('WARN', 'processing', one)
    for (const { workerId, phase, label, counted, loaded: got, why } of differences) {
      const what = label === '' ? phase : `${phase} ${label}`
      log.note('WARN', 'processing', `${workerId}, ${what}: ${got} executions loaded, ${counted} counted. ${why}`)
    }
  }
}

const NOTHING_KNOWN: ExecutionsKept = { state: 'INCOMPLETE', loaded: 0, expected: 0, dropped: 0, differences: [], unread: [] }

/** Where the workers of this machine have spooled: another server of it, with a home of its own, may have started them. */
export const foldersHere = (heartbeats: readonly HeartbeatRecord[]): string[] => [
  ...new Set(heartbeats.flatMap(({ host, spool }) => (host === hostname() ? (spool?.folder ?? []) : []))),
]

/** What the workers counted, against what is in the table. */
export const reconcileRun = async (
  db: SqlClient,
  run: RunRecord,
  heartbeats: readonly HeartbeatRecord[],
  isKept: boolean,
  unread: readonly string[],
): Promise<ExecutionsKept> => {
  const [results, files] = await Promise.all([readWorkerResults(db, run.id), listSpoolFiles(db, run.id)])
  const books = heartbeats.flatMap(heartbeat => {
    const result = results.get(heartbeat.workerId)
    if (result === undefined) return []
    const own = files.filter(file => file.workerId === heartbeat.workerId)
    return [{ heartbeat, result, summary: addSummaries(own.map(file => file.summary)) }]
  })
  return reconcileExecutions(books, { isKept, unread, host: hostname() })
}
