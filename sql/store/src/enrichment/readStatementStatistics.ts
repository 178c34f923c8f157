import type { StatementCounters, StatementReading } from '@flakebench/contract'
import pg from 'pg'
import { postgresClientOptions } from '../connection/postgresClientOptions.ts'
import type { PostgresConnection } from '../connection/savedConnection.ts'

/** A reading, and when it was made by the clock that was given: exact to half the time that it took. */
export interface MomentOfStatements {
  readonly atMs: number
  readonly reading: StatementReading
}

/** Why pg_stat_statements cannot be read, in words that say what to do. */
export interface Unreadable {
  readonly why: string
}

const TIMEOUT_MS = 8_000
/** The run's own come first: they bear its mark. */
const MOST_STATEMENTS = 1_000
/** What workers mark the statements of runs with. */
export const RUN_MARK = '/*flakebench kind='
/** What runs send, after spaces, comments and brackets. Of anything else the server may keep the constants, passwords among them: that never leaves it. */
const SENT_IN_RUNS = String.raw`^(\s|--[^\n]*\n|/[*]([^*]|[*]+[^*/])*[*]+/|[(])*(select|insert|update|delete|merge|with)\M`

export interface StatementsToRead {
  /** Where the run's table is. */
  readonly database: string
  /** The clock by which the moment of the reading is told: asked right before and right after it. */
  readonly readNow: () => Promise<number>
  /** As what a statement is told; null: not at all. */
  readonly shapeOf: (text: string) => string | null
}

/**
 * Reads pg_stat_statements through a saved connection, in a session of its own. Bounded: ten seconds to connect, eight a statement.
 * @throws what the database or its driver says
 */
export const readStatementStatistics = async (
  { settings }: PostgresConnection,
  password: string | null,
  what: StatementsToRead,
): Promise<MomentOfStatements | Unreadable> => {
  const { database } = what
  const { user } = settings
  const client = new pg.Client({
    ...postgresClientOptions({ ...settings, database }, password),
    connectionTimeoutMillis: 10_000,
    statement_timeout: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS + 1_000,
    application_name: 'flakebench statistics',
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await readWith(client, what)
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string }
    if (/shared_preload_libraries/.test(message ?? '')) return { why: NOT_LOADED }
    if (code === '42501') return { why: mayNotRead(user, database) }
    throw error
  } finally {
    await client.end().catch(() => undefined)
  }
}

interface Facts {
  readonly version: number
  readonly schema: string | null
  readonly has_info: boolean
  readonly timing: boolean
}

const readWith = async (client: pg.Client, { database, readNow, shapeOf }: StatementsToRead): Promise<MomentOfStatements | Unreadable> => {
  const { rows: found } = await client.query<Facts>(
    `SELECT current_setting('server_version_num')::integer AS version, quote_ident(n.nspname) AS schema,
       to_regclass(quote_ident(n.nspname) || '.pg_stat_statements_info') IS NOT NULL AS has_info,
       current_setting('track_io_timing')::boolean AS timing
     FROM (SELECT 1) one LEFT JOIN pg_extension e ON e.extname = 'pg_stat_statements' LEFT JOIN pg_namespace n ON n.oid = e.extnamespace`,
  )
  const { version, schema, has_info, timing } = found[0] as Facts
  if (schema === null) return { why: noExtension(database) }
  const info = has_info ? (await client.query(`SELECT dealloc, stats_reset FROM ${schema}.pg_stat_statements_info`)).rows[0] : undefined
  const beforeMs = await readNow()
  // As JSON, because which columns there are depends on the version of the server and of the extension.
  const { rows } = await client.query<{ id: string; counters: Counters }>(
    `SELECT s.queryid::text AS id, to_jsonb(s) AS counters FROM ${schema}.pg_stat_statements s
     WHERE s.userid = (SELECT oid FROM pg_roles WHERE rolname = current_user)
       AND s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND (s.query ~* $1 OR s.query LIKE $2)
     ORDER BY s.query LIKE $2 DESC, s.calls DESC LIMIT ${MOST_STATEMENTS}`,
    [SENT_IN_RUNS, `%${RUN_MARK}%`],
  )
  const atMs = (beforeMs + (await readNow())) / 2
  const reading: StatementReading = {
    serverVersion: version,
    resetAt: info === undefined || info.stats_reset === null ? null : new Date(info.stats_reset as Date).toISOString(),
    evictions: info === undefined ? null : Number(info.dealloc),
    tracksIoTiming: timing,
    statements: rows.flatMap(({ id, counters }) => {
      const shape = counters['toplevel'] === false ? null : shapeOf(String(counters['query']))
      return shape === null ? [] : [toCounters({ queryId: id, shape }, counters, timing)]
    }),
  }
  return { atMs, reading }
}

const NOT_LOADED =
  'The server has not loaded pg_stat_statements: add it to shared_preload_libraries and restart the server (in a managed service: its parameter group)'

const noExtension = (database: string): string =>
  `pg_stat_statements is not in the database "${database}": run CREATE EXTENSION pg_stat_statements there as its owner or a superuser; the server must have it in shared_preload_libraries`

const mayNotRead = (user: string, database: string): string =>
  `"${user}" may not read pg_stat_statements in the database "${database}": grant it USAGE on the extension's schema and SELECT on its view`

type Counters = Readonly<Record<string, unknown>>

/**
 * The columns that each counter is the sum of, under the names of all versions: those that a server does not have count nothing. The version of the
 * extension decides, which may be older than the server's. Source: the documentation of pg_stat_statements, PostgreSQL 12 to 18.
 */
const COLUMNS = {
  calls: ['calls'],
  rows: ['rows'],
  // Up to 12 `total_time`: planning was not told apart, nor timed.
  executionMs: ['total_exec_time', 'total_time'],
  maxMs: ['max_exec_time', 'max_time'],
  blocksHit: ['shared_blks_hit', 'local_blks_hit'],
  blocksRead: ['shared_blks_read', 'local_blks_read'],
  // Up to 16 `blk_…`: of shared and local blocks together.
  ioReadMs: ['shared_blk_read_time', 'local_blk_read_time', 'blk_read_time'],
  ioWriteMs: ['shared_blk_write_time', 'local_blk_write_time', 'blk_write_time'],
  // From 13 on.
  walBytes: ['wal_bytes'],
} as const satisfies Partial<Record<keyof StatementCounters, readonly string[]>>

const sumOf = (counters: Counters, counter: keyof typeof COLUMNS): number | null => {
  const columns: readonly string[] = COLUMNS[counter]
  const values = columns.map(column => counters[column]).filter(value => typeof value === 'number')
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0)
}

const toCounters = (which: Pick<StatementCounters, 'queryId' | 'shape'>, counters: Counters, timing: boolean): StatementCounters => ({
  ...which,
  // From 17 on.
  since: typeof counters['stats_since'] === 'string' ? counters['stats_since'] : null,
  calls: sumOf(counters, 'calls') ?? 0,
  rows: sumOf(counters, 'rows') ?? 0,
  executionMs: sumOf(counters, 'executionMs') ?? 0,
  maxMs: sumOf(counters, 'maxMs'),
  blocksHit: sumOf(counters, 'blocksHit') ?? 0,
  blocksRead: sumOf(counters, 'blocksRead') ?? 0,
  ioReadMs: timing ? sumOf(counters, 'ioReadMs') : null,
  ioWriteMs: timing ? sumOf(counters, 'ioWriteMs') : null,
  walBytes: sumOf(counters, 'walBytes'),
})
