import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { type ControlDatabaseOptions, DEFAULT_STATEMENT_TIMEOUT_MS } from './controlDatabaseOptions.ts'
import { numberPlaceholders } from './placeholders.ts'
import { isRetryable, refusePostgres } from './postgresFailure.ts'
import { sessionSettings } from './postgresSession.ts'
import type { Bind, Row, SqlClient } from './sqlClient.ts'

const TRANSACTION_TRIES = 3
/**
 * A server that is frozen or gone inside a transaction keeps the rows that it has changed for so long at most: well below a lease (LEASE_SECONDS), so that
 * whoever inherits its runs finds them free. Between the statements of our transactions nothing is waited for.
 */
const IDLE_IN_TRANSACTION_MS = 3_000

/** Opens the control database on PostgreSQL 14 or later. Connects when first used. */
export const openPostgres = (options: ControlDatabaseOptions): SqlClient => {
  const statementTimeoutMs = options.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS
  const pool = new pg.Pool({
    ...sessionSettings({ ...options, statementTimeoutMs }, IDLE_IN_TRANSACTION_MS),
    max: options.maxConnections ?? 10,
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
    const session = await pool.connect().catch(refusePostgres)
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
    copyIn: (sql, text) => copyText(session, sql, text).catch(refusePostgres),
    close: () => Promise.resolve(),
  }
  return self
}

const copyText = async (session: pg.PoolClient, sql: string, text: string): Promise<number> => {
  const copy = session.query(copyFrom(sql))
  await pipeline([Buffer.from(text)], copy)
  return copy.rowCount
}

const numbered = new Map<string, string>()

const run = async (on: pg.Pool | pg.PoolClient, sql: string, binds: readonly Bind[] = []): Promise<pg.QueryResult> => {
  let text = numbered.get(sql)
  if (text === undefined) {
    text = numberPlaceholders(sql)
    numbered.set(sql, text)
  }
  return await on.query(text, binds as Bind[]).catch(refusePostgres)
}
