import { loadSnowflake } from '../snowflake/driver.ts'
import {
  isCancelled,
  isLockTimeout,
  isPassingFailure,
  isSignInRefused,
  isStatementTimeout,
  SnowflakeFailure,
  SnowflakeTimeout,
} from '../snowflake/failure.ts'
import { type ExecuteOptions, openSnowflakeSession, type SnowflakeResult, type SnowflakeSession } from '../snowflake/session.ts'
import { type Pool, poolOf } from '../snowflake/sessionPool.ts'
import type { SnowflakeSignIn } from '../snowflake/signIn.ts'
import { asObjects } from '../snowflake/values.ts'
import { type ControlDatabaseOptions, DEFAULT_SCHEMA, DEFAULT_STATEMENT_TIMEOUT_MS } from './controlDatabaseOptions.ts'
import { type Bind, ControlDatabaseUnavailable, type SqlClient } from './sqlClient.ts'

export type SnowflakeClientOptions = Omit<ControlDatabaseOptions, 'url' | 'relaxedDurability'> & { readonly signIn: SnowflakeSignIn }

const MOST_LOGINS_AT_ONCE = 3
/**
 * A cluster runs eight statements at once. More sessions that wait for one row than that would keep every place, and whoever holds the row would wait
 * for a place behind them.
 */
const MOST_SESSIONS = 8
const IDLE_MS = 5 * 60_000
const LEAST_CONNECT_TIMEOUT_MS = 5_000
const MOST_CONNECT_TIMEOUT_MS = 10_000
/** A login that was refused is not tried again for so long: Snowflake locks a user after a few. */
const REFUSED_FOR_MS = 5 * 60_000
const MOST_TRIES = 3
/** One more try gets past a dropped connection; a server that is gone shall be noticed within seconds. */
const MOST_RETRIES = 1

/** Opens the control database on Snowflake. Signs in when first used. */
export const openSnowflake = (options: SnowflakeClientOptions): SqlClient => {
  const timeoutMs = options.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS
  // The server counts in seconds, and gives up first; our own deadline covers a server that no longer answers at all.
  const timeoutSeconds = Math.max(1, Math.ceil(timeoutMs / 1_000))
  // Waited for as often as a statement is tried, which together is no longer than a statement may take.
  const lockSeconds = Math.max(1, Math.floor(timeoutSeconds / MOST_TRIES))
  const deadlines: ExecuteOptions = { deadlineMs: (timeoutSeconds + 1) * 1_000, mostRetries: MOST_RETRIES }
  const connectTimeoutMs = Math.min(MOST_CONNECT_TIMEOUT_MS, Math.max(LEAST_CONNECT_TIMEOUT_MS, timeoutMs))
  const signIn = { ...options.signIn, schema: options.schema ?? DEFAULT_SCHEMA }
  // What writes a token file renews it, maybe in a moment; and no refused token locks a user.
  const isRenewed = 'tokenFile' in signIn.auth
  const pool = poolOf({
    open: async () => {
      const session = await openSnowflakeSession(signIn, {
        application: options.applicationName ?? 'flakebench',
        connectTimeoutMs,
        parameters: {
          ...CONTROL_SESSION,
          STATEMENT_TIMEOUT_IN_SECONDS: timeoutSeconds,
          HYBRID_TABLE_LOCK_TIMEOUT: lockSeconds,
          LOCK_TIMEOUT: lockSeconds,
        },
      })
      return await withoutSecondaryRoles(session, deadlines)
    },
    most: Math.min(options.maxConnections ?? MOST_SESSIONS, MOST_SESSIONS),
    mostOpening: MOST_LOGINS_AT_ONCE,
    waitMs: connectTimeoutMs,
    idleMs: IDLE_MS,
    refuse: waitMs => new SnowflakeTimeout('no session became free', waitMs),
    failsForMs: error => (isRenewed ? 0 : error instanceof SnowflakeFailure && isSignInRefused(error) ? REFUSED_FOR_MS : 0),
  })
  return clientOver(pool, deadlines)
}

/** Of every session of the control plane, the one that applies the schema too. */
export const CONTROL_SESSION = {
  TIMEZONE: 'UTC',
  AUTOCOMMIT: true,
  // A failed statement undoes its transaction, as on PostgreSQL.
  TRANSACTION_ABORT_ON_ERROR: true,
  // What another session has committed is seen at once.
  READ_LATEST_WRITES: true,
  QUERY_TAG: 'flakebench:control',
} as const

/**
 * A session has the rights of its own role and of no other that its user may have: what benchmarks may do, the control plane may not.
 * @returns the same session @throws SnowflakeFailure, with the session closed
 */
export const withoutSecondaryRoles = async (session: SnowflakeSession, deadlines: ExecuteOptions): Promise<SnowflakeSession> => {
  try {
    await session.execute('USE SECONDARY ROLES NONE', [], deadlines)
    return session
  } catch (error) {
    await session.close()
    throw error
  }
}

const clientOver = (pool: Pool<SnowflakeSession>, deadlines: ExecuteOptions): SqlClient => {
  const run = (sql: string, binds?: readonly Bind[]): Promise<SnowflakeResult> =>
    whileItPasses(() => withSession(pool, session => session.execute(sql, binds, deadlines)))
  return {
    engine: 'snowflake',
    query: (sql, binds) => run(sql, binds).then(asObjects),
    execute: (sql, binds) => run(sql, binds).then(result => result.affected),
    transaction: work => whileItPasses(() => inTransaction(pool, deadlines, work)),
    close: () => pool.close(),
  }
}

/** Tries again what was undone for a reason that passes; locks are waited for so long by this, too. */
const whileItPasses = async <T>(attempt: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      const passes = error instanceof SnowflakeFailure && isPassingFailure(error)
      if (!passes) return refuse(error)
      if (tries < MOST_TRIES) continue
      if (isLockTimeout(error)) throw unavailable(error, true)
      throw error
    }
  }
}

const withSession = async <T>(pool: Pool<SnowflakeSession>, work: (session: SnowflakeSession) => Promise<T>): Promise<T> => {
  // Not to be counted as waiting for a session.
  await loadSnowflake()
  return await pool.use(work).catch((error: unknown) => {
    // What ended this session has ended the others too, as a rule: better to find out by a login than by a statement that fails.
    if (isSessionLost(error)) pool.closeIdle()
    throw error
  })
}

const isSessionLost = (error: unknown): boolean => {
  const failure = error instanceof ControlDatabaseUnavailable ? error.cause : error
  return failure instanceof SnowflakeFailure && failure.kind === 'SESSION_LOST'
}

const inTransaction = async <T>(
  pool: Pool<SnowflakeSession>,
  deadlines: ExecuteOptions,
  work: (tx: SqlClient) => Promise<T>,
): Promise<T> => {
  const begin = (): Promise<Outcome<T>> =>
    withSession(pool, async session => {
      await session.execute('BEGIN', [], deadlines)
      return await finishTransaction(session, deadlines, work)
    })
  // A statement may have been executed although its session was lost, but where BEGIN was, nothing has happened yet.
  const outcome = await begin().catch((error: unknown) => {
    if (isSessionLost(error)) return begin()
    throw error
  })
  if ('result' in outcome) return outcome.result
  if (isSessionLost(outcome.error)) pool.closeIdle()
  throw outcome.error
}

type Outcome<T> = { readonly result: T } | { readonly error: unknown }

/** Never throws: whatever happens after BEGIN must not be taken for a failure of BEGIN. */
const finishTransaction = async <T>(
  session: SnowflakeSession,
  deadlines: ExecuteOptions,
  work: (tx: SqlClient) => Promise<T>,
): Promise<Outcome<T>> => {
  const run = (sql: string, binds?: readonly Bind[]): Promise<SnowflakeResult> => session.execute(sql, binds, deadlines).catch(refuse)
  try {
    const result = await work(clientOfSession(run))
    await run('COMMIT')
    return { result }
  } catch (error) {
    // Where this cannot be sent, the session is closed, which undoes it as well.
    if (session.isUsable) await session.execute('ROLLBACK', [], deadlines).catch(() => session.close())
    return { error }
  }
}

const clientOfSession = (run: (sql: string, binds?: readonly Bind[]) => Promise<SnowflakeResult>): SqlClient => {
  const self: SqlClient = {
    engine: 'snowflake',
    query: (sql, binds) => run(sql, binds).then(asObjects),
    execute: (sql, binds) => run(sql, binds).then(result => result.affected),
    transaction: work => work(self),
    close: () => Promise.resolve(),
  }
  return self
}

const refuse = (error: unknown): never => {
  if (error instanceof SnowflakeFailure) {
    const isSlow = isStatementTimeout(error)
    if (isSlow || isCancelled(error) || (error.kind !== 'SERVER' && error.kind !== 'CLIENT')) throw unavailable(error, isSlow)
  }
  throw error
}

const unavailable = (cause: SnowflakeFailure, isSlow: boolean): ControlDatabaseUnavailable =>
  new ControlDatabaseUnavailable(`the control database does not answer: ${cause.message}`, { cause }, isSlow)
