import { performance } from 'node:perf_hooks'
import type { PostgresCapabilities } from '../catalog/catalog.ts'
import { readPostgresCapabilities } from '../catalog/readPostgresCapabilities.ts'
import { openSnowflakeSession } from '../snowflake/session.ts'
import { signInOf } from '../snowflake/signInOf.ts'
import type { PostgresConnection, SavedConnection, SnowflakeConnection } from './savedConnection.ts'
import { withPostgres } from './withPostgres.ts'

/** What a sign-in with a saved connection found. */
export interface ConnectionFinding {
  /** Fastest round trip of the cheapest statement. */
  readonly roundTripMs: number
  /** The database's own version. */
  readonly version: string
  /** Who is signed in where, in words. */
  readonly words: string
  /** Null: it is no PostgreSQL. */
  readonly postgres: PostgresCapabilities | null
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

const testPostgres = ({ settings }: PostgresConnection, password: string | null): Promise<ConnectionFinding> =>
  withPostgres({ settings, password, applicationName: 'flakebench test of a connection', timeoutMs: TIMEOUT_MS }, async client => {
    const roundTripMs = await fastest(() => client.query('SELECT 1'))
    const { rows } = await client.query<{ role: string; database: string }>('SELECT current_user AS role, current_database() AS database')
    const postgres = await readPostgresCapabilities(client)
    const [found] = rows
    return { roundTripMs, version: postgres.version, words: `Signed in as ${found?.role} to the database ${found?.database}`, postgres }
  })

const fastest = async (send: () => Promise<unknown>): Promise<number> => {
  let bestMs = Number.POSITIVE_INFINITY
  for (let i = 0; i < TRIES; i++) {
    const sentAtMs = performance.now()
    await send()
    bestMs = Math.min(bestMs, performance.now() - sentAtMs)
  }
  return bestMs
}

const testSnowflake = async (
  connection: SnowflakeConnection,
  secret: string | null,
  tokenFolder: string | null,
): Promise<ConnectionFinding> => {
  const signIn = signInOf(connection, secret, { warehouse: null, database: null, schema: null }, tokenFolder)
  const startedAtMs = performance.now()
  const leftMs = (): number => Math.max(1, TIMEOUT_MS - (performance.now() - startedAtMs))
  const session = await openSnowflakeSession(signIn, { application: 'flakebench', connectTimeoutMs: TIMEOUT_MS })
  try {
    const ask = () => session.execute('SELECT CURRENT_VERSION(), CURRENT_USER(), CURRENT_ROLE()', [], { deadlineMs: leftMs() })
    const [version, user, role] = (await ask()).rows[0] ?? []
    const roundTripMs = await fastest(ask)
    const as = role == null ? 'without a role' : `with the role ${String(role)}`
    return { roundTripMs, version: String(version), words: `Signed in to ${signIn.account} as ${String(user)} ${as}`, postgres: null }
  } finally {
    await session.close()
  }
}
