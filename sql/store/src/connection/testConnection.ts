import { performance } from 'node:perf_hooks'
import pg from 'pg'
import { openSnowflakeSession } from '../snowflake/session.ts'
import { signInOf } from '../snowflake/signInOf.ts'
import type { PostgresConnection, PostgresSettings, SavedConnection, SnowflakeConnection } from './savedConnection.ts'

/** What a sign-in with a saved connection found. */
export interface ConnectionFinding {
  /** Fastest round trip of the cheapest statement. */
  readonly roundTripMs: number
  /** The database's own version. */
  readonly version: string
  /** Who is signed in where, in words. */
  readonly words: string
}

const TIMEOUT_MS = 15_000
const TRIES = 3

/**
 * Signs in with a saved connection, asks the database who we are there, and leaves. Uses no warehouse.
 * @param secret opened with `openSecret`; null where the connection keeps none
 * @param tokenFolder where its token file may be: see `permittedTokenFile`
 * @throws what the database or its driver says; of PostgreSQL in words that name the address
 */
export const testConnection = (
  connection: SavedConnection,
  secret: string | null,
  tokenFolder: string | null,
): Promise<ConnectionFinding> =>
  connection.type === 'POSTGRES' ? testPostgres(connection, secret) : testSnowflake(connection, secret, tokenFolder)

const testPostgres = async ({ settings }: PostgresConnection, password: string | null): Promise<ConnectionFinding> => {
  const { host, port, user, database, tls } = settings
  const client = new pg.Client({
    host,
    port,
    user,
    database,
    // As a function, so that the driver never looks for one in the environment or in a file.
    password: () => password ?? '',
    ssl: tls === 'VERIFY',
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
    application_name: 'flakebench test of a connection',
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const roundTripMs = await fastest(() => client.query('SELECT 1'))
    const { rows } = await client.query<{ version: string; role: string; database: string }>(
      "SELECT current_setting('server_version') AS version, current_user AS role, current_database() AS database",
    )
    const [found] = rows
    return { roundTripMs, version: found?.version ?? '', words: `Signed in as ${found?.role} to the database ${found?.database}` }
  } catch (error) {
    throw new Error(explain(error, settings), { cause: error })
  } finally {
    await client.end().catch(() => undefined)
  }
}

const fastest = async (send: () => Promise<unknown>): Promise<number> => {
  let bestMs = Number.POSITIVE_INFINITY
  for (let i = 0; i < TRIES; i++) {
    const sentAtMs = performance.now()
    await send()
    bestMs = Math.min(bestMs, performance.now() - sentAtMs)
  }
  return bestMs
}

const explain = (error: unknown, { host, port, user, database, tls }: PostgresSettings): string => {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  const at = `${host}:${port}`
  if (code === 'ECONNREFUSED') return `nothing answers at ${at}: is the database running there, and is the port right?`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `there is no host "${host}": check its name`
  if (/timeout|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/i.test(`${code} ${message}`))
    return `${at} does not answer: check the address, and firewalls in between`
  if (code === '28P01') return `the password for "${user}" is not right`
  if (code === '28000') return `the database refuses "${user}": ${message}`
  if (code === '3D000') return `there is no database "${database}" at ${at}`
  if (/does not support SSL/i.test(message)) return `${at} offers no TLS: set tls to OFF, if the way there is safe without`
  if (tls === 'VERIFY' && /certificate|self.signed|altnames/i.test(message)) return `the certificate of ${at} is not trusted: ${message}`
  return message || code || 'no reason was given'
}

const testSnowflake = async (
  connection: SnowflakeConnection,
  secret: string | null,
  tokenFolder: string | null,
): Promise<ConnectionFinding> => {
  const signIn = signInOf(connection, secret, { warehouse: null, database: null, schema: null }, tokenFolder)
  const session = await openSnowflakeSession(signIn, { application: 'flakebench', connectTimeoutMs: TIMEOUT_MS })
  try {
    const ask = () => session.execute('SELECT CURRENT_VERSION(), CURRENT_USER(), CURRENT_ROLE()', [], { deadlineMs: TIMEOUT_MS })
    const [version, user, role] = (await ask()).rows[0] ?? []
    const roundTripMs = await fastest(ask)
    const as = role == null ? 'without a role' : `with the role ${String(role)}`
    return { roundTripMs, version: String(version), words: `Signed in to ${signIn.account} as ${String(user)} ${as}` }
  } finally {
    await session.close()
  }
}
