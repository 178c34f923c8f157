import { completePlan, fingerprintOf, type Plan } from '@flakebench/contract'
import {
  ControlDatabaseUnavailable,
  claimImport,
  type ImportClaim,
  ImportClaimLost,
  isRunHere,
  putImportedRun,
  RESULTS_TABLE,
  type Row,
  RUNS_TABLE,
  readRunMarks,
  releaseImport,
  removeHalfImport,
  runRowWriter,
  type SqlClient,
} from '@flakebench/store'
import type { Log } from '../log.ts'
import { Refusal } from '../refusal.ts'
import { type CheckedBundle, checkBundle } from './checkBundle.ts'
import { badBundle, readBundle } from './readBundle.ts'
import { withoutOrigin } from './withoutOrigin.ts'

/**
 * Brings in a run from a bundle: all of it is checked before anything is kept, and the run is here only once all of it is. What an import before this one
 * has left half done is taken away first. Of one run there is one import at a time, on whichever server.
 * @returns the run's id @throws Refusal for a bundle that is none, or whose run is here already
 */
export const importBundle = async (db: SqlClient, path: string, log: Log): Promise<string> => {
  const checked = await checkBundle(path)
  const { runId } = checked.head
  await refuseTwice(db, runId)
  const claim = await claimImport(db, runId)
  if (claim === null) throw new Refusal('CONFLICT', 'This run is being brought in already: look for it in the list in a few minutes')
  try {
    await keepRun(db, claim, checked, path, log)
    return runId
  } finally {
    await releaseImport(db, claim).catch((error: unknown) =>
      log.warn('a run cannot be brought in again before its claim has run out', { run: runId, error }),
    )
  }
}

const keepRun = async (db: SqlClient, claim: ImportClaim, checked: CheckedBundle, path: string, log: Log): Promise<void> => {
  // Whoever had the claim before may have brought it in meanwhile.
  await refuseTwice(db, claim.runId)
  try {
    await removeHalfImport(db, claim)
    await keepRows(db, claim, path)
    await putImportedRun(db, claim, incomingRun(checked.run), incomingResults(checked), checked.counts)
  } catch (error) {
    if (error instanceof ImportClaimLost) {
      throw new Refusal(
        'CONFLICT',
        'This import stood still for so long that another one of the same run has begun: look for the run there',
      )
    }
    await removeHalfImport(db, claim).catch((left: unknown) =>
      log.warn('rows of an import that failed are left; the next one takes them away', { error: left }),
    )
    if (error instanceof Refusal || error instanceof ControlDatabaseUnavailable) throw error
    log.warn('the control database refused a bundle', { run: claim.runId, error })
    throw badBundle('the control database refuses a row of it, for a reason that is in the log of the server')
  }
}

const refuseTwice = async (db: SqlClient, runId: string): Promise<void> => {
  if (!(await isRunHere(db, runId))) return
  const isDeleted = (await readRunMarks(db, [runId])).get(runId)?.deletedAtMs != null
  const words = isDeleted ? 'This run is here already, but was deleted: restore it' : 'This run is here already'
  throw new Refusal('CONFLICT', words, [], runId)
}

/** All but the run's own row and its results. */
const keepRows = async (db: SqlClient, claim: ImportClaim, path: string): Promise<void> => {
  const writer = runRowWriter(db, claim)
  for await (const one of readBundle(path, () => undefined)) {
    if (one.table === RUNS_TABLE || one.table === RESULTS_TABLE) continue
    await writer.add(one.table, withoutOrigin(one.table.name, one.row as Row))
  }
  await writer.end()
}

/** It was changed just now for whoever watches the list. */
const incomingRun = (row: Row): Row => ({ ...withoutOrigin(RUNS_TABLE.name, row), updated_at: null })

/** A baseline is one of the installation that pinned it. */
const incomingResults = ({ run, results }: CheckedBundle): Row[] =>
  results.map(row => {
    const own = { ...withoutOrigin(RESULTS_TABLE.name, row), updated_at: null }
    if (row['worker_id'] != null) return own
    const fingerprint = row['fingerprint'] ?? fingerprintOf(completePlan(run['scenario_config'] as Plan))
    return { ...own, fingerprint, status: run['status'] }
  })
