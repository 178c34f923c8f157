import pg from 'pg'
import { explainOldPostgres } from './oldestPostgres.ts'
import { type PostgresAddress, postgresClientOptions } from './postgresClientOptions.ts'
import { explainPostgres } from './postgresRefusal.ts'

export interface PostgresVisit {
  readonly settings: PostgresAddress
  /** Opened with `openSecret`; null: none is kept. */
  readonly password: string | null
  /** Shown in pg_stat_activity. */
  readonly applicationName: string
  /** For everything, from the first packet to the last row. */
  readonly timeoutMs: number
}

/**
 * A session of its own for `work`, closed whatever happens.
 * @throws Error in words that say what to do: see `explainPostgres`
 */
export const withPostgres = async <T>(visit: PostgresVisit, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const { settings, password, applicationName, timeoutMs } = visit
  const client = new pg.Client({
    ...postgresClientOptions(settings, password),
    connectionTimeoutMillis: timeoutMs,
    statement_timeout: timeoutMs,
    application_name: applicationName,
  })
  client.on('error', () => undefined)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('timeout')), timeoutMs)
  })
  try {
    return await Promise.race([visitWith(client, work), late])
  } catch (error) {
    throw new Error(explainPostgres(error, settings), { cause: error })
  } finally {
    clearTimeout(timer)
    // Not waited for: one that no longer answers would not answer this either.
    void client.end().catch(() => undefined)
  }
}

const visitWith = async <T>(client: pg.Client, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  await client.connect()
  const tooOld = await explainOldPostgres(client)
  if (tooOld !== null) throw new Error(tooOld)
  return await work(client)
}
