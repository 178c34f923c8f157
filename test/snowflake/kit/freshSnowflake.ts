import { asAdmin } from '../../kit/asAdmin.ts'
import { dropAfterTest, once } from '../../kit/dropAfterTest.ts'
import { newDatabaseName, sharedClusters, withDatabase } from '../../kit/sharedClusters.ts'
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
 * @param clusterUrl where to make the database; on the cluster of the control databases when left out
 */
export const freshSnowflake = async (
  options: Omit<SnowflakeServerOptions, 'postgresUrl'> = {},
  clusterUrl: string = sharedClusters().controlAdminUrl,
): Promise<FreshSnowflake> => {
  const name = newDatabaseName()
  await asAdmin(clusterUrl, admin => admin.query(`CREATE DATABASE ${name}`))
  const postgresUrl = withDatabase(clusterUrl, name)
  await asAdmin(postgresUrl, prepareDatabase)
  const server = await startSnowflakeServer({ postgresUrl, ...options })
  await server.createDatabase('BENCH')
  const drop = once(async () => {
    await server.close()
    await asAdmin(clusterUrl, admin => admin.query(`DROP DATABASE ${name} WITH (FORCE)`))
  })
  dropAfterTest(drop)
  return { server, postgresUrl, drop }
}
