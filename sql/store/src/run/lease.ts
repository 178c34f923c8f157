import type { SqlClient } from '../client/sqlClient.ts'

/** How long an owner may be silent before any other orchestrator may claim its run. */
export const LEASE_SECONDS = 10

/**
 * Claims a run: raises its epoch and takes the lease, if it is free. From then on every write under an older epoch is refused.
 * @param url where the new owner takes what workers push; null: it takes none
 * @returns the epoch that is now ours, or null when somebody else holds the lease
 */
export const claimRun = (db: SqlClient, runId: string, orchestratorId: string, url: string | null = null): Promise<number | null> =>
  db.transaction(async tx => {
    const claimed = await tx.execute(
      `UPDATE run_status
       SET orchestrator_id = ?, orchestrator_url = ?, orchestrator_epoch = orchestrator_epoch + 1,
         lease_expires_at = DATEADD('second', ${LEASE_SECONDS}, CURRENT_TIMESTAMP)
       WHERE run_id = ? AND (lease_expires_at IS NULL OR lease_expires_at < CURRENT_TIMESTAMP)`,
      [orchestratorId, url, runId],
    )
    if (claimed === 0) return null
    const [row] = await tx.query('SELECT orchestrator_epoch FROM run_status WHERE run_id = ?', [runId])
    return Number(row?.['orchestrator_epoch'])
  })

/** Prolongs the lease. False: no longer ours. */
export const renewLease = async (db: SqlClient, runId: string, epoch: number): Promise<boolean> =>
  (await db.execute(
    `UPDATE run_status SET lease_expires_at = DATEADD('second', ${LEASE_SECONDS}, CURRENT_TIMESTAMP) WHERE run_id = ? AND orchestrator_epoch = ?`,
    [runId, epoch],
  )) > 0

/** Gives the lease back, so that another orchestrator may go on at once. */
export const releaseLease = async (db: SqlClient, runId: string, epoch: number): Promise<void> => {
  await db.execute('UPDATE run_status SET lease_expires_at = NULL, orchestrator_url = NULL WHERE run_id = ? AND orchestrator_epoch = ?', [
    runId,
    epoch,
  ])
}
