import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { asAdmin } from '../../kit/freshDatabase.ts'
import { sharedClusters, TEST_DATABASE_PREFIX } from '../../kit/sharedClusters.ts'
import { prepareDatabase } from '../server/sql/prepareDatabase.ts'
import { type SnowflakeServer, type SnowflakeServerOptions, startSnowflakeServer } from '../server/startSnowflakeServer.ts'

export interface FreshSnowflake {
  readonly server: SnowflakeServer
  /** Of the PostgreSQL database under it, as its superuser. */
  readonly postgresUrl: string
  /** Closes the server and drops the database. May be called twice. */
  drop(): Promise<void>
}

/**
 * A wire server over a PostgreSQL database of its own, with database BENCH (schema PUBLIC). Called in a test, it is dropped when the test ends;
 * called in a hook for a whole file, its `drop` belongs into `afterAll`.
 */
export const freshSnowflake = async (options: Omit<SnowflakeServerOptions, 'postgresUrl'> = {}): Promise<FreshSnowflake> => {
  const { controlAdminUrl } = sharedClusters()
  const name = `${TEST_DATABASE_PREFIX}${randomBytes(6).toString('hex')}`
  await asAdmin(controlAdminUrl, admin => admin.query(`CREATE DATABASE ${name}`))
  const url = new URL(controlAdminUrl)
  url.pathname = `/${name}`
  const postgresUrl = url.href
  const client = new pg.Client({ connectionString: postgresUrl })
  await client.connect()
  await prepareDatabase(client).finally(() => client.end())
  const server = await startSnowflakeServer({ postgresUrl, ...options })
  await server.createDatabase('BENCH')
  let dropping: Promise<void> | undefined
  const drop = (): Promise<void> => {
    dropping ??= server
      .close()
      .then(() => asAdmin(controlAdminUrl, async admin => void (await admin.query(`DROP DATABASE ${name} WITH (FORCE)`))))
    return dropping
  }
  try {
    onTestFinished(drop, 60_000)
  } catch {
    // Not in a test but in a hook of a file, whose `afterAll` drops it.
  }
  return { server, postgresUrl, drop }
}
