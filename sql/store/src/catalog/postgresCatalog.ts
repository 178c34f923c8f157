import type pg from 'pg'
import type { PostgresConnection } from '../connection/savedConnection.ts'
import { withPostgres } from '../connection/withPostgres.ts'
import type { Catalog, CatalogBounds } from './catalog.ts'
import { CatalogGap } from './catalogGap.ts'
import { listPostgresDatabases, listPostgresSchemas } from './listPostgresPlaces.ts'
import { listPostgresTables } from './listPostgresTables.ts'
import { mayUsePostgresSchema } from './mayUsePostgresSchema.ts'
import { readPostgresCapabilities } from './readPostgresCapabilities.ts'
import { readPostgresTable } from './readPostgresTable.ts'

/** What a connection to PostgreSQL sees. A database other than its own is asked in a session there. */
export const postgresCatalog = (
  { name, settings }: PostgresConnection,
  password: string | null,
  { timeoutMs, mostListed }: CatalogBounds,
): Catalog => {
  const databaseOf = (database: string | null): string => database ?? settings.database
  const ask = <T>(database: string | null, work: (client: pg.Client) => Promise<T>): Promise<T> =>
    withPostgres(
      { settings: { ...settings, database: databaseOf(database) }, password, applicationName: 'flakebench catalog', timeoutMs },
      work,
    )
  const missingSchema = (database: string | null, schema: string): CatalogGap =>
    new CatalogGap(`There is no schema "${schema}" in the database "${databaseOf(database)}" of "${name}": choose another one`)
  const closedSchema = (schema: string): CatalogGap =>
    new CatalogGap(`"${settings.user}" may not look into the schema "${schema}": grant it USAGE on the schema`)
  const requireSchema = async (client: pg.Client, database: string | null, schema: string): Promise<CatalogGap | null> => {
    const may = await mayUsePostgresSchema(client, schema)
    if (may === null) return missingSchema(database, schema)
    return may ? null : closedSchema(schema)
  }
  return {
    listDatabases: search => ask(null, client => listPostgresDatabases(client, search, mostListed)),
    listSchemas: (database, search) => ask(database, client => listPostgresSchemas(client, search, mostListed)),
    listTables: async (database, schema, search) => {
      const found = await ask(
        database,
        async client => (await requireSchema(client, database, schema)) ?? listPostgresTables(client, schema, search, mostListed),
      )
      if (found instanceof CatalogGap) throw found
      return found
    },
    readTable: async ({ database, schema, table }) => {
      const found = await ask(
        database,
        async client => (await requireSchema(client, database, schema)) ?? readPostgresTable(client, schema, table),
      )
      if (found instanceof CatalogGap) throw found
      if (found !== null) return found
      throw new CatalogGap(`There is no table or view ${schema}.${table} in the database "${databaseOf(database)}": check its name`)
    },
    listWarehouses: () => {
      throw new CatalogGap(`The connection "${name}" is not one to Snowflake, which alone has warehouses`)
    },
    readCapabilities: database => ask(database, readPostgresCapabilities),
  }
}
