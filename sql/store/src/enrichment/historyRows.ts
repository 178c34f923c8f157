import type { Bind, SqlClient } from '../client/sqlClient.ts'
import type { EnrichmentClaim } from './claimEnrichment.ts'

/** Whose rows: two who look at the same run stage theirs apart. */
type Staging = Pick<EnrichmentClaim, 'runId' | 'attempt'>

/** One execution as QUERY_HISTORY has it; null where it says nothing. */
export interface HistoryRow {
  readonly queryId: string
  readonly totalMs: number
  readonly compilationMs: number | null
  readonly executionMs: number | null
  readonly queuedOverloadMs: number | null
  readonly queuedProvisioningMs: number | null
  readonly blockedMs: number | null
  readonly bytesScanned: number | null
  readonly rowsProduced: number | null
  readonly clusterNumber: number | null
}

/** A statement takes 65,535 values at most on PostgreSQL. */
const ROWS_A_STATEMENT = 500
const WIDTH = 12

/** Lays rows of QUERY_HISTORY ready for `mergeHistoryRows`. */
export const stageHistoryRows = async (db: SqlClient, of: Staging, rows: readonly HistoryRow[]): Promise<void> => {
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
    const some = rows.slice(from, from + ROWS_A_STATEMENT)
    const values = some.map(() => `(${Array.from({ length: WIDTH }, () => '?').join(', ')})`).join(', ')
    await db.execute(
      `INSERT INTO query_history_rows (run_id, attempt, query_id, total_elapsed_ms, compilation_ms, execution_ms, queued_overload_ms, queued_provisioning_ms,
         blocked_ms, bytes_scanned, rows_produced, cluster_number)
       VALUES ${values}`,
      some.flatMap(row => bindsOf(of, row)),
    )
  }
}

const bindsOf = ({ runId, attempt }: Staging, row: HistoryRow): Bind[] => [
  runId,
  attempt,
  row.queryId,
  row.totalMs,
  row.compilationMs,
  row.executionMs,
  row.queuedOverloadMs,
  row.queuedProvisioningMs,
  row.blockedMs,
  row.bytesScanned,
  row.rowsProduced,
  row.clusterNumber,
]

/** Gives the staged rows to the executions of the run with the same query id, those that have none yet. @returns how many got theirs */
export const mergeHistoryRows = (db: SqlClient, { runId, attempt }: Staging): Promise<number> =>
  db.execute(
    `UPDATE query_executions
     SET sf_total_elapsed_ms = h.total_elapsed_ms, sf_compilation_ms = h.compilation_ms, sf_execution_ms = h.execution_ms,
       sf_queued_overload_ms = h.queued_overload_ms, sf_queued_provisioning_ms = h.queued_provisioning_ms, sf_blocked_ms = h.blocked_ms,
       sf_bytes_scanned = h.bytes_scanned, sf_rows_produced = h.rows_produced, sf_cluster_number = h.cluster_number
     FROM query_history_rows h
     WHERE query_executions.run_id = ? AND query_executions.sf_total_elapsed_ms IS NULL AND h.run_id = ? AND h.attempt = ?
       AND h.query_id = query_executions.query_id`,
    [runId, runId, attempt],
  )

/** Takes away what was staged of a run by this look and those before it: merged, or left over by whoever was stopped in the middle. */
export const clearHistoryRows = async (db: SqlClient, { runId, attempt }: Staging): Promise<void> => {
  await db.execute('DELETE FROM query_history_rows WHERE run_id = ? AND COALESCE(attempt, 0) <= ?', [runId, attempt])
}
