import type { SnowflakeConnection, SnowflakeKeyPair } from '../connection/savedConnection.ts'
import type { SnowflakeSignIn } from './signIn.ts'

/** Where a session begins; null: nowhere, or without a warehouse. */
export interface SnowflakePlace {
  readonly warehouse: string | null
  readonly database: string | null
  readonly schema: string | null
}

/**
 * The sign-in of a saved connection.
 * @param secret opened with `openSecret`; null where the connection keeps none
 * @param tokenFolder where its token file may be: see `permittedTokenFile`
 * @throws when the connection's authenticator needs a secret that is not kept, in words that say what to do
 */
export const signInOf = (
  connection: SnowflakeConnection,
  secret: string | null,
  place: SnowflakePlace,
  tokenFolder: string | null,
): SnowflakeSignIn => {
  const { account, user, role, accessUrl } = connection.settings
  return { account, user, role, accessUrl, ...place, auth: authOf(connection, secret, tokenFolder) }
}

const authOf = ({ name, settings }: SnowflakeConnection, secret: string | null, tokenFolder: string | null): SnowflakeSignIn['auth'] => {
  const { authenticator, tokenFile } = settings
  if (authenticator === 'OAUTH' && tokenFile !== null) return { type: 'OAUTH', tokenFile, tokenFolder }
  if (secret === null) throw new Error(`the connection "${name}" keeps no secret for ${authenticator}: save it again with one`)
  switch (authenticator) {
    case 'PASSWORD':
      return { type: 'PASSWORD', password: secret }
    case 'KEY_PAIR':
      return { type: 'KEY_PAIR', ...(JSON.parse(secret) as SnowflakeKeyPair) }
    case 'OAUTH':
      return { type: 'OAUTH', token: secret }
    case 'PAT':
      return { type: 'PAT', token: secret }
  }
}
