import type { ErrorCategory, ExecutionRecord, OperationKind, ServerTimes } from '@flakebench/contract'
import { flag, number, numberOrNull, text, textOrNull } from '../client/columns.ts'
import type { Bind, Row, SqlClient } from '../client/sqlClient.ts'
import { type ExecutionSort, executionCursor, readExecutionCursor } from './executionCursor.ts'
import { type Condition, conditionsOf, type ExecutionFilter } from './executionFilter.ts'
import { type OrderColumn, type Stretch, stretchesOf } from './executionIndexes.ts'

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

const SORTED_BY: Readonly<Record<ExecutionSort['field'], OrderColumn>> = { END: 'end_ms', RESPONSE: 'response_ms' }

const COLUMNS = `execution_id, worker_id, connection_id, query_id, query_kind, label, phase, counted, intended_start_ms, start_ms, end_ms, response_ms,
  rows_affected, success, retried, error_category, error, error_group, sf_total_elapsed_ms, sf_compilation_ms, sf_execution_ms, sf_queued_overload_ms,
  sf_queued_provisioning_ms, sf_blocked_ms, sf_bytes_scanned, sf_rows_produced, sf_cluster_number`

/**
 * Executions of a run, a page at a time, by where the last page ended: a page of millions costs what the first does.
 * @throws RangeError for a cursor that is none, or of another sort
 */
export const listExecutions = async (
  db: SqlClient,
  runId: string,
  { filter, sort, after, first }: ExecutionListing,
): Promise<ExecutionRead[]> => {
  const column = SORTED_BY[sort.field]
  const conditions = [...conditionsOf(filter), ...(after === null ? [] : beyondCursor(after, sort, column))]
  const { from, binds } = await sourceOf(db, runId, conditions, column)
  const rows = await db.query(
    `SELECT ${COLUMNS} FROM ${from} ORDER BY ${column} ${sort.direction}, execution_id ${sort.direction} LIMIT ${Math.trunc(first)}`,
    binds,
  )
  return rows.map(row => {
    const execution = toExecution(row)
    const value = sort.field === 'END' ? execution.endMs : execution.responseMs
    return { ...execution, cursor: executionCursor(sort, { value, id: execution.id }) }
  })
}

const beyondCursor = (after: string, sort: ExecutionSort, column: OrderColumn): Condition[] => {
  const { value, id } = readExecutionCursor(after, sort)
  const beyond = sort.direction === 'ASC' ? '>' : '<'
  return [
    // This one alone says where an index is to be entered.
    { column, sql: `${column} ${beyond}= ?`, binds: [value] },
    { column, sql: `(${column} ${beyond} ? OR execution_id ${beyond} ?)`, binds: [value, id] },
  ]
}

/** So many are sooner read and sorted than others are passed over. */
const FEW = 5_000

interface Source {
  readonly from: string
  readonly binds: readonly Bind[]
}

/**
 * Where the rows are read from: all of a run, or the few that some of the conditions leave. The planner of PostgreSQL takes conditions for independent of
 * each other and does not know the tails of a distribution: to find out that no INSERT failed it would pass over all of them.
 */
const sourceOf = async (db: SqlClient, runId: string, conditions: readonly Condition[], order: OrderColumn): Promise<Source> => {
  const ofRun: Condition = { column: 'run_id', sql: 'run_id = ?', binds: [runId] }
  for (const stretch of db.engine === 'postgres' ? stretchesOf(conditions, order) : []) {
    const few: Stretch = { ...stretch, within: [ofRun, ...stretch.within] }
    if (!(await isFew(db, few))) continue
    const others = conditions.filter(one => !stretch.within.includes(one))
    // The limit leaves none out, and keeps the planner from looking for the others first.
    return {
      from: `(SELECT ${COLUMNS} FROM query_executions WHERE ${sqlOf(few.within)} ORDER BY ${few.order} LIMIT ${FEW}) AS few
        ${others.length === 0 ? '' : `WHERE ${sqlOf(others)}`}`,
      binds: bindsOf([...few.within, ...others]),
    }
  }
  const all = [ofRun, ...conditions]
  return { from: `query_executions WHERE ${sqlOf(all)}`, binds: bindsOf(all) }
}

const isFew = async (db: SqlClient, { within, order }: Stretch): Promise<boolean> => {
  const [row] = await db.query(
    `SELECT COUNT(*) AS executions FROM (
       SELECT execution_id FROM query_executions WHERE ${sqlOf(within)} ORDER BY ${order} LIMIT ${FEW}) AS few`,
    bindsOf(within),
  )
  return number(row ?? {}, 'executions') < FEW
}

const sqlOf = (conditions: readonly Condition[]): string => conditions.map(({ sql }) => sql).join(' AND ')
const bindsOf = (conditions: readonly Condition[]): Bind[] => conditions.flatMap(({ binds }) => binds)

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
