import {
  type ConnectionRecord,
  openSecret,
  openSnowflakeSession,
  readConnection,
  type SavedConnection,
  type SnowflakeConnection,
  type SnowflakeSession,
  type SqlClient,
  signInOf,
} from '@flakebench/store'

/** Where saved connections are, and the key to their secrets. */
export interface ConnectionKeeper {
  readonly db: SqlClient
  /** Base64 of 32 bytes. */
  readonly credentialKey: string
  /** Where the token files of connections are. */
  readonly tokenFolder: string
}

type SnowflakeRecord = Extract<ConnectionRecord, { readonly type: 'SNOWFLAKE' }>

/** The secret of a connection; null: it keeps none. @throws when the key is another one */
export const secretOf = ({ id, sealedCredentials }: SavedConnection, credentialKey: string): string | null =>
  sealedCredentials === null ? null : openSecret(sealedCredentials, id, credentialKey)

/** A session of a saved connection, with no warehouse: for SHOW, which needs none. @throws SnowflakeFailure */
export const openConnectionSession = (
  connection: SnowflakeConnection,
  { credentialKey, tokenFolder }: ConnectionKeeper,
  options: { readonly connectTimeoutMs?: number } = {},
): Promise<SnowflakeSession> =>
  openSnowflakeSession(
    signInOf(connection, secretOf(connection, credentialKey), { warehouse: null, database: null, schema: null }, tokenFolder),
    { application: 'flakebench warehouse', ...options },
  )

/** The saved connection of a run or a request, when it is one to Snowflake; else why not, in words. */
export const readSnowflakeConnection = async ({ db }: ConnectionKeeper, id: string): Promise<SnowflakeRecord | string> => {
  const connection = await readConnection(db, id)
  if (connection === null) return `There is no saved connection with id ${id}`
  return connection.type === 'SNOWFLAKE'
    ? connection
    : `The connection "${connection.name}" is not one to Snowflake, which alone has warehouses`
}
