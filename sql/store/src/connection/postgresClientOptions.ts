import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { ClientConfig } from 'pg'
import type { PostgresSettings } from './savedConnection.ts'

/** What of a saved connection decides how it is reached. */
export type PostgresAddress = Omit<PostgresSettings, 'ca'> & { readonly ca?: string | null }

/**
 * How TLS is spoken with a PostgreSQL: its certificate must come from the connection's own authorities where it has some, and bear the host's name.
 * Null: without TLS. For an address in numbers the name to look for is said here: else Node would look for "localhost".
 */
export const postgresTlsOptions = ({ tls, ca, host }: Pick<PostgresAddress, 'tls' | 'ca' | 'host'>): ConnectionOptions | null =>
  tls === 'OFF'
    ? null
    : { rejectUnauthorized: true, ...(ca == null ? {} : { ca }), ...(isIP(host) === 0 ? { servername: host } : { host }) }

/**
 * What every client of a saved PostgreSQL connection is made with; time limits and names are the caller's to add.
 * @param password opened with `openSecret`; null: none
 */
export const postgresClientOptions = (settings: PostgresAddress, password: string | null): ClientConfig => {
  const { host, port, user, database } = settings
  return {
    host,
    port,
    user,
    database,
    // As a function, so that the driver never looks for one in the environment or in a file.
    password: () => password ?? '',
    ssl: postgresTlsOptions(settings) ?? false,
  }
}
