import type pg from 'pg'
import type { PostgresCapabilities } from './catalog.ts'

interface Facts {
  readonly version: string
  readonly io: boolean
  readonly most: number
  readonly used: number | null
  readonly superuser: boolean
  readonly readonly: boolean
  /** Of pg_stat_statements, quoted; null: it is not installed in this database. */
  readonly schema: string | null
}

/** ⚠ Of the sessions of others, what kind they are is hidden; that they have a database is not. */
const FACTS = `
SELECT current_setting('server_version') AS version, current_setting('track_io_timing')::boolean AS io, current_setting('max_connections')::int AS most,
  (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend' OR (backend_type IS NULL AND datid IS NOT NULL)) AS used,
  current_setting('is_superuser')::boolean AS superuser, current_setting('transaction_read_only')::boolean AS readonly,
  (SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements') AS schema`

/** Of free connections, as many are few. */
const FEW_CONNECTIONS = 20

/** What the server and the database of a session offer to a benchmark. */
export const readPostgresCapabilities = async (client: pg.Client): Promise<PostgresCapabilities> => {
  const [facts] = (await client.query<Facts>(FACTS)).rows as [Facts]
  const statistics = facts.schema === null ? 'NOT_INSTALLED' : await lookAtStatistics(client, facts.schema)
  return {
    version: facts.version,
    hasStatementStatistics: statistics === 'THERE',
    tracksIoTiming: facts.io,
    maxConnections: facts.most,
    connectionsInUse: facts.used,
    isSuperuser: facts.superuser,
    isReadOnly: facts.readonly,
    hints: hintsOf(facts, statistics, client.database ?? ''),
  }
}

type Statistics = 'THERE' | 'NOT_INSTALLED' | 'NOT_LOADED'

/** It is installed, but answers only when the server was started with it. */
const lookAtStatistics = async (client: pg.Client, schema: string): Promise<Statistics> => {
  try {
    await client.query(`SELECT 1 FROM ${schema}.pg_stat_statements LIMIT 1`)
    return 'THERE'
  } catch (error) {
    if (!/shared_preload_libraries/.test((error as Error).message)) throw error
    return 'NOT_LOADED'
  }
}

const hintsOf = ({ io, most, used, superuser, readonly }: Facts, statistics: Statistics, database: string): string[] => {
  const free = used === null ? most : most - used
  const hints: readonly (readonly [boolean, string])[] = [
    [
      statistics === 'NOT_INSTALLED',
      `There is no pg_stat_statements in "${database}": runs get no figures of the server itself. Run CREATE EXTENSION pg_stat_statements there.`,
    ],
    [
      statistics === 'NOT_LOADED',
      'pg_stat_statements is not loaded: runs get no figures of the server itself. Add it to shared_preload_libraries and restart.',
    ],
    [!io, 'track_io_timing is off: how long reading from disk takes is not known.'],
    [readonly, 'It is read-only, as a standby is: give the mix no writes.'],
    [free < FEW_CONNECTIONS, `Only ${free} of ${most} connections are free: a run of more than that fails.`],
    [superuser, 'The role is a superuser: reading and writing the table is all that a benchmark needs.'],
  ]
  return hints.flatMap(([applies, words]) => (applies ? [words] : []))
}
