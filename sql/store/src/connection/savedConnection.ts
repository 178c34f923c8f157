import { json, text, textOrNull } from '../client/columns.ts'
import type { Row, SqlClient } from '../client/sqlClient.ts'

/** How to reach and sign in to a system under test; the secret apart, sealed. */
export type SavedConnection = PostgresConnection | SnowflakeConnection
export const CONNECTION_TYPES = ['POSTGRES', 'SNOWFLAKE'] as const
export type ConnectionType = (typeof CONNECTION_TYPES)[number]

interface Saved {
  readonly id: string
  readonly name: string
  /** See `openSecret`; null: none. */
  readonly sealedCredentials: string | null
}

export interface PostgresConnection extends Saved {
  readonly type: 'POSTGRES'
  readonly settings: PostgresSettings
}

export interface SnowflakeConnection extends Saved {
  readonly type: 'SNOWFLAKE'
  readonly settings: SnowflakeSettings
}

/** The sealed secret is the password. */
export interface PostgresSettings {
  readonly host: string
  readonly port: number
  readonly user: string
  /** Used when the template names none. */
  readonly database: string
  readonly tls: PostgresTls
}

/** VERIFY checks the server's certificate; OFF is for loopback. */
export const POSTGRES_TLS = ['OFF', 'VERIFY'] as const
export type PostgresTls = (typeof POSTGRES_TLS)[number]

export const SNOWFLAKE_AUTHENTICATORS = ['PASSWORD', 'KEY_PAIR', 'OAUTH', 'PAT'] as const
export type SnowflakeAuthenticator = (typeof SNOWFLAKE_AUTHENTICATORS)[number]

/** The sealed secret is the password, the token, or for KEY_PAIR JSON of `SnowflakeKeyPair`. Warehouse, database and schema are the template's. */
export interface SnowflakeSettings {
  /** As `organisation-account`, without the domain. */
  readonly account: string
  readonly user: string
  /** Null: the user's default role. */
  readonly role: string | null
  readonly authenticator: SnowflakeAuthenticator
  /** OAUTH: a file with the token, read anew for each session (see `permittedTokenFile`); null: the token is sealed. */
  readonly tokenFile: string | null
  /** Null: the account's own address. */
  readonly accessUrl: string | null
}

export interface SnowflakeKeyPair {
  /** PEM, PKCS #8. */
  readonly privateKey: string
  readonly passphrase: string | null
}

/** Type and settings are written together, so they belong together. */
const toConnection = (row: Row): SavedConnection =>
  ({
    id: text(row, 'connection_id'),
    name: text(row, 'connection_name'),
    type: text(row, 'connection_type'),
    settings: json(row, 'settings'),
    sealedCredentials: textOrNull(row, 'credentials'),
  }) as SavedConnection

const COLUMNS = 'connection_id, connection_name, connection_type, settings, credentials'

export const readConnection = async (db: SqlClient, id: string): Promise<SavedConnection | null> => {
  const [row] = await db.query(`SELECT ${COLUMNS} FROM connections WHERE connection_id = ?`, [id])
  return row === undefined ? null : toConnection(row)
}

export const readConnectionByName = async (db: SqlClient, name: string): Promise<SavedConnection | null> => {
  const [row] = await db.query(`SELECT ${COLUMNS} FROM connections WHERE connection_name = ?`, [name])
  return row === undefined ? null : toConnection(row)
}

export const listConnections = async (db: SqlClient): Promise<SavedConnection[]> =>
  (await db.query(`SELECT ${COLUMNS} FROM connections ORDER BY connection_name`)).map(toConnection)

/** Saves a connection under its id, new or not. */
export const putConnection = (db: SqlClient, connection: SavedConnection): Promise<void> =>
  db.transaction(async tx => {
    const values = [connection.name, connection.type, JSON.stringify(connection.settings), connection.sealedCredentials]
    const changed = await tx.execute(
      `UPDATE connections
       SET connection_name = ?, connection_type = ?, settings = PARSE_JSON(?), credentials = ?, version = version + 1, updated_at = CURRENT_TIMESTAMP
       WHERE connection_id = ?`,
      [...values, connection.id],
    )
    if (changed === 0) {
      await tx.execute(
        'INSERT INTO connections (connection_name, connection_type, settings, credentials, connection_id) SELECT ?, ?, PARSE_JSON(?), ?, ?',
        [...values, connection.id],
      )
    }
  })
