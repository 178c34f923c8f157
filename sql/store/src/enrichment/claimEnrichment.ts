import type { EnrichmentSource } from '@flakebench/contract'
import { number } from '../client/columns.ts'
import type { SqlClient } from '../client/sqlClient.ts'

/** Who has claimed a source of a run may be silent for so long; then any server may take it over. */
export const ENRICHMENT_CLAIM_SECONDS = 90

/** A claimed source of a run. What is written under an attempt that is no longer the last one changes nothing. */
export interface EnrichmentClaim {
  readonly runId: string
  readonly source: EnrichmentSource
  readonly attempt: number
  /** Looks in a row before this one at which the system under test could not be asked. */
  readonly failures: number
}

/** Claims what is PENDING and nobody works at, due or not. Null: somebody else has it, or it is done. */
export const claimEnrichment = (db: SqlClient, runId: string, source: EnrichmentSource): Promise<EnrichmentClaim | null> =>
  db.transaction(async tx => {
    const claimed = await tx.execute(
      `UPDATE enrichments
       SET attempts = attempts + 1, claimed_until = DATEADD('second', ${ENRICHMENT_CLAIM_SECONDS}, CURRENT_TIMESTAMP)
       WHERE run_id = ? AND source = ? AND status = 'PENDING' AND (claimed_until IS NULL OR claimed_until < CURRENT_TIMESTAMP)`,
      [runId, source],
    )
    if (claimed === 0) return null
    const [row = {}] = await tx.query(
      'SELECT attempts, COALESCE(failures, 0) AS failures FROM enrichments WHERE run_id = ? AND source = ?',
      [runId, source],
    )
    return { runId, source, attempt: number(row, 'attempts'), failures: number(row, 'failures') }
  })

/** Prolongs a claim. False: it is another's. */
export const renewEnrichmentClaim = async (db: SqlClient, { runId, source, attempt }: EnrichmentClaim): Promise<boolean> =>
  (await db.execute(
    `UPDATE enrichments SET claimed_until = DATEADD('second', ${ENRICHMENT_CLAIM_SECONDS}, CURRENT_TIMESTAMP)
     WHERE run_id = ? AND source = ? AND attempts = ? AND claimed_until IS NOT NULL`,
    [runId, source, attempt],
  )) > 0
