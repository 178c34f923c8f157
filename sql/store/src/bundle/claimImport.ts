import { isDuplicateKey } from '../client/duplicateKey.ts'
import type { SqlClient } from '../client/sqlClient.ts'
import { newId } from '../newId.ts'

/** Who brings in a run may write nothing for so long; then another one may begin anew. */
const CLAIM_SECONDS = 120

/** The right to write rows of a run that comes from another installation: a row of BUNDLE_IMPORTS. */
export interface ImportClaim {
  readonly runId: string
  readonly claimId: string
}

/** The claim was another's by the time of a write: nothing of that write was kept. */
export class ImportClaimLost extends Error {
  override readonly name = 'ImportClaimLost'
}

/** Null: somebody else, on this server or another, brings in the same run. */
export const claimImport = async (db: SqlClient, runId: string): Promise<ImportClaim | null> => {
  const claimId = newId()
  await db.execute('DELETE FROM bundle_imports WHERE run_id = ? AND claimed_until < CURRENT_TIMESTAMP', [runId])
  try {
    await db.execute(
      `INSERT INTO bundle_imports (run_id, claim_id, claimed_until)
       SELECT ?, ?, DATEADD('second', ${CLAIM_SECONDS}, CURRENT_TIMESTAMP)`,
      [runId, claimId],
    )
    return { runId, claimId }
  } catch (error) {
    if (isDuplicateKey(error)) return null
    throw error
  }
}

/**
 * Does a write of an import in one transaction with a look at its claim, which it prolongs: until its end nobody else gets the run.
 * @throws ImportClaimLost
 */
export const underClaim = <T>(db: SqlClient, { runId, claimId }: ImportClaim, write: (tx: SqlClient) => Promise<T>): Promise<T> =>
  db.transaction(async tx => {
    const held = await tx.execute(
      `UPDATE bundle_imports SET claimed_until = DATEADD('second', ${CLAIM_SECONDS}, CURRENT_TIMESTAMP) WHERE run_id = ? AND claim_id = ?`,
      [runId, claimId],
    )
    if (held === 0) throw new ImportClaimLost(`another import of run ${runId} has begun`)
    return await write(tx)
  })

/** The run may be brought in by others. */
export const releaseImport = async (db: SqlClient, { runId, claimId }: ImportClaim): Promise<void> => {
  await db.execute('DELETE FROM bundle_imports WHERE run_id = ? AND claim_id = ?', [runId, claimId])
}
