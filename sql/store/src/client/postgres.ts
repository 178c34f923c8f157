import pg from 'pg'
import { type ControlDatabaseOptions, DEFAULT_SCHEMA, DEFAULT_STATEMENT_TIMEOUT_MS } from './controlDatabaseOptions.ts'
import { numberPlaceholders } from './placeholders.ts'
import { type Bind, ControlDatabaseUnavailable, type Row, type SqlClient } from './sqlClient.ts'

const CONNECT_TIMEOUT_MS = 5_000
const TRANSACTION_TRIES = 3
/**
 * A server that is frozen or gone inside a transaction keeps the rows that it has changed for so long at most: well below a lease (LEASE_SECONDS), so that
 * whoever inherits its runs finds them free. Between the statements of our transactions nothing is waited for.
 */
const IDLE_IN_TRANSACTION_MS = 3_000

/** Opens the control database on PostgreSQL 14 or later. Connects when first used. */
export const openPostgres = (options: ControlDatabaseOptions): SqlClient => {
  const timeoutMs = options.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS
  const schema = options.schema ?? DEFAULT_SCHEMA
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // The server gives up first; the client's own deadline covers a server that no longer answers at all.
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs + 1_000,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
    application_name: options.applicationName ?? 'flakebench',
    options: [
      '-c timezone=UTC',
      `-c search_path=${schema},public`,
      // The sessions of a machine that vanished end within a minute.
      '-c tcp_keepalives_idle=20 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3',
      options.relaxedDurability === true ? '-c synchronous_commit=off' : '',
    ].join(' '),
    types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
  })
  // A connection that breaks while idle is replaced by the pool when next needed.
  pool.on('error', () => undefined)
  return clientOver(pool, () => pool.end())
}

const clientOver = (pool: pg.Pool, close: () => Promise<void>): SqlClient => ({
  engine: 'postgres',
  query: (sql, binds) => run(pool, sql, binds).then(result => result.rows as Row[]),
  execute: (sql, binds) => run(pool, sql, binds).then(result => result.rowCount ?? 0),
  transaction: work => inTransaction(pool, work),
  close,
})

const inTransaction = async <T>(pool: pg.Pool, work: (tx: SqlClient) => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    const session = await pool.connect().catch(refuse)
    let broken = false
    const markBroken = () => {
      broken = true
    }
    // ⚠ Out of the pool nobody else listens: unheard, the event of a session that breaks would end our process.
    session.on('error', markBroken)
    try {
      await run(session, 'BEGIN')
      const result = await work(clientOfSession(session))
      await run(session, 'COMMIT')
      return result
    } catch (error) {
      await run(session, 'ROLLBACK').catch(markBroken)
      if (attempt < TRANSACTION_TRIES && isRetryable(error)) continue
      throw error
    } finally {
      session.off('error', markBroken)
      session.release(broken)
    }
  }
}

const clientOfSession = (session: pg.PoolClient): SqlClient => {
  const self: SqlClient = {
    engine: 'postgres',
    query: (sql, binds) => run(session, sql, binds).then(result => result.rows as Row[]),
    execute: (sql, binds) => run(session, sql, binds).then(result => result.rowCount ?? 0),
    transaction: work => work(self),
    close: () => Promise.resolve(),
  }
  return self
}

const numbered = new Map<string, string>()

const run = async (on: pg.Pool | pg.PoolClient, sql: string, binds: readonly Bind[] = []): Promise<pg.QueryResult> => {
  let text = numbered.get(sql)
  if (text === undefined) {
    text = numberPlaceholders(sql)
    numbered.set(sql, text)
  }
  return await on.query(text, binds as Bind[]).catch(refuse)
}

const refuse = (error: unknown): never => {
  if (isConnectionFailure(error)) {
    const words = `the control database does not answer: ${(error as Error).message || String(error)}`
    throw new ControlDatabaseUnavailable(words, { cause: error }, codeOf(error) === STATEMENT_TIMED_OUT)
  }
  throw error
}

const STATEMENT_TIMED_OUT = '57014'

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '')

/** Deadlock, serialisation failure, lock not available. */
const isRetryable = (error: unknown): boolean => ['40P01', '40001', '55P03'].includes(codeOf(error))

/** SQLSTATE class 08, shutdown and start-up of the server, statement timeout, a transaction that was idle for too long; and what node and pg say when the socket fails. */
const isConnectionFailure = (error: unknown): boolean => {
  const code = codeOf(error)
  if (/^08|^57P0|^57014$|^53300$|^25P03$/.test(code)) return true
  if (/^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN)/.test(code)) return true
  return code === '' && /terminat|timeout|Query read|closed|not queryable/i.test(String((error as Error | null)?.message))
}

const OID = {
  int8: 20,
  int2: 21,
  int4: 23,
  float4: 700,
  float8: 701,
  numeric: 1700,
  bool: 16,
  json: 114,
  jsonb: 3802,
  timestamp: 1114,
  timestamptz: 1184,
}

const moment = (text: string): number => {
  const [seconds = '', fraction = ''] = text.replace(/[+-]\d\d(:?\d\d)?$/, '').split('.')
  return Date.parse(`${seconds.replace(' ', 'T')}Z`) + Number(`0.${fraction || '0'}`) * 1_000
}

const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  [OID.int8]: Number,
  [OID.int2]: Number,
  [OID.int4]: Number,
  [OID.float4]: Number,
  [OID.float8]: Number,
  [OID.numeric]: Number,
  [OID.bool]: text => text === 't',
  [OID.json]: text => JSON.parse(text) as unknown,
  [OID.jsonb]: text => JSON.parse(text) as unknown,
  [OID.timestamp]: moment,
  [OID.timestamptz]: moment,
}

const parserOf = (oid: number): ((text: string) => unknown) => parsers[oid] ?? (text => text)
