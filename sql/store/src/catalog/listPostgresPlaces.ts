import type pg from 'pg'
import { type CatalogDatabase, type CatalogList, type CatalogSchema, cutAt } from './catalog.ts'

/** Databases that the role may connect to. */
export const listPostgresDatabases = async (
  client: pg.Client,
  search: string | null,
  most: number,
): Promise<CatalogList<CatalogDatabase>> =>
  cutAt(
    (
      await client.query<CatalogDatabase>(
        `SELECT datname AS name, shobj_description(oid, 'pg_database') AS comment FROM pg_database
         WHERE datallowconn AND NOT datistemplate AND has_database_privilege(oid, 'CONNECT') AND ${hasInName('datname', '$1')} ORDER BY datname LIMIT $2`,
        [search, most + 1],
      )
    ).rows,
    most,
  )

/** Schemas that the role may use, without those of PostgreSQL itself. */
export const listPostgresSchemas = async (client: pg.Client, search: string | null, most: number): Promise<CatalogList<CatalogSchema>> =>
  cutAt(
    (
      await client.query<CatalogSchema>(
        `SELECT nspname AS name, obj_description(oid, 'pg_namespace') AS comment FROM pg_namespace
         WHERE nspname <> 'information_schema' AND nspname !~ '^pg_' AND has_schema_privilege(oid, 'USAGE') AND ${hasInName('nspname', '$1')}
         ORDER BY nspname LIMIT $2`,
        [search, most + 1],
      )
    ).rows,
    most,
  )

/** A condition: the name has the text in it, whatever the case; no character of it is a pattern. */
export const hasInName = (column: string, search: string): string =>
  `(${search}::text IS NULL OR strpos(lower(${column}::text), lower(${search})) > 0)`
