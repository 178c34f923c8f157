import { momentBind } from '../client/columns.ts'
import type { Bind } from '../client/sqlClient.ts'

/** Runs in the order of one of their columns; those that have nothing in it come last, and of equals the id decides. */
export interface RunSort {
  readonly field: RunSortField
  readonly direction: 'ASC' | 'DESC'
}

/** The place of one run in a sorted list: what comes after it is the next page. */
export interface RunPosition {
  /** Of the sorted column: text, a number, or milliseconds since 1970. */
  readonly value: string | number | null
  readonly id: string
}

interface SortColumn {
  readonly type: 'TEXT' | 'NUMBER' | 'MOMENT'
  readonly sql: string
}

const text = (column: string): SortColumn => ({ type: 'TEXT', sql: `LOWER(${column})` })
/** Exact to six decimals, so that what a cursor holds of it is equal to what it was read from. */
const figure = (column: string): SortColumn => ({ type: 'NUMBER', sql: `CAST(${column} AS DECIMAL(38, 6))` })
/** Of a run in which nothing was measured there is none: what stands there is 0. */
const measured = (column: string): SortColumn => figure(`CASE WHEN t.measured_seconds > 0 THEN ${column} END`)

/** Snowflake's sizes from the smallest, in any spelling. */
const SIZES = ['XSMALL', 'SMALL', 'MEDIUM', 'LARGE', 'XLARGE', '2XLARGE', '3XLARGE', '4XLARGE', '5XLARGE', '6XLARGE']
const SIZE_WORDS = `REPLACE(REPLACE(REPLACE(REPLACE(UPPER(t.warehouse_size), '-', ''), ' ', ''), '${'X'.repeat(3)}', '3X'), 'XX', '2X')`
const SIZE_RANK = `CASE ${SIZE_WORDS} ${SIZES.map((size, i) => `WHEN '${size}' THEN ${i}`).join(' ')} ELSE CASE WHEN t.warehouse_size IS NOT NULL THEN ${SIZES.length} END END`

export const RUN_SORT_FIELDS = [
  'CREATED',
  'STARTED',
  'NAME',
  'STATUS',
  'TABLE_TYPE',
  'TABLE',
  'LOAD_MODE',
  'SCALING',
  'CONNECTIONS',
  'WORKERS',
  'WAREHOUSE',
  'WAREHOUSE_SIZE',
  'QPS',
  'P50',
  'P95',
  'P99',
  'ERROR_RATE',
  'OPERATIONS',
  'DURATION',
  'TAGS',
] as const
export type RunSortField = (typeof RUN_SORT_FIELDS)[number]

/** Null: run ids sort by creation. */
const COLUMNS: Readonly<Record<RunSortField, SortColumn | null>> = {
  CREATED: null,
  // When it was asked for, as the list shows it: a run that failed before the agreed start has this moment, too.
  STARTED: { type: 'MOMENT', sql: "DATE_TRUNC('millisecond', r.start_requested_at)" },
  NAME: text('r.test_name'),
  STATUS: text('r.status'),
  TABLE_TYPE: text('t.table_type'),
  TABLE: text('t.table_name'),
  LOAD_MODE: text('t.load_mode'),
  SCALING: text('t.scaling_mode'),
  CONNECTIONS: figure('t.target_connections'),
  WORKERS: figure('t.worker_count'),
  WAREHOUSE: text('t.warehouse'),
  WAREHOUSE_SIZE: figure(SIZE_RANK),
  QPS: measured('t.qps'),
  P50: measured('t.p50_latency_ms'),
  P95: measured('t.p95_latency_ms'),
  P99: measured('t.p99_latency_ms'),
  ERROR_RATE: measured('t.error_rate'),
  OPERATIONS: measured('t.total_operations'),
  DURATION: measured('t.measured_seconds'),
  // As they are written, from the first one on.
  TAGS: { type: 'TEXT', sql: "NULLIF(LOWER(CAST(t.tags AS VARCHAR)), '[]')" },
}

/** What a page's statement says of its order. */
export interface SortedPage {
  /** The sorted value, as a column of the answer. */
  readonly column: string
  readonly orderBy: string
  /** That a run comes after the position; empty where there is none. */
  readonly after: string
  readonly binds: readonly Bind[]
}

/** @throws RangeError for a position whose value is none of the sorted column */
export const sortedPage = ({ field, direction }: RunSort, position: RunPosition | null): SortedPage => {
  const column = COLUMNS[field]
  const beyond = direction === 'ASC' ? '>' : '<'
  if (column === null) {
    const after = position === null ? '' : `AND r.run_id ${beyond} ?`
    return {
      column: 'NULL AS sort_value',
      orderBy: `r.run_id ${direction}`,
      after,
      binds: position === null ? [] : [position.id],
    }
  }
  const { sql } = column
  const page = { column: `${sql} AS sort_value`, orderBy: `${sql} ${direction} NULLS LAST, r.run_id ${direction}` }
  if (position === null) return { ...page, after: '', binds: [] }
  const { value, id } = position
  if (value === null) return { ...page, after: `AND ${sql} IS NULL AND r.run_id ${beyond} ?`, binds: [id] }
  const { mark, bind } = bound(column, value)
  const after = `AND (${sql} ${beyond} ${mark} OR ${sql} = ${mark} AND r.run_id ${beyond} ? OR ${sql} IS NULL)`
  return { ...page, after, binds: [bind, bind, id] }
}

/** DECIMAL(38, 6) has so many digits before the point, less one for what is rounded up. */
const LARGEST_NUMBER = 1e31
/** The years that both engines read as they are written. */
const FIRST_MOMENT = Date.UTC(1970, 0, 1)
const LAST_MOMENT = Date.UTC(9999, 11, 31)

const isOf = (type: SortColumn['type'], value: string | number): boolean => {
  if (typeof value === 'string') return type === 'TEXT' && !value.includes('\0')
  if (type === 'NUMBER') return Math.abs(value) <= LARGEST_NUMBER
  return type === 'MOMENT' && value >= FIRST_MOMENT && value <= LAST_MOMENT
}

const bound = ({ type }: SortColumn, value: string | number): { readonly mark: string; readonly bind: Bind } => {
  if (!isOf(type, value)) throw new RangeError('not of this column')
  if (type === 'TEXT') return { mark: '?', bind: value }
  if (type === 'NUMBER') return { mark: 'CAST(? AS DECIMAL(38, 6))', bind: String(value) }
  return { mark: 'CAST(? AS TIMESTAMP_NTZ)', bind: momentBind(value as number) }
}
