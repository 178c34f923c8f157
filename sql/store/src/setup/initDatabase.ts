import pg from 'pg'
import { DEFAULT_SCHEMA } from '../client/controlDatabaseOptions.ts'
import { forPostgres, portableStatements, postgresCompatStatements, postgresStatements } from './schemaFiles.ts'

/** Any number will do, as long as every FlakeBench uses the same. */
const INIT_LOCK = 40_310_611

/**
 * Applies the control schema to a PostgreSQL database; rerunnable, and safe when two do it at once. What exists stays as it is.
 * @throws the database's own error when the role may not create schemas or tables
 */
export const initPostgres = async (url: string, schema: string = DEFAULT_SCHEMA): Promise<void> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, application_name: 'flakebench init-db' })
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock($1)', [INIT_LOCK])
    await client.query('SET LOCAL client_min_messages = warning')
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`)
    await client.query(`SET LOCAL search_path = ${schema}`)
    for (const statement of postgresCompatStatements()) await client.query(statement)
    for (const statement of portableStatements().flatMap(forPostgres)) await client.query(statement)
    for (const statement of postgresStatements()) await client.query(statement)
    await client.query('COMMIT')
  } finally {
    await client.end()
  }
}

/** Creates the database when it is missing. @param adminUrl of a database that exists on the same server */
export const createPostgresDatabase = async (adminUrl: string, name: string): Promise<void> => {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${name}`)
  } finally {
    await client.end()
  }
}
