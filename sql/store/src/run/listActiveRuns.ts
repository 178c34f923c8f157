import { number, text } from '../client/columns.ts'
import type { SqlClient } from '../client/sqlClient.ts'

/** A run whose orchestrator has work to do. */
export interface ActiveRun {
  readonly id: string
  /** Nobody owns it now: it was never claimed, or the lease has lapsed. */
  readonly isClaimable: boolean
}

export const listActiveRuns = async (db: SqlClient): Promise<ActiveRun[]> => {
  const rows = await db.query(
    `SELECT run_id, CASE WHEN lease_expires_at IS NULL OR lease_expires_at < CURRENT_TIMESTAMP THEN 1 ELSE 0 END AS is_claimable
     FROM run_status WHERE status IN ('STARTING', 'RUNNING', 'STOPPING', 'CANCELLING') ORDER BY run_id`,
  )
  return rows.map(row => ({ id: text(row, 'run_id'), isClaimable: number(row, 'is_claimable') === 1 }))
}

export const countActiveRuns = async (db: SqlClient): Promise<number> => {
  const [row] = await db.query("SELECT COUNT(*) AS n FROM run_status WHERE status IN ('STARTING', 'RUNNING', 'STOPPING', 'CANCELLING')")
  return Number(row?.['n'] ?? 0)
}
