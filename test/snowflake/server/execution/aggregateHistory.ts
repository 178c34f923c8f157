import { SnowflakeError } from '../sql/translation.ts'
import type { LoggedStatement } from '../statementLog.ts'
import type { Service } from './service.ts'

const MINUTE_MS = 60_000

/** Columns of SNOWFLAKE.ACCOUNT_USAGE.AGGREGATE_QUERY_HISTORY, those that are filled, with their types in PostgreSQL. */
export const AGGREGATE_COLUMNS: Readonly<Record<string, string>> = {
  calls: 'numeric(38,0)',
  interval_start_time: 'timestamptz',
  interval_end_time: 'timestamptz',
  query_parameterized_hash: 'text',
  query_text: 'text',
  user_name: 'text',
  role_name: 'text',
  warehouse_name: 'text',
  query_tag: 'text',
  errors: 'jsonb',
  total_elapsed_time: 'jsonb',
  rows_produced: 'jsonb',
}

/**
 * All statements by text, tag and minute, those on hybrid tables too. A minute is shown once it has been over for as long as the dial says.
 * @throws SnowflakeError when the dial says that the role may not see it
 */
export const aggregateHistory = ({ log, dials }: Service): Readonly<Record<string, unknown>>[] => {
  if (!dials.accountUsage.isGranted) {
    const view = "'SNOWFLAKE.ACCOUNT_USAGE.AGGREGATE_QUERY_HISTORY'"
    throw new SnowflakeError('002003', '02000', `SQL compilation error:\nObject ${view} does not exist or not authorized.`)
  }
  const shownToMs = Date.now() + dials.clockSkewMs - dials.accountUsage.delayMs
  const groups = new Map<string, LoggedStatement[]>()
  for (const entry of log.list()) {
    const minute = Math.floor(entry.startMs / MINUTE_MS)
    if (entry.startMs + entry.ms > shownToMs) continue
    const key = JSON.stringify([minute, entry.tag, entry.text])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [entry])
    else group.push(entry)
  }
  return [...groups.values()].map(rowOf)
}

const rowOf = (entries: readonly LoggedStatement[]): Readonly<Record<string, unknown>> => {
  const first = entries[0] as LoggedStatement
  const fromMs = Math.floor(first.startMs / MINUTE_MS) * MINUTE_MS
  const failed = entries.filter(({ errorCode }) => errorCode !== null)
  return {
    calls: entries.length,
    interval_start_time: new Date(fromMs).toISOString(),
    interval_end_time: new Date(fromMs + MINUTE_MS).toISOString(),
    query_parameterized_hash: first.text,
    query_text: first.text,
    user_name: first.user,
    role_name: first.role,
    warehouse_name: first.warehouse,
    query_tag: first.tag,
    errors: failed.length === 0 ? [] : [{ code: failed[0]?.errorCode, message: failed[0]?.errorMessage, count: failed.length }],
    total_elapsed_time: spreadOf(entries.map(({ ms }) => Math.round(ms))),
    rows_produced: spreadOf(entries.map(({ rowsProduced }) => rowsProduced ?? 0)),
  }
}

const spreadOf = (values: readonly number[]): Readonly<Record<string, number>> => {
  const sorted = [...values].sort((one, other) => one - other)
  const at = (rate: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * rate))] as number
  const sum = sorted.reduce((all, value) => all + value, 0)
  return {
    sum,
    avg: sum / sorted.length,
    min: at(0),
    median: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    'p99.9': at(0.999),
    max: at(1),
  }
}
