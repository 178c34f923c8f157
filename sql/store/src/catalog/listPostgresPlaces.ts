import type pg from 'pg'
import { type CatalogDatabase, type CatalogSchema, MOST_LISTED } from './catalog.ts'

/** Databases that the role may connect to. */
export const listPostgresDatabases = async (client: pg.Client): Promise<CatalogDatabase[]> =>
  (
    await client.query<CatalogDatabase>(
      `SELECT datname AS name, shobj_description(oid, 'pg_database') AS comment FROM pg_database
       WHERE datallowconn AND NOT datistemplate AND has_database_privilege(oid, 'CONNECT') ORDER BY datname LIMIT ${MOST_LISTED}`,
    )
  ).rows

/** Schemas that the role may use, without those of PostgreSQL itself. */
export const listPostgresSchemas = async (client: pg.Client): Promise<CatalogSchema[]> =>
  (
    await client.query<CatalogSchema>(
      `SELECT nspname AS name, obj_description(oid, 'pg_namespace') AS comment FROM pg_namespace
       WHERE nspname <> 'information_schema' AND nspname !~ '^pg_' AND has_schema_privilege(oid, 'USAGE') ORDER BY nspname LIMIT ${MOST_LISTED}`,
    )
  ).rows
