import {
  type ErrorCategory,
  type ExecutionRecord,
  OPERATION_KINDS,
  type OperationKind,
  type RunPhase,
  type ServerTimes,
} from '@flakebench/contract'
import { flag, number, numberOrNull, text, textOrNull } from '../client/columns.ts'
import type { Bind, Row, SqlClient } from '../client/sqlClient.ts'
import { type ExecutionSort, executionCursor, readExecutionCursor } from './executionCursor.ts'

/** Which executions of a run; null, and of lists the empty one: all. */
export interface ExecutionFilter {
  readonly kinds?: readonly OperationKind[] | null
  readonly labels?: readonly string[] | null
  /** All labels that GENERIC_SQL has in the run's plan, so that kinds are found by their labels; absent: they are not known. */
  readonly genericLabels?: readonly string[]
  readonly workerIds?: readonly string[] | null
  readonly phase?: RunPhase | null
  readonly counted?: boolean | null
  readonly success?: boolean | null
  readonly errorCategories?: readonly ErrorCategory[] | null
  readonly errorGroup?: string | null
  readonly minResponseMs?: number | null
  readonly maxResponseMs?: number | null
  /** It ended at or after / before, milliseconds from the agreed start. */
  readonly fromMs?: number | null
  readonly toMs?: number | null
}

export interface ExecutionListing {
  readonly filter: ExecutionFilter
  readonly sort: ExecutionSort
  /** The cursor of the last one that was read, by the same sort; null: from the first. Text that is no such cursor is thrown. */
  readonly after: string | null
  /** So many at most. */
  readonly first: number
}

/** An execution as it was read, and where to read on after it. */
export type ExecutionRead = ExecutionRecord & { readonly cursor: string }

const SORTED_BY: Readonly<Record<ExecutionSort['field'], string>> = { END: 'end_ms', RESPONSE: 'response_ms' }

/**
 * Executions of a run, a page at a time, by where the last page ended: a page of millions costs what the first does.
 * @throws RangeError for a cursor that is none, or of another sort
 */
export const listExecutions = async (
  db: SqlClient,
  runId: string,
  { filter, sort, after, first }: ExecutionListing,
): Promise<ExecutionRead[]> => {
  const { conditions, binds } = conditionsOf(runId, filter)
  const column = SORTED_BY[sort.field]
  if (after !== null) {
    const { value, id } = readExecutionCursor(after, sort)
    const beyond = sort.direction === 'ASC' ? '>' : '<'
    // The first part alone says where an index is to be entered.
    conditions.push(`${column} ${beyond}= ?`, `(${column} ${beyond} ? OR execution_id ${beyond} ?)`)
    binds.push(value, value, id)
  }
  // An expression has no index: the few are found by their response times, and then sorted.
  const order = sort.field === 'END' && (await areFew(db, runId, filter)) ? `${column} + 0` : column
  const rows = await db.query(
    `SELECT execution_id, worker_id, connection_id, query_id, query_kind, label, phase, counted, intended_start_ms, start_ms, end_ms, response_ms,
       rows_affected, success, retried, error_category, error, error_group, sf_total_elapsed_ms, sf_compilation_ms, sf_execution_ms,
       sf_queued_overload_ms, sf_queued_provisioning_ms, sf_blocked_ms, sf_bytes_scanned, sf_rows_produced, sf_cluster_number
     FROM query_executions WHERE ${conditions.join(' AND ')}
     ORDER BY ${order} ${sort.direction}, execution_id ${sort.direction} LIMIT ${Math.trunc(first)}`,
    binds,
  )
  return rows.map(row => {
    const execution = toExecution(row)
    const value = sort.field === 'END' ? execution.endMs : execution.responseMs
    return { ...execution, cursor: executionCursor(sort, { value, id: execution.id }) }
  })
}

const FEW = 5_000

/**
 * Whether so few executions have such response times that all of them are sooner read and sorted than the others passed over. The planner of PostgreSQL
 * does not know the tails of a distribution well enough to tell.
 */
const areFew = async (db: SqlClient, runId: string, { minResponseMs, maxResponseMs }: ExecutionFilter): Promise<boolean> => {
  if (db.engine !== 'postgres' || (minResponseMs == null && maxResponseMs == null)) return false
  const { conditions, binds } = conditionsOf(runId, { minResponseMs: minResponseMs ?? null, maxResponseMs: maxResponseMs ?? null })
  const [row] = await db.query(
    `SELECT COUNT(*) AS executions FROM (
       SELECT execution_id FROM query_executions WHERE ${conditions.join(' AND ')} ORDER BY response_ms, execution_id LIMIT ${FEW}) AS few`,
    binds,
  )
  return number(row ?? {}, 'executions') < FEW
}

const isKind = (label: string): boolean => (OPERATION_KINDS as readonly string[]).includes(label)

const conditionsOf = (runId: string, filter: ExecutionFilter): { readonly conditions: string[]; readonly binds: Bind[] } => {
  const conditions = ['run_id = ?']
  const binds: Bind[] = [runId]
  const where = (condition: string, value: Bind | undefined): void => {
    if (value === null || value === undefined) return
    conditions.push(condition)
    binds.push(value)
  }
  const among = (column: string, words: readonly string[] | null | undefined): void => {
    if (words === null || words === undefined || words.length === 0) return
    conditions.push(`${column} IN (${words.map(() => '?').join(', ')})`)
    binds.push(...words)
  }
  const kinds = filter.kinds ?? []
  const { genericLabels: generic } = filter
  // Labels have an index, which kinds have not; of a canonical kind it is the kind itself. To ask for both would have the planner expect far too few.
  if (generic !== undefined && !generic.some(isKind) && (generic.length > 0 || !kinds.includes('GENERIC_SQL')))
    among(
      'label',
      kinds.flatMap(kind => (kind === 'GENERIC_SQL' ? generic : [kind])),
    )
  else among('query_kind', kinds)
  among('label', filter.labels)
  among('worker_id', filter.workerIds)
  among('error_category', filter.errorCategories)
  where('error_group = ?', filter.errorGroup)
  where('phase = ?', filter.phase)
  where('response_ms >= ?', filter.minResponseMs)
  where('response_ms <= ?', filter.maxResponseMs)
  where('end_ms >= ?', filter.fromMs)
  where('end_ms < ?', filter.toMs)
  // As words, and not as a value: an index of failures alone is used only where the statement says that it asks for no others.
  const wantsError = (filter.errorCategories ?? []).length > 0 || (filter.errorGroup ?? null) !== null
  if (filter.success === true) conditions.push('success')
  if (filter.success === false || wantsError) conditions.push('NOT success')
  if (filter.counted === true) conditions.push('counted')
  if (filter.counted === false) conditions.push('NOT counted')
  return { conditions, binds }
}

const toExecution = (row: Row): ExecutionRecord => ({
  id: text(row, 'execution_id'),
  workerId: text(row, 'worker_id'),
  connection: number(row, 'connection_id'),
  kind: text(row, 'query_kind') as OperationKind,
  label: text(row, 'label'),
  phase: text(row, 'phase') as ExecutionRecord['phase'],
  counted: flag(row, 'counted'),
  intendedStartMs: number(row, 'intended_start_ms'),
  startMs: number(row, 'start_ms'),
  endMs: number(row, 'end_ms'),
  responseMs: number(row, 'response_ms'),
  rows: numberOrNull(row, 'rows_affected'),
  success: flag(row, 'success'),
  retried: flag(row, 'retried'),
  errorCategory: textOrNull(row, 'error_category') as ErrorCategory | null,
  error: textOrNull(row, 'error'),
  errorGroup: textOrNull(row, 'error_group'),
  queryId: textOrNull(row, 'query_id'),
  server: serverTimesOf(row),
})

const serverTimesOf = (row: Row): ServerTimes | null => {
  const totalMs = numberOrNull(row, 'sf_total_elapsed_ms')
  if (totalMs === null) return null
  return {
    totalMs,
    compilationMs: numberOrNull(row, 'sf_compilation_ms'),
    executionMs: numberOrNull(row, 'sf_execution_ms'),
    queuedOverloadMs: numberOrNull(row, 'sf_queued_overload_ms'),
    queuedProvisioningMs: numberOrNull(row, 'sf_queued_provisioning_ms'),
    blockedMs: numberOrNull(row, 'sf_blocked_ms'),
    bytesScanned: numberOrNull(row, 'sf_bytes_scanned'),
    rowsProduced: numberOrNull(row, 'sf_rows_produced'),
    clusterNumber: numberOrNull(row, 'sf_cluster_number'),
  }
}
