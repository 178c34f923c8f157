import type { PostgresSettings, SavedConnection, SnowflakeSettings } from '@flakebench/store'

/** What became of the secret that was saved before: it is still of use, it was saved for another address or user, or there is none for this way of signing in. */
export type KeptSecret = 'KEPT' | 'MOVED' | 'NONE'

/** A secret goes to nobody but the one whom it was given for: whoever may change a connection must not be able to have it sent elsewhere. */
export const keptPostgresSecret = (before: SavedConnection | null, now: PostgresSettings): KeptSecret => {
  if (before?.type !== 'POSTGRES' || before.sealedCredentials === null) return 'NONE'
  const old = before.settings
  return isSame(old, now, ['host', 'port', 'user', 'tls', 'ca']) ? 'KEPT' : 'MOVED'
}

/** As for PostgreSQL; besides, a secret is for one way of signing in, and a token file needs none. */
export const keptSnowflakeSecret = (before: SavedConnection | null, now: SnowflakeSettings): KeptSecret => {
  if (before?.type !== 'SNOWFLAKE' || before.sealedCredentials === null) return 'NONE'
  const old = before.settings
  if (old.authenticator !== now.authenticator || now.tokenFile !== null) return 'NONE'
  return isSame(old, now, ['account', 'accessUrl', 'user']) ? 'KEPT' : 'MOVED'
}

const isSame = <S>(old: S, now: S, fields: readonly (keyof S)[]): boolean => fields.every(field => old[field] === now[field])
