import type { AggregateRow } from '@flakebench/contract'
import { SnowflakeFailure } from '../snowflake/failure.ts'
import type { SnowflakeSession } from '../snowflake/session.ts'
import { asObjects } from '../snowflake/values.ts'
import type { HistoryRow } from './historyRows.ts'

/** The most rows that QUERY_HISTORY gives at once. ⚠ It picks them before any WHERE: as many rows as this mean that others were left out. */
export const HISTORY_LIMIT = 10_000

const DEADLINE_MS = 30_000
const OPTIONS = {
  deadlineMs: DEADLINE_MS,
  mostRetries: 2,
  parameters: { STATEMENT_TIMEOUT_IN_SECONDS: 30, USE_CACHED_RESULT: false },
} as const

/** Snowflake's clock: milliseconds since 1970. */
export const readSnowflakeClock = async (session: SnowflakeSession): Promise<number> =>
  Number((await session.execute('SELECT CURRENT_TIMESTAMP()', [], OPTIONS)).rows[0]?.[0])

export interface HistoryPage {
  readonly rows: readonly HistoryRow[]
  /** There were more than it gives: ask for less. */
  readonly isCut: boolean
}

/**
 * The run's statements that ended in a window, by Snowflake's clock.
 * @param tag with which the QUERY_TAG of its statements begins
 * @param limit at most HISTORY_LIMIT
 * @throws SnowflakeFailure
 */
export const readQueryHistory = async (
  session: SnowflakeSession,
  tag: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  limit = HISTORY_LIMIT,
): Promise<HistoryPage> => {
  const result = await session.execute(
    `SELECT query_id, query_tag, execution_status, total_elapsed_time, compilation_time, execution_time, queued_overload_time,
       queued_provisioning_time, transaction_blocked_time, bytes_scanned, rows_produced, cluster_number
     FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY(END_TIME_RANGE_START => '${moment(fromMs)}'::TIMESTAMP_LTZ,
       END_TIME_RANGE_END => '${moment(toMs)}'::TIMESTAMP_LTZ, RESULT_LIMIT => ${limit}))`,
    [],
    OPTIONS,
  )
  const all = asObjects(result)
  const own = all.filter(row => String(row['query_tag'] ?? '').startsWith(tag) && hasEnded(row['execution_status']))
  return { rows: own.map(toHistoryRow), isCut: all.length >= limit }
}

const moment = (atMs: number): string => new Date(atMs).toISOString()

const hasEnded = (status: unknown): boolean => /^(SUCCESS|FAIL)/i.test(String(status))

type Values = Readonly<Record<string, unknown>>

const numberIn = (row: Values, column: string): number | null => {
  const value = row[column]
  return value == null || !Number.isFinite(Number(value)) ? null : Number(value)
}

const toHistoryRow = (row: Values): HistoryRow => ({
  queryId: String(row['query_id']),
  totalMs: numberIn(row, 'total_elapsed_time') ?? 0,
  compilationMs: numberIn(row, 'compilation_time'),
  executionMs: numberIn(row, 'execution_time'),
  queuedOverloadMs: numberIn(row, 'queued_overload_time'),
  queuedProvisioningMs: numberIn(row, 'queued_provisioning_time'),
  blockedMs: numberIn(row, 'transaction_blocked_time'),
  bytesScanned: numberIn(row, 'bytes_scanned'),
  rowsProduced: numberIn(row, 'rows_produced'),
  clusterNumber: numberIn(row, 'cluster_number'),
})

/**
 * What SNOWFLAKE.ACCOUNT_USAGE has of a run, in minutes that end in a stretch by Snowflake's clock. Needs a warehouse, and the privileges of ACCOUNT_USAGE.
 * @throws SnowflakeFailure
 */
export const readAggregateHistory = async (
  session: SnowflakeSession,
  tag: string,
  fromMs: number,
  toMs: number,
): Promise<AggregateRow[]> => {
  const result = await session.execute(
    `SELECT query_text, query_tag, interval_start_time, interval_end_time, calls, errors, rows_produced, total_elapsed_time
     FROM SNOWFLAKE.ACCOUNT_USAGE.AGGREGATE_QUERY_HISTORY
     WHERE interval_end_time >= '${moment(fromMs)}'::TIMESTAMP_LTZ AND interval_start_time <= '${moment(toMs)}'::TIMESTAMP_LTZ AND query_tag LIKE ?`,
    [`${tag}%`],
    OPTIONS,
  )
  return asObjects(result).map(toAggregateRow)
}

const toAggregateRow = (row: Values): AggregateRow => {
  const errors = Array.isArray(row['errors']) ? (row['errors'] as Values[]) : []
  const total = objectIn(row, 'total_elapsed_time')
  return {
    text: String(row['query_text']),
    tag: String(row['query_tag']),
    fromMs: Number(row['interval_start_time']),
    toMs: Number(row['interval_end_time']),
    calls: numberIn(row, 'calls') ?? 0,
    errors: errors.reduce((sum, one) => sum + (numberIn(one, 'count') ?? 0), 0),
    rows: numberIn(objectIn(row, 'rows_produced'), 'sum'),
    totalMs: {
      sum: numberIn(total, 'sum') ?? 0,
      median: numberIn(total, 'median'),
      p90: numberIn(total, 'p90'),
      p99: numberIn(total, 'p99'),
      max: numberIn(total, 'max'),
    },
  }
}

const objectIn = (row: Values, column: string): Values => {
  const value = row[column]
  return typeof value === 'object' && value !== null ? (value as Values) : {}
}

/** Whether ACCOUNT_USAGE is not there for the session's role: it is not told whether it is missing or forbidden. */
export const isForbidden = (error: unknown): boolean =>
  error instanceof SnowflakeFailure &&
  (['002003', '003001'].includes(error.code) || /not authorized|insufficient privileges/i.test(error.message))

/** What whoever administers the account must do, so that a role may read ACCOUNT_USAGE. */
export const accountUsageAdvice = (role: string | null): string =>
  `GRANT IMPORTED PRIVILEGES ON DATABASE SNOWFLAKE TO ROLE ${role ?? "<the connection user's default role>"}`
