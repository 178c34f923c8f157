import type { ConnectionRecord, SavedConnection } from '@flakebench/store'
import type { Connection } from './connection.type.ts'

/** Field by field, so that nothing that is kept beside them gets out. */
export const toConnection = (saved: ConnectionRecord): Connection => ({
  id: saved.id,
  name: saved.name,
  type: saved.type,
  hasSecret: saved.sealedCredentials !== null,
  isDefault: saved.isDefault,
  createdAt: new Date(saved.createdAtMs),
  updatedAt: new Date(saved.updatedAtMs),
  postgres: saved.type === 'POSTGRES' ? postgresOf(saved.settings) : null,
  snowflake: saved.type === 'SNOWFLAKE' ? snowflakeOf(saved.settings) : null,
})

const postgresOf = ({ host, port, user, database, tls, ca }: Extract<SavedConnection, { type: 'POSTGRES' }>['settings']) => ({
  host,
  port,
  user,
  database,
  tls,
  ca,
})

const snowflakeOf = ({
  account,
  user,
  role,
  authenticator,
  accessUrl,
  tokenFile,
}: Extract<SavedConnection, { type: 'SNOWFLAKE' }>['settings']) => ({
  account,
  user,
  role,
  authenticator,
  accessUrl,
  tokenFile,
})
