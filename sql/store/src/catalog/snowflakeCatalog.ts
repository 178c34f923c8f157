import { performance } from 'node:perf_hooks'
import type { SnowflakeConnection } from '../connection/savedConnection.ts'
import { placesOf } from '../snowflake/names.ts'
import { openSnowflakeSession } from '../snowflake/session.ts'
import { signInOf } from '../snowflake/signInOf.ts'
import type { Catalog, CatalogAccess, CatalogBounds } from './catalog.ts'
import { CatalogGap } from './catalogGap.ts'
import { listSnowflakeDatabases, listSnowflakeSchemas, listSnowflakeWarehouses } from './listSnowflakePlaces.ts'
import { showSnowflakeTables } from './listSnowflakeTables.ts'
import { readSnowflakeTable } from './readSnowflakeTable.ts'
import { namesWith, type ShowSnowflake, showSnowflake } from './showSnowflake.ts'

const NOWHERE = { warehouse: null, database: null, schema: null }

/** What a connection to Snowflake sees. No warehouse is used for any of it. */
export const snowflakeCatalog = (
  connection: SnowflakeConnection,
  { secret, tokenFolder }: CatalogAccess,
  { timeoutMs, mostListed }: CatalogBounds,
): Catalog => {
  const ask = async <T>(work: (show: ShowSnowflake) => Promise<T>): Promise<T> => {
    const startedAtMs = performance.now()
    const signIn = signInOf(connection, secret, NOWHERE, tokenFolder)
    const session = await openSnowflakeSession(signIn, { application: 'flakebench', connectTimeoutMs: timeoutMs })
    try {
      return await work(showSnowflake(session, () => timeoutMs - (performance.now() - startedAtMs)))
    } finally {
      void session.close()
    }
  }
  const { role } = connection.settings
  const who = role === null ? "the connection user's default role" : `the role ${role}`
  const require = (database: string | null): string => {
    if (database === null || database === '') throw new CatalogGap('Choose a database first')
    return database
  }
  const unseen = (what: string, grant: string): CatalogGap =>
    new CatalogGap(`There is no ${what}, or ${who} may not see it: check the name, or grant ${grant}`)
  return {
    listDatabases: search => ask(show => listSnowflakeDatabases(show, search, mostListed)),
    listSchemas: (database, search) =>
      ask(async show => {
        const name = require(database)
        const places = [...new Set(placesOf({ database: name, schema: '' }).map(place => place.database))]
        for (const place of places) {
          const found = await listSnowflakeSchemas(show, place, search, mostListed)
          if (found !== null) return found
        }
        throw unseen(`database ${name}`, 'USAGE on it')
      }),
    listTables: (database, schema, search) =>
      ask(async show => {
        const name = require(database)
        for (const place of placesOf({ database: name, schema })) {
          const found = await showSnowflakeTables(show, place.database, place.schema, namesWith(search), mostListed)
          if (found !== null) return { ...found, rows: found.rows.map(({ table }) => table) }
        }
        throw unseen(`schema ${name}.${schema}`, 'USAGE on it and its database')
      }),
    readTable: place =>
      ask(async show => {
        const found = await readSnowflakeTable(show, { ...place, database: require(place.database) })
        if (found !== null) return found
        throw unseen(
          `table or view ${place.database}.${place.schema}.${place.table}`,
          'USAGE on its database and schema and SELECT on the table',
        )
      }),
    listWarehouses: () => ask(listSnowflakeWarehouses),
    readCapabilities: () => {
      throw new CatalogGap(`The connection "${connection.name}" is not one to PostgreSQL`)
    },
  }
}
