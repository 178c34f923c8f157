import type { PostgresConnection, SavedConnection, SnowflakeConnection } from '../connection/savedConnection.ts'
import type { Catalog, CatalogAccess } from './catalog.ts'
import { postgresCatalog } from './postgresCatalog.ts'
import { snowflakeCatalog } from './snowflakeCatalog.ts'

export const CATALOG_TIMEOUT_MS = 15_000

export const catalogOf = (connection: SavedConnection, access: CatalogAccess): Catalog =>
  connection.type === 'POSTGRES'
    ? postgresCatalog(connection as PostgresConnection, access.secret, CATALOG_TIMEOUT_MS)
    : snowflakeCatalog(connection as SnowflakeConnection, access, CATALOG_TIMEOUT_MS)
