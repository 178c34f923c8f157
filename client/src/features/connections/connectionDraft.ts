import type { ConnectionInput, SavedConnection } from '../../api/documents/connectionDocuments.ts'
import type { FieldProblem } from '../../ui/words/problems.ts'

export type ConnectionType = SavedConnection['type']
type PostgresTls = NonNullable<SavedConnection['postgres']>['tls']
export type Authenticator = NonNullable<SavedConnection['snowflake']>['authenticator']

/** A connection while it is being written: every input holds text. */
export interface ConnectionDraft {
  name: string
  type: ConnectionType
  postgres: {
    /** Whether the address is written as one URL, or as its parts. */
    way: 'PARTS' | 'URL'
    url: string
    host: string
    port: string
    user: string
    database: string
    tls: PostgresTls | 'BY_HOST'
    ca: string
    password: string
  }
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
      way: 'PARTS',
      url: '',
      host: postgres?.host ?? '',
      port: String(postgres?.port ?? 5432),
      user: postgres?.user ?? '',
      database: postgres?.database ?? '',
      tls: postgres?.tls ?? 'BY_HOST',
      ca: postgres?.ca ?? '',
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
export const shownPaths = ({ type, postgres, snowflake }: ConnectionDraft): readonly string[] =>
  type === 'POSTGRES'
    ? ['name', ...shownOfPostgres(postgres).map(field => `postgres.${field}`)]
    : ['name', ...['account', 'user', 'role', 'accessUrl', ...SECRET_FIELDS[snowflake.authenticator]].map(field => `snowflake.${field}`)]

const shownOfPostgres = ({ way, tls }: ConnectionDraft['postgres']): readonly string[] => [
  ...(way === 'URL' ? ['url'] : ['host', 'port', 'user', 'database']),
  'password',
  ...(tls === 'OFF' ? [] : ['ca']),
]

/** Whether a secret is kept that a blank field leaves as it is: it is for one address, user and way to sign in. */
export const keepsSecret = (connection: SavedConnection | null, draft: ConnectionDraft): boolean => {
  if (connection?.hasSecret !== true) return false
  const saved = draftOf(connection)
  return draft.type === 'POSTGRES'
    ? draft.postgres.way === 'PARTS' &&
        (['host', 'port', 'user', 'tls', 'ca'] as const).every(field => draft.postgres[field].trim() === saved.postgres[field].trim())
    : (['account', 'user', 'authenticator', 'accessUrl'] as const).every(field => draft.snowflake[field].trim() === saved.snowflake[field])
}

/** What has to be put right before the server can be asked: a number is not a number. */
export const draftProblems = ({ type, postgres }: ConnectionDraft): readonly FieldProblem[] =>
  type === 'POSTGRES' && postgres.way === 'PARTS' && !/^\d{0,5}$/.test(postgres.port.trim())
    ? [{ path: 'postgres.port', message: 'postgres.port must be a whole number from 1 to 65535' }]
    : []

/** What the server is told: blank is null, and of the secrets only what the way to sign in takes. */
export const inputOf = ({ name, type, postgres, snowflake }: ConnectionDraft): ConnectionInput => {
  if (type === 'POSTGRES') return { name, postgres: postgresInputOf(postgres) }
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

const postgresInputOf = (postgres: ConnectionDraft['postgres']): NonNullable<ConnectionInput['postgres']> => {
  const { way, url, host, port, user, database, tls, ca, password } = postgres
  const rest = { tls: tls === 'BY_HOST' ? null : tls, ca: tls === 'OFF' ? null : ca.trim() || null, password: password || null }
  // The parts cannot be left out; empty ones leave the word to the URL.
  if (way === 'URL') return { url: url.trim(), host: '', port: null, user: '', database: '', ...rest }
  return { url: null, host, port: port.trim() === '' ? null : Number(port), user, database, ...rest }
}
