import { GraphQLError } from 'graphql'
import type { SavedConnection } from '../../client/src/api/documents/connectionDocuments.ts'
import type { ApiToken, AuditEntry, AuditFilter, ServerSettings, User } from '../../client/src/api/documents/settingsDocuments.ts'
import type { Role, Viewer } from '../../client/src/api/documents/viewerDocuments.ts'
import { at, savedPostgres, savedSnowflake } from './sampleConsole.ts'

export const PASSWORD = 'correct horse battery'
export const NEW_TOKEN = 'fbt_made-up-token-text-that-is-shown-only-once'

type Answers = Readonly<Record<string, unknown>>
interface Deed {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}

/** Users, tokens, audit log and connections that are made up, and a session that can end. */
export interface SampleAccess {
  readonly answers: Answers
  /** What was asked of it beside reading, secrets and all. */
  readonly deeds: readonly Deed[]
  /** The questions for the audit log. */
  readonly auditQuestions: readonly { readonly after: string | null; readonly filter: AuditFilter | null }[]
  /** Who is at the page from now on; null: nobody, and somebody must sign in. */
  become(role: Role | null): void
  /** A server without users, on this machine only. */
  openToAll(): void
}

const user = (id: string, name: string, role: Role, change: Partial<User> = {}): User => ({
  id,
  name,
  role,
  isDisabled: false,
  createdAt: at(-86_400),
  lastSignInAt: at(-600),
  ...change,
})
const token = (id: string, name: string, change: Partial<ApiToken> = {}): ApiToken => ({
  id,
  name,
  role: 'OPERATOR',
  ownerName: 'ada',
  createdAt: at(-86_400),
  expiresAt: new Date(Date.now() + 40 * 86_400_000).toISOString(),
  lastUsedAt: at(-60),
  revokedAt: null,
  ...change,
})
const ACTIONS = ['startRun', 'createConnection', 'signIn', 'deleteRun', 'createApiToken'] as const
const auditEntry = (number: number): AuditEntry => ({
  id: `audit-${number}`,
  at: at(-number * 300),
  actor: number % 3 === 0 ? 'ada' : 'a-pipeline-with-a-rather-long-name@example.com',
  action: ACTIONS[number % ACTIONS.length] ?? 'startRun',
  subjectId: number % 4 === 0 ? null : `01HSAMPLE${String(number).padStart(17, '0')}`,
  outcome: number % 7 === 0 ? 'REFUSED' : number % 11 === 0 ? 'FAILED' : 'DONE',
  detail: number % 5 === 0 ? null : JSON.stringify({ id: `01HSAMPLE${number}`, code: 'CONFLICT' }),
})
const SETTINGS: ServerSettings = {
  version: '0.1.0',
  nodeVersion: 'v22.12.0',
  controlDatabase: 'An embedded PostgreSQL in the data folder',
  controlEngine: 'PostgreSQL 17',
  home: '/var/lib/flakebench',
  host: '127.0.0.1',
  port: 4000,
  keepExecutionsDays: 30,
  keepAuditDays: 365,
  spoolLimitMb: 10_240,
  bundleLimitMb: 2_048,
  startedAt: at(-7_200),
  credentialKeySource: 'A key file in the data folder, that only this user can read',
}
const CAPABILITIES = {
  version: '17.2',
  hasStatementStatistics: false,
  tracksIoTiming: true,
  maxConnections: 100,
  connectionsInUse: 7,
  isSuperuser: false,
  isReadOnly: false,
  hints: ['pg_stat_statements is not loaded: what the server itself counted of a run is not known'],
}
const refuse = (code: string, message: string, problems?: readonly object[]): never => {
  throw new GraphQLError(message, { extensions: { code, ...(problems === undefined ? {} : { problems }) } })
}

/** @param others what the same server answers beside: nobody who is not signed in gets it */
export const sampleAccess = (others: Answers = {}, auditEntries = 60): SampleAccess => {
  let viewer: Viewer = { name: 'local', role: 'ADMIN', method: 'NONE', signInRequired: false, userId: null, sessionExpiresAt: null }
  const become = (role: Role | null): void => {
    const known = role === null ? { name: null, method: 'NONE', userId: null } : { name: 'ada', method: 'SESSION', userId: '01ADA' }
    viewer = { ...known, role, signInRequired: true, sessionExpiresAt: role === null ? null : at(43_200) } as Viewer
  }
  let users: readonly User[] = [
    user('01ADA', 'ada', 'ADMIN'),
    user('01BEN', 'ben', 'OPERATOR', { lastSignInAt: null }),
    user('01EVE', 'eve', 'VIEWER', { isDisabled: true }),
  ]
  let tokens: readonly ApiToken[] = [
    token('01NIGHTLY', 'nightly pipeline'),
    token('01OLD', 'old dashboard', { role: 'VIEWER', ownerName: null, lastUsedAt: null, revokedAt: at(-30) }),
  ]
  let connections: readonly SavedConnection[] = [savedPostgres(), savedSnowflake()]
  const entries = Array.from({ length: auditEntries }, (_, number) => auditEntry(number))
  const deeds: Deed[] = []
  const auditQuestions: SampleAccess['auditQuestions'][number][] = []

  const auditLog = ({ first, after, filter }: { first: number; after?: string | null; filter?: AuditFilter | null }) => {
    auditQuestions.push({ after: after ?? null, filter: filter == null ? null : { ...filter } })
    const found = entries
      .filter(entry => filter?.outcome == null || entry.outcome === filter.outcome)
      .filter(entry => filter?.actor == null || entry.actor === filter.actor)
      .filter(entry => filter?.action == null || entry.action === filter.action)
    const from = after == null ? 0 : found.findIndex(entry => entry.id === after) + 1
    const page = found.slice(from, from + first)
    return {
      totalCount: found.length,
      edges: page.map(node => ({ node, cursor: node.id })),
      pageInfo: { hasNextPage: from + first < found.length, endCursor: page.at(-1)?.id ?? null },
    }
  }
  const tested = ({ input }: { input?: { postgres?: object; snowflake?: object } }) =>
    input?.snowflake == null
      ? { ok: true, roundTripMs: 0.412, version: '17.2', message: 'Signed in as bench on db.example.com', postgres: CAPABILITIES }
      : {
          ok: false,
          roundTripMs: null,
          version: null,
          message: 'The account refused the key: give its public part to the user',
          postgres: null,
        }

  const mutations: Readonly<Record<string, (args: never) => unknown>> = {
    createUser: ({ input }: { input: User & { password: string } }) => {
      if (users.some(each => each.name === input.name))
        refuse('VALIDATION_FAILED', 'The user cannot be saved', [{ path: 'name', message: `There is a user “${input.name}” already` }])
      users = [...users, user(`01NEW${users.length}`, input.name, input.role, { lastSignInAt: null })]
      if (!viewer.signInRequired) become(null)
      return users.at(-1)
    },
    updateUser: ({ id, input }: { id: string; input: Partial<User> }) => {
      const isLast = users.filter(each => each.role === 'ADMIN' && !each.isDisabled).length === 1
      const before = users.find(each => each.id === id)
      if (isLast && before?.role === 'ADMIN' && (input.isDisabled || input.role !== 'ADMIN'))
        refuse('CONFLICT', 'This is the last admin that can sign in; make another one first')
      const { name = '', role = 'VIEWER' } = input
      users = users.map(each => (each.id === id ? { ...each, name, role, isDisabled: input.isDisabled ?? each.isDisabled } : each))
      return users.find(each => each.id === id)
    },
    deleteUser: ({ id }: { id: string }) => {
      users = users.filter(each => each.id !== id)
      return id
    },
    createApiToken: ({ input }: { input: { name: string; role: Role } }) => {
      const made = token(`01TOKEN${tokens.length}`, input.name, { role: input.role, lastUsedAt: null })
      tokens = [made, ...tokens]
      return { token: made, text: NEW_TOKEN }
    },
    revokeApiToken: ({ id }: { id: string }) => {
      tokens = tokens.map(each => (each.id === id ? { ...each, revokedAt: at(0) } : each))
      return tokens.find(each => each.id === id)
    },
    changePassword: () => viewer,
    tryConnection: tested,
    testConnection: () => tested({}),
    createConnection: ({ input }: { input: { name: string } }) => {
      const made = savedPostgres({ id: `01C${connections.length}`, name: input.name, isDefault: false, templateCount: 0 })
      connections = [...connections, made]
      return made
    },
    setDefaultConnection: ({ id }: { id: string }) => {
      const type = connections.find(each => each.id === id)?.type
      connections = connections.map(each => (each.type === type ? { ...each, isDefault: each.id === id } : each))
      return connections.find(each => each.id === id)
    },
    deleteConnection: ({ id }: { id: string }) => {
      connections = connections.filter(each => each.id !== id)
      return id
    },
  }
  const told = Object.entries(mutations).map(([name, answer]) => [
    name,
    (args: never) => {
      deeds.push({ name, args: JSON.parse(JSON.stringify(args)) as Deed['args'] })
      return answer(args)
    },
  ])
  const guarded = Object.entries({
    users: () => users,
    apiTokens: () => tokens,
    serverSettings: () => SETTINGS,
    connections: () => connections,
    auditLog,
    ...Object.fromEntries(told),
    ...others,
  }).map(([name, answer]) => [
    name,
    (...args: readonly unknown[]) => {
      if (viewer.role === null) refuse('UNAUTHENTICATED', 'Sign in first')
      return typeof answer === 'function' ? (answer as (...given: readonly unknown[]) => unknown)(...args) : answer
    },
  ])

  const answers: Answers = {
    ...Object.fromEntries(guarded),
    viewer: () => viewer,
    signIn: ({ name, password }: { name: string; password: string }) => {
      deeds.push({ name: 'signIn', args: { name } })
      if (password !== PASSWORD) refuse('UNAUTHENTICATED', 'The name or the password is not right')
      become('ADMIN')
      return viewer
    },
    signOut: () => {
      become(null)
      return viewer
    },
  }
  return {
    answers,
    deeds,
    auditQuestions,
    become,
    openToAll: () => {
      users = []
      viewer = { name: 'local', role: 'ADMIN', method: 'NONE', signInRequired: false, userId: null, sessionExpiresAt: null }
    },
  }
}
