import type { PostgresConnection, SavedConnection, SnowflakeConnection } from '../connection/savedConnection.ts'
import { type Catalog, type CatalogAccess, MOST_LISTED } from './catalog.ts'
import { postgresCatalog } from './postgresCatalog.ts'
import { snowflakeCatalog } from './snowflakeCatalog.ts'

export const CATALOG_TIMEOUT_MS = 15_000

/** @param mostListed of databases, schemas or tables */
export const catalogOf = (connection: SavedConnection, access: CatalogAccess, mostListed = MOST_LISTED): Catalog =>
  connection.type === 'POSTGRES'
    ? postgresCatalog(connection as PostgresConnection, access.secret, { timeoutMs: CATALOG_TIMEOUT_MS, mostListed })
    : snowflakeCatalog(connection as SnowflakeConnection, access, { timeoutMs: CATALOG_TIMEOUT_MS, mostListed })
