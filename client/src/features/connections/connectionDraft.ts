import type { ConnectionInput, SavedConnection } from '../../api/documents/connectionDocuments.ts'
import type { FieldProblem } from '../../ui/words/problems.ts'

export type ConnectionType = SavedConnection['type']
type PostgresTls = NonNullable<SavedConnection['postgres']>['tls']
export type Authenticator = NonNullable<SavedConnection['snowflake']>['authenticator']

/** A connection while it is being written: every input holds text. */
export interface ConnectionDraft {
  name: string
  type: ConnectionType
  postgres: { host: string; port: string; user: string; database: string; tls: PostgresTls | 'BY_HOST'; password: string }
  snowflake: {
    account: string
    user: string
    role: string
    authenticator: Authenticator
    accessUrl: string
    password: string
    privateKey: string
    privateKeyPassphrase: string
    token: string
    tokenFile: string
  }
}

/** What a form starts with: the connection that it changes, without its secrets, or nothing. */
export const draftOf = (connection: SavedConnection | null): ConnectionDraft => {
  const { postgres = null, snowflake = null } = connection ?? {}
  return {
    name: connection?.name ?? '',
    type: connection?.type ?? 'SNOWFLAKE',
    postgres: {
      host: postgres?.host ?? '',
      port: String(postgres?.port ?? 5432),
      user: postgres?.user ?? '',
      database: postgres?.database ?? '',
      tls: postgres?.tls ?? 'BY_HOST',
      password: '',
    },
    snowflake: {
      account: snowflake?.account ?? '',
      user: snowflake?.user ?? '',
      role: snowflake?.role ?? '',
      authenticator: snowflake?.authenticator ?? 'KEY_PAIR',
      accessUrl: snowflake?.accessUrl ?? '',
      password: '',
      privateKey: '',
      privateKeyPassphrase: '',
      token: '',
      tokenFile: snowflake?.tokenFile ?? '',
    },
  }
}

type SecretField = 'password' | 'privateKey' | 'privateKeyPassphrase' | 'token' | 'tokenFile'

/** What each way to sign in asks for. */
export const SECRET_FIELDS: Readonly<Record<Authenticator, readonly SecretField[]>> = {
  PASSWORD: ['password'],
  KEY_PAIR: ['privateKey', 'privateKeyPassphrase'],
  OAUTH: ['token', 'tokenFile'],
  PAT: ['token'],
}

/** The fields that the form shows for this draft: what is found about another one has to be said elsewhere. */
export const shownPaths = ({ type, snowflake }: ConnectionDraft): readonly string[] =>
  type === 'POSTGRES'
    ? ['name', ...['host', 'port', 'user', 'database', 'password'].map(field => `postgres.${field}`)]
    : ['name', ...['account', 'user', 'role', 'accessUrl', ...SECRET_FIELDS[snowflake.authenticator]].map(field => `snowflake.${field}`)]

/** Whether a secret is kept that a blank field leaves as it is: it is for one address, user and way to sign in. */
export const keepsSecret = (connection: SavedConnection | null, draft: ConnectionDraft): boolean => {
  if (connection?.hasSecret !== true) return false
  const saved = draftOf(connection)
  return draft.type === 'POSTGRES'
    ? (['host', 'port', 'user', 'tls'] as const).every(field => draft.postgres[field].trim() === saved.postgres[field])
    : (['account', 'user', 'authenticator', 'accessUrl'] as const).every(field => draft.snowflake[field].trim() === saved.snowflake[field])
}

/** What has to be put right before the server can be asked: a number is not a number. */
export const draftProblems = ({ type, postgres }: ConnectionDraft): readonly FieldProblem[] =>
  type === 'POSTGRES' && !/^\d{0,5}$/.test(postgres.port.trim())
    ? [{ path: 'postgres.port', message: 'postgres.port must be a whole number from 1 to 65535' }]
    : []

/** What the server is told: blank is null, and of the secrets only what the way to sign in takes. */
export const inputOf = ({ name, type, postgres, snowflake }: ConnectionDraft): ConnectionInput => {
  if (type === 'POSTGRES') {
    const { host, port, user, database, tls, password } = postgres
    return {
      name,
      postgres: {
        host,
        port: port.trim() === '' ? null : Number(port),
        user,
        database,
        tls: tls === 'BY_HOST' ? null : tls,
        password: password || null,
      },
    }
  }
  const { account, user, role, authenticator, accessUrl } = snowflake
  const taken = SECRET_FIELDS[authenticator]
  const secret = (field: SecretField): string | null => (taken.includes(field) && snowflake[field] !== '' ? snowflake[field] : null)
  return {
    name,
    snowflake: {
      account,
      user,
      role: role || null,
      authenticator,
      accessUrl: accessUrl || null,
      tokenFile: secret('tokenFile'),
      password: secret('password'),
      privateKey: secret('privateKey'),
      privateKeyPassphrase: secret('privateKeyPassphrase'),
      token: secret('token'),
    },
  }
}
