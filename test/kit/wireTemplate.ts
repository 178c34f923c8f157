import { initControlDatabase } from '@flakebench/store'
import { prepareDatabase } from '../snowflake/server/sql/prepareDatabase.ts'
import { startSnowflakeServer } from '../snowflake/server/startSnowflakeServer.ts'
import { asAdmin } from './asAdmin.ts'
import { withDatabase } from './sharedClusters.ts'
import { wireControlUrl } from './wireControlUrl.ts'

const NAME = 'wire_template'

/** A database with the control tables as init-db makes them over Snowflake's protocol: a test's own is a copy of it, which takes a tenth of the time. */
export const makeWireTemplate = async (adminUrl: string): Promise<string> => {
  await asAdmin(adminUrl, admin => admin.query(`CREATE DATABASE ${NAME}`))
  const postgresUrl = withDatabase(adminUrl, NAME)
  await asAdmin(postgresUrl, prepareDatabase)
  const server = await startSnowflakeServer({ postgresUrl })
  try {
    await initControlDatabase(wireControlUrl(server.url))
  } finally {
    await server.close()
  }
  return NAME
}
