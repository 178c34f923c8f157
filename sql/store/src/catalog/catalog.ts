import type { LookupKey, TableType, WarehouseState } from '@flakebench/contract'

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
  /** Of PostgreSQL an estimate too: as the last ANALYZE or VACUUM saw it. Null: not known. */
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
  /** Of the primary key, else of the unique one that lookups use, in order; empty: it has neither. */
  readonly keyColumns: readonly string[]
  /** Of Snowflake's clustering key, in order, without expressions. */
  readonly clusteringColumns: readonly string[]
  /** Null: it has no columns. */
  readonly lookup: CatalogLookup | null
  /** What a benchmark of it should know, in sentences. */
  readonly hints: readonly string[]
}

/** How lookups, range scans and updates choose rows. */
export interface CatalogLookup extends LookupKey {
  /** An index begins with the column; null: what it is has no indexes. */
  readonly hasIndex: boolean | null
}

/** What is listed, in the order of names. */
export interface CatalogList<Row> {
  readonly rows: readonly Row[]
  /** There are more than are listed: narrow it by a part of the name. */
  readonly isCut: boolean
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
 * What a saved connection sees. Each question takes a session of its own, and 15 s at most. `search`: only names that have it in them, in upper or lower
 * case; null: all.
 * All throw: `CatalogGap` for what is not there, SnowflakeFailure, or Error in words that say what to do.
 */
export interface Catalog {
  listDatabases(search: string | null): Promise<CatalogList<CatalogDatabase>>
  /** @param database null: the connection's own, of PostgreSQL */
  listSchemas(database: string | null, search: string | null): Promise<CatalogList<CatalogSchema>>
  listTables(database: string | null, schema: string, search: string | null): Promise<CatalogList<CatalogTable>>
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

/** Of one question. */
export interface CatalogBounds {
  readonly timeoutMs: number
  readonly mostListed: number
}

/** More than anybody can choose from, and as many as Snowflake shows; what is beyond is left out. */
export const MOST_LISTED = 10_000

/** @param rows one more than `most` where there are more @param isCut there are more all the same */
export const cutAt = <Row>(rows: readonly Row[], most: number, isCut = false): CatalogList<Row> => ({
  rows: rows.slice(0, most),
  isCut: isCut || rows.length > most,
})
