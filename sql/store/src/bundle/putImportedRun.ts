import { number } from '../client/columns.ts'
import type { Row, SqlClient } from '../client/sqlClient.ts'
import { listEnrichments } from '../enrichment/enrichmentRecord.ts'
import { deleteFirstExecutions } from '../execution/deleteExecutions.ts'
import { listSpoolFiles } from '../execution/listSpoolFiles.ts'
import { listHeartbeats } from '../heartbeat/listHeartbeats.ts'
import { readResults, readWorkerResults } from '../result/readResult.ts'
import { listNewestRollups } from '../rollup/listRollups.ts'
import { readRun } from '../run/readRun.ts'
import { readRunMarks } from '../run/runMarks.ts'
import { listSteps } from '../step/listSteps.ts'
import { listWarehousePolls } from '../warehouse/listWarehousePolls.ts'
import { type ImportClaim, underClaim } from './claimImport.ts'
import { insertRunRows } from './insertRunRows.ts'
import { EXECUTIONS_TABLE, RESULTS_TABLE, RUN_TABLES, RUNS_TABLE } from './runTables.ts'

const LAST = [RESULTS_TABLE, RUNS_TABLE]

export const isRunHere = async (db: SqlClient, runId: string): Promise<boolean> =>
  (await db.query('SELECT run_id FROM run_status WHERE run_id = ?', [runId])).length > 0

/** Takes away what an import that did not come to its end has left of a run. Nothing, where the run is here. @throws ImportClaimLost */
export const removeHalfImport = async (db: SqlClient, claim: ImportClaim): Promise<void> => {
  const { runId } = claim
  // Executions may be millions: a statement that took them all away would take too long.
  const removeSome = (): Promise<number | null> =>
    underClaim(db, claim, async tx => ((await isRunHere(tx, runId)) ? null : await deleteFirstExecutions(tx, runId)))
  while ((await removeSome()) !== null);
  await underClaim(db, claim, async tx => {
    if (await isRunHere(tx, runId)) return
    for (const { name } of RUN_TABLES) {
      if (name !== RUNS_TABLE.name && name !== EXECUTIONS_TABLE.name) await tx.execute(`DELETE FROM ${name} WHERE run_id = ?`, [runId])
    }
  })
}

/** Rows of a run, by table. */
export type RowCounts = Readonly<Record<string, number>>

/**
 * The last part of an import: only with it is the run here. Its own row and those of its results, all or none.
 * @param counts what must be in the tables then; a table that is not named holds nothing
 * @throws what the readers of a run throw, when they cannot read it: then it is not here. ImportClaimLost
 */
export const putImportedRun = (db: SqlClient, claim: ImportClaim, run: Row, results: readonly Row[], counts: RowCounts): Promise<void> =>
  underClaim(db, claim, async tx => {
    const { runId } = claim
    for (const table of LAST) await insertRunRows(tx, table, table === RUNS_TABLE ? [run] : results)
    await tx.execute('UPDATE test_results SET imported_at = CURRENT_TIMESTAMP WHERE test_id = ?', [runId])
    await compareCounts(tx, runId, counts)
    await readAll(tx, runId)
  })

const compareCounts = async (tx: SqlClient, runId: string, counts: RowCounts): Promise<void> => {
  for (const { name } of RUN_TABLES) {
    const [row] = await tx.query(`SELECT COUNT(*) AS found FROM ${name} WHERE run_id = ?`, [runId])
    const found = number(row ?? {}, 'found')
    if (found !== (counts[name] ?? 0)) throw new Error(`${name} holds ${found} rows of the run, and the bundle ${counts[name] ?? 0}`)
  }
}

/** What its pages will read: rows that are sound by themselves may still lack what a reader needs. */
const readAll = async (tx: SqlClient, runId: string): Promise<void> => {
  await readRun(tx, runId)
  await readRunMarks(tx, [runId])
  await readResults(tx, [runId])
  await readWorkerResults(tx, runId)
  await listHeartbeats(tx, runId)
  await listSteps(tx, runId)
  await listWarehousePolls(tx, runId)
  await listNewestRollups(tx, runId, 1)
  await listSpoolFiles(tx, runId)
  await listEnrichments(tx, [runId])
}
