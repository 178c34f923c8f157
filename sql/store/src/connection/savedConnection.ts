import { flag, json, number, text, textOrNull } from '../client/columns.ts'
import type { Row, SqlClient } from '../client/sqlClient.ts'
import { keepOneDefault } from './defaultConnection.ts'

/** How to reach and sign in to a system under test; the secret apart, sealed. */
export type SavedConnection = PostgresConnection | SnowflakeConnection

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
  /** PEM: the authorities that its certificate must come from; null: those that this machine trusts. */
  readonly ca: string | null
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

/** A saved connection with what the table knows of it besides. */
export type ConnectionRecord = SavedConnection & {
  /** Taken for templates of its type that name none. */
  readonly isDefault: boolean
  /** Goes up with each change. */
  readonly version: number
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

export interface SnowflakeKeyPair {
  /** PEM, PKCS #8. */
  readonly privateKey: string
  readonly passphrase: string | null
}

/** Rows from before there was a setting lack it. */
const POSTGRES_DEFAULTS = { ca: null } satisfies Partial<PostgresSettings>

/** Type and settings are written together, so they belong together. */
const toConnection = (row: Row): ConnectionRecord => {
  const type = text(row, 'connection_type')
  const settings = json<object>(row, 'settings')
  return {
    id: text(row, 'connection_id'),
    name: text(row, 'connection_name'),
    type,
    settings: type === 'POSTGRES' ? { ...POSTGRES_DEFAULTS, ...settings } : settings,
    sealedCredentials: textOrNull(row, 'credentials'),
    isDefault: flag(row, 'is_default'),
    version: number(row, 'version'),
    createdAtMs: number(row, 'created_at'),
    updatedAtMs: number(row, 'updated_at'),
  } as ConnectionRecord
}

const COLUMNS = 'connection_id, connection_name, connection_type, settings, credentials, is_default, version, created_at, updated_at'

export const readConnection = async (db: SqlClient, id: string): Promise<ConnectionRecord | null> => {
  const [row] = await db.query(`SELECT ${COLUMNS} FROM connections WHERE connection_id = ?`, [id])
  return row === undefined ? null : toConnection(row)
}

export const readConnectionByName = async (db: SqlClient, name: string): Promise<ConnectionRecord | null> => {
  const [row] = await db.query(`SELECT ${COLUMNS} FROM connections WHERE connection_name = ?`, [name])
  return row === undefined ? null : toConnection(row)
}

export const listConnections = async (db: SqlClient): Promise<ConnectionRecord[]> =>
  (await db.query(`SELECT ${COLUMNS} FROM connections ORDER BY connection_name`)).map(toConnection)

/** Replaces a connection that is still of the version it was read with. False: it was changed meanwhile, or is gone. */
export const updateConnection = async (db: SqlClient, connection: SavedConnection, version: number): Promise<boolean> => {
  const { id, name, type, settings, sealedCredentials } = connection
  const changed = await db.execute(
    `UPDATE connections
     SET connection_name = ?, connection_type = ?, settings = PARSE_JSON(?), credentials = ?, version = version + 1, updated_at = CURRENT_TIMESTAMP
     WHERE connection_id = ? AND version = ?`,
    [name, type, JSON.stringify(settings), sealedCredentials, id, version],
  )
  return changed > 0
}

/** Saves a connection under its id, new or not. The first of its type becomes the default of it. */
export const putConnection = async (db: SqlClient, connection: SavedConnection): Promise<void> => {
  const isFirst = await db.transaction(async tx => {
    const values = [connection.name, connection.type, JSON.stringify(connection.settings), connection.sealedCredentials]
    const changed = await tx.execute(
      `UPDATE connections
       SET connection_name = ?, connection_type = ?, settings = PARSE_JSON(?), credentials = ?, version = version + 1, updated_at = CURRENT_TIMESTAMP
       WHERE connection_id = ?`,
      [...values, connection.id],
    )
    if (changed > 0) return false
    const [other] = await tx.query('SELECT connection_id FROM connections WHERE connection_type = ? LIMIT 1', [connection.type])
    await tx.execute(
      'INSERT INTO connections (connection_name, connection_type, settings, credentials, connection_id, is_default) SELECT ?, ?, PARSE_JSON(?), ?, ?, ?',
      [...values, connection.id, other === undefined],
    )
    return other === undefined
  })
  if (isFirst) await keepOneDefault(db, connection.type)
}
