import type { DialBoard } from '../dials.ts'
import { endSession } from '../execution/endSession.ts'
import type { Service } from '../execution/service.ts'
import type { WireUser } from '../options.ts'
import { Backend } from '../sessions/backend.ts'
import { createSession, type Session } from '../sessions/session.ts'
import { decideSignIn, type LoginData } from '../sessions/signIn.ts'
import { failJson, okJson } from './answer.ts'
import type { Target } from './receive.ts'
import type { Reply, WireRequest } from './reply.ts'

/** Who may sign in where. */
export interface Entrance {
  readonly service: Service
  readonly board: DialBoard
  readonly account: string
  readonly postgresUrl: string
  users: readonly WireUser[]
  nextSessionId: number
}

/** `POST /session/v1/login-request` */
export const login = async (entrance: Entrance, { body, target }: WireRequest): Promise<Reply> => {
  const data = (body as { readonly data?: LoginData }).data ?? {}
  const { loginLatencyMs } = entrance.board.dials
  if (loginLatencyMs > 0) await new Promise(resolve => setTimeout(resolve, loginLatencyMs))
  const verdict = decideSignIn(data, entrance.account, entrance.users, Date.now())
  if (!('user' in verdict))
    return { json: failJson(verdict.code, verdict.message, { nextAction: 'RETRY_LOGIN', authnMethod: 'USERNAME_PASSWORD' }) }
  const { user } = verdict
  const role = foldName(target.parameter('roleName')) ?? user.defaultRole?.toUpperCase() ?? 'PUBLIC'
  if (user.roles?.some(one => one.toUpperCase() === role) === false) {
    return {
      json: failJson(
        '390189',
        `Role '${role}' specified in the connect string is not granted to this user. Contact your local system administrator, or attempt to login with another role, e.g. PUBLIC.`,
      ),
    }
  }
  const session = await openSession(entrance, user, role, data, target)
  const tokens = entrance.service.sessions.add(session)
  return { json: okJson(loginAnswer(session, tokens)) }
}

const openSession = async (entrance: Entrance, user: WireUser, role: string, data: LoginData, target: Target): Promise<Session> => {
  const { service } = entrance
  const id = entrance.nextSessionId++
  const database = await knownDatabase(service, foldName(target.parameter('databaseName')))
  const schema = await knownSchema(service, database, foldName(target.parameter('schemaName')) ?? 'PUBLIC')
  const warehouse = foldName(target.parameter('warehouse'))
  const session: Session = createSession({
    id,
    account: entrance.account,
    user: user.name.toUpperCase(),
    application: data.CLIENT_ENVIRONMENT?.APPLICATION ?? '',
    role,
    roles: user.roles?.map(one => one.toUpperCase()) ?? null,
    database,
    schema,
    warehouse: warehouse === null ? null : (service.warehouses.find(warehouse)?.name ?? null),
    parameters: data.SESSION_PARAMETERS ?? {},
    backend: new Backend(entrance.postgresUrl, `snowflake session ${id}`, () => endSession(service, session)),
  })
  return session
}

/** A sign-in that names what does not exist succeeds, with nothing in use. */
const knownDatabase = async ({ catalog }: Service, name: string | null): Promise<string | null> =>
  name !== null && (await catalog.hasDatabase(name)) ? name : null
const knownSchema = async ({ catalog }: Service, database: string | null, name: string): Promise<string | null> =>
  database !== null && (await catalog.hasSchema(database, name)) ? name : null

/** As in SQL: upper case unless it is quoted. */
const foldName = (name: string | null): string | null => {
  if (name === null || name === '') return null
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toUpperCase()
}

const loginAnswer = (
  session: Session,
  tokens: {
    readonly token: string
    readonly masterToken: string
    readonly validitySeconds: number
    readonly masterValiditySeconds: number
  },
): unknown => ({
  masterToken: tokens.masterToken,
  token: tokens.token,
  validityInSeconds: tokens.validitySeconds,
  masterValidityInSeconds: tokens.masterValiditySeconds,
  displayUserName: session.user,
  serverVersion: '9.0.0',
  firstLogin: false,
  remMeToken: null,
  remMeValidityInSeconds: 0,
  healthCheckInterval: 45,
  newClientForUpgrade: null,
  sessionId: session.id,
  parameters: JSON.parse(session.place().parametersJson) as unknown,
  sessionInfo: { databaseName: session.database, schemaName: session.schema, warehouseName: session.warehouse, roleName: session.role },
  idToken: null,
  idTokenValidityInSeconds: 0,
  responseData: null,
  mfaToken: null,
  mfaTokenValidityInSeconds: 0,
})
