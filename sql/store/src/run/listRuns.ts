import type { RunRecord, RunStatus, TableType } from '@flakebench/contract'
import { number, text } from '../client/columns.ts'
import { containing } from '../client/containing.ts'
import type { Bind, SqlClient } from '../client/sqlClient.ts'
import { RUN_COLUMNS, toRunRecord } from './runRecord.ts'

export interface RunListing {
  readonly statuses?: readonly RunStatus[] | null
  readonly templateId?: string | null
  readonly tableTypes?: readonly TableType[] | null
  /** Part of the run's or the table's name, in any case. */
  readonly search?: string | null
}

const marks = (values: readonly unknown[]): string => values.map(() => '?').join(', ')

const whereOf = (listing: RunListing): { where: string; binds: Bind[] } => {
  const conditions = ['t.worker_id IS NULL', 't.deleted_at IS NULL']
  const binds: Bind[] = []
  if (listing.statuses != null && listing.statuses.length > 0) {
    conditions.push(`r.status IN (${marks(listing.statuses)})`)
    binds.push(...listing.statuses)
  }
  if (listing.templateId != null) {
    conditions.push('r.template_id = ?')
    binds.push(listing.templateId)
  }
  if (listing.tableTypes != null && listing.tableTypes.length > 0) {
    conditions.push(`t.table_type IN (${marks(listing.tableTypes)})`)
    binds.push(...listing.tableTypes)
  }
  if (listing.search != null && listing.search.trim() !== '') {
    conditions.push("(LOWER(r.test_name) || ' ' || LOWER(t.table_name)) LIKE ? ESCAPE '!'")
    binds.push(containing(listing.search))
  }
  return { where: conditions.join(' AND '), binds }
}

const FROM = 'FROM run_status r JOIN test_results t ON t.test_id = r.run_id'

/** Runs, newest first: run ids sort by creation, so the id of the last run read is the cursor to the next page. */
export const listRuns = async (db: SqlClient, listing: RunListing, limit: number, beforeId: string | null = null): Promise<RunRecord[]> => {
  const { where, binds } = whereOf(listing)
  const rows = await db.query(
    `SELECT ${RUN_COLUMNS} ${FROM} WHERE ${where} ${beforeId === null ? '' : 'AND r.run_id < ?'} ORDER BY r.run_id DESC LIMIT ${Math.trunc(limit)}`,
    beforeId === null ? binds : [...binds, beforeId],
  )
  return rows.map(toRunRecord)
}

export const countRuns = async (db: SqlClient, listing: RunListing): Promise<number> => {
  const { where, binds } = whereOf(listing)
  const [row] = await db.query(`SELECT COUNT(*) AS n ${FROM} WHERE ${where}`, binds)
  return Number(row?.['n'] ?? 0)
}

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
