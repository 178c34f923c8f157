import type { TableType, WarehouseState } from '@flakebench/contract'

export interface CatalogDatabase {
  readonly name: string
  readonly comment: string | null
}

export type CatalogSchema = CatalogDatabase

export interface CatalogTable {
  readonly name: string
  /** As templates say it: of PostgreSQL, views too are POSTGRES. */
  readonly tableType: TableType
  /** As the database estimates it; null: not known. */
  readonly rowEstimate: number | null
  readonly bytes: number | null
  readonly comment: string | null
}

export interface CatalogColumn {
  readonly name: string
  /** The engine's own name of the type. */
  readonly type: string
  readonly nullable: boolean
  readonly isKey: boolean
  readonly hasDefault: boolean
  readonly comment: string | null
}

export interface CatalogTableDetails {
  readonly database: string | null
  readonly schema: string
  readonly table: CatalogTable
  readonly columns: readonly CatalogColumn[]
  /** Of the primary or clustering key, in order. */
  readonly keyColumns: readonly string[]
  /** What a benchmark of it should know, in sentences. */
  readonly hints: readonly string[]
}

/** A table by its names. */
export interface CatalogPlace {
  readonly database: string | null
  readonly schema: string
  readonly table: string
}

export interface PostgresCapabilities {
  readonly version: string
  readonly hasStatementStatistics: boolean
  readonly tracksIoTiming: boolean
  readonly maxConnections: number
  /** As far as the role may see; null: not at all. */
  readonly connectionsInUse: number | null
  readonly isSuperuser: boolean
  readonly isReadOnly: boolean
  /** What is missing, and what that costs. */
  readonly hints: readonly string[]
}

/**
 * What a saved connection sees. Each question takes a session of its own, and 15 s at most.
 * All throw: `CatalogGap` for what is not there, SnowflakeFailure, or Error in words that say what to do.
 */
export interface Catalog {
  listDatabases(): Promise<readonly CatalogDatabase[]>
  /** @param database null: the connection's own, of PostgreSQL */
  listSchemas(database: string | null): Promise<readonly CatalogSchema[]>
  listTables(database: string | null, schema: string): Promise<readonly CatalogTable[]>
  readTable(place: CatalogPlace): Promise<CatalogTableDetails>
  /** Of Snowflake. */
  listWarehouses(): Promise<readonly WarehouseState[]>
  /** Of PostgreSQL. */
  readCapabilities(database: string | null): Promise<PostgresCapabilities>
}

/** How secrets of connections are had. */
export interface CatalogAccess {
  /** Opened with `openSecret`; null: none is kept. */
  readonly secret: string | null
  /** See `permittedTokenFile`. */
  readonly tokenFolder: string | null
}

/** More than anybody can choose from; what is beyond is left out. */
export const MOST_LISTED = 10_000
