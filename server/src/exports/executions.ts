import {
  EXECUTIONS_TABLE,
  type ExecutionListing,
  type ExecutionRead,
  listExecutions,
  type Row,
  readRunRows,
  type SqlClient,
} from '@flakebench/store'
import { type Cell, type CsvColumn, csvHead, csvRows } from './csv.ts'

/** Which executions of a run, and in which order. */
export type ExecutionChoice = Pick<ExecutionListing, 'filter' | 'sort'>

export const ALL_BY_END: ExecutionChoice = { filter: {}, sort: { field: 'END', direction: 'ASC' } }

const PORTION = 5_000

const column = (title: string, cell: (one: ExecutionRead) => Cell): CsvColumn<ExecutionRead> => ({ title, cell })

/** Titled as the table's columns are. */
const COLUMNS: readonly CsvColumn<ExecutionRead>[] = [
  column('execution_id', one => one.id),
  column('worker_id', one => one.workerId),
  column('connection_id', one => one.connection),
  column('query_id', one => one.queryId),
  column('query_kind', one => one.kind),
  column('label', one => one.label),
  column('phase', one => one.phase),
  column('counted', one => one.counted),
  column('intended_start_ms', one => one.intendedStartMs),
  column('start_ms', one => one.startMs),
  column('end_ms', one => one.endMs),
  column('response_ms', one => one.responseMs),
  column('rows_affected', one => one.rows),
  column('success', one => one.success),
  column('retried', one => one.retried),
  column('error_category', one => one.errorCategory),
  column('error', one => one.error),
  column('error_group', one => one.errorGroup),
  column('sf_total_elapsed_ms', ({ server }) => server?.totalMs),
  column('sf_compilation_ms', ({ server }) => server?.compilationMs),
  column('sf_execution_ms', ({ server }) => server?.executionMs),
  column('sf_queued_overload_ms', ({ server }) => server?.queuedOverloadMs),
  column('sf_queued_provisioning_ms', ({ server }) => server?.queuedProvisioningMs),
  column('sf_blocked_ms', ({ server }) => server?.blockedMs),
  column('sf_bytes_scanned', ({ server }) => server?.bytesScanned),
  column('sf_rows_produced', ({ server }) => server?.rowsProduced),
  column('sf_cluster_number', ({ server }) => server?.clusterNumber),
]

/** Every single execution of a run that is chosen, a portion at a time: however many they are, they cost no more memory. Moments are from the agreed start. */
export const executionsCsv = async function* (db: SqlClient, runId: string, choice: ExecutionChoice): AsyncGenerator<string> {
  yield csvHead(COLUMNS)
  for (let after: string | null = null; ; ) {
    const found: readonly ExecutionRead[] = await listExecutions(db, runId, { ...choice, after, first: PORTION })
    if (found.length > 0) yield csvRows(COLUMNS, found)
    if (found.length < PORTION) return
    after = found.at(-1)?.cursor ?? null
  }
}

export const executionObjects = async function* (db: SqlClient, runId: string): AsyncGenerator<readonly Row[]> {
  for await (const rows of readRunRows(db, EXECUTIONS_TABLE, runId)) yield rows.map(({ run_id: _, ...row }) => row)
}
