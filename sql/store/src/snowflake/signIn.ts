import type { ConnectionOptions } from 'snowflake-sdk'
import { permittedTokenFile } from '../connection/tokenFile.ts'

/**
 * How a session proves who it is. A token file is read anew for each session, because what writes it renews it. Of a saved connection it has to be in
 * the `tokenFolder` (see `permittedTokenFile`); where there is no such field, the operator has named the file.
 */
export type SnowflakeAuth =
  | { readonly type: 'PASSWORD'; readonly password: string }
  /** `privateKey` in PEM; `passphrase` when it is encrypted. */
  | { readonly type: 'KEY_PAIR'; readonly privateKey: string; readonly passphrase: string | null }
  | { readonly type: 'OAUTH' | 'PAT'; readonly token: string }
  | { readonly type: 'OAUTH' | 'PAT'; readonly tokenFile: string; readonly tokenFolder?: string | null }

/** Where a session signs in, and what it works with there. Holds a secret. */
export interface SnowflakeSignIn {
  /** As Snowflake writes it: ORGANISATION-ACCOUNT, or a locator with its region. */
  readonly account: string
  /** May be empty with OAUTH, whose token tells. */
  readonly user: string
  /** Null: the user's default. */
  readonly role: string | null
  /** Null: the user's default, if any. */
  readonly warehouse: string | null
  readonly database: string | null
  readonly schema: string | null
  /** Null: the account's own address. */
  readonly accessUrl: string | null
  readonly auth: SnowflakeAuth
}

/** For people: without a secret. */
export const describeSignIn = (signIn: SnowflakeSignIn): string =>
  [
    `Snowflake account ${signIn.account}`,
    ...(signIn.database === null ? [] : [`database ${signIn.database}`]),
    ...(signIn.warehouse === null ? [] : [`warehouse ${signIn.warehouse}`]),
  ].join(', ')

/** The driver takes a letter, then one to fifty letters, digits and `.-_`. */
const applicationOf = (name: string): string =>
  `x${name}`
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .slice(/^[A-Za-z]./.test(name) ? 1 : 0)
    .slice(0, 51)

/**
 * What the driver is given for one session: a fresh object each time, because the driver changes it.
 * @param application shown in Snowflake's list of sessions
 * @throws Error when its token file may not be read
 */
export const connectionOptions = (signIn: SnowflakeSignIn, application: string): ConnectionOptions => ({
  account: signIn.account,
  ...(signIn.user === '' ? {} : { username: signIn.user }),
  ...named('role', signIn.role),
  ...named('warehouse', signIn.warehouse),
  ...named('database', signIn.database),
  ...named('schema', signIn.schema),
  // The driver puts a path that begins with a slash behind it.
  ...named('accessUrl', signIn.accessUrl?.replace(/\/+$/, '') ?? null),
  ...credentials(signIn.auth),
  application: applicationOf(application),
  // A login that fails is tried again by whoever asked for it, who knows how long it may take.
  sfRetryMaxLoginRetries: 0,
  rowMode: 'array',
  rowStreamHighWaterMark: 1_000,
})

const named = (name: 'role' | 'warehouse' | 'database' | 'schema' | 'accessUrl', value: string | null): ConnectionOptions =>
  value === null ? {} : { [name]: value }

const credentials = (auth: SnowflakeAuth): ConnectionOptions => {
  switch (auth.type) {
    case 'PASSWORD':
      return { password: auth.password }
    case 'KEY_PAIR':
      return {
        authenticator: 'SNOWFLAKE_JWT',
        privateKey: auth.privateKey,
        ...(auth.passphrase === null ? {} : { privateKeyPass: auth.passphrase }),
      }
    case 'OAUTH':
    case 'PAT':
      return {
        authenticator: auth.type === 'OAUTH' ? 'OAUTH' : 'PROGRAMMATIC_ACCESS_TOKEN',
        ...('token' in auth ? { token: auth.token } : { tokenFilePath: tokenFilePath(auth) }),
      }
  }
}

const tokenFilePath = ({ tokenFile, tokenFolder }: Extract<SnowflakeAuth, { tokenFile: string }>): string => {
  if (tokenFolder === undefined) return tokenFile
  try {
    return permittedTokenFile(tokenFile, tokenFolder)
  } catch (error) {
    throw new Error(`the token file ${(error as Error).message}`, { cause: error })
  }
}
