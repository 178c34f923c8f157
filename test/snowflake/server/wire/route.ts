import type { RequestPath } from '../dials.ts'
import { closeSession } from '../execution/endSession.ts'
import type { Service } from '../execution/service.ts'
import type { Session } from '../sessions/session.ts'
import { failJson, okJson } from './answer.ts'
import { CHUNK_PATH } from './chunks.ts'
import type { ServerCounts } from './counts.ts'
import { type Entrance, login } from './login.ts'
import type { Reply, WireRequest } from './reply.ts'
import { abortStatement, describeStatement, pollStatement, receiveStatement } from './statementRequests.ts'

const LOGIN_PATH = '/session/v1/login-request'
const QUERY_PATH = '/queries/v1/query-request'
const RESULT = /^\/queries\/([\w-]+)\/result$/
const ABORT = /^\/queries\/([\w-]+)\/abort-request$/
const MONITORING = '/monitoring/queries/'

/** Which faults a request meets. */
export const requestPath = (path: string): RequestPath => {
  if (path === QUERY_PATH) return 'QUERY'
  if (path === LOGIN_PATH) return 'LOGIN'
  return RESULT.test(path) ? 'POLL' : 'OTHER'
}

/** Source: reference of the endpoints that snowflake-sdk 3.3.0 uses, read from its source. */
export const route = async (entrance: Entrance, counts: ServerCounts, request: WireRequest): Promise<Reply> => {
  const { service } = entrance
  const { path } = request.target
  if (path === LOGIN_PATH) {
    counts.logins++
    return await login(entrance, request)
  }
  if (path === '/telemetry/send') return { json: okJson('Log Received') }
  if (path.startsWith(CHUNK_PATH)) return sendChunk(service, request)
  if (path === '/session/token-request') return renew(service, counts, request)
  const verdict = service.sessions.find(request.token)
  return 'session' in verdict ? await routeInSession(entrance, counts, verdict.session, request) : REFUSALS[verdict.refusal]
}

const REFUSALS: Readonly<Record<'EXPIRED' | 'ENDED' | 'UNKNOWN', Reply>> = {
  EXPIRED: { json: failJson('390112', 'Your session has expired. Please login again.') },
  ENDED: { json: failJson('390111', 'Session no longer exists.  New login required to access the service.') },
  UNKNOWN: { json: failJson('390104', 'Session token is invalid. User must login again to access the service.') },
}

const routeInSession = async (entrance: Entrance, counts: ServerCounts, session: Session, request: WireRequest): Promise<Reply> => {
  const { service } = entrance
  const { path } = request.target
  if (path === QUERY_PATH) return await receiveStatement(service, counts, session, request)
  const polled = RESULT.exec(path)?.[1]
  if (polled !== undefined) return await pollStatement(service, counts, polled)
  const aborted = ABORT.exec(path)?.[1]
  if (aborted !== undefined) return abortStatement(service, counts, aborted, request)
  if (path.startsWith(MONITORING)) return describeStatement(service, path.slice(MONITORING.length))
  if (path === '/session/heartbeat') {
    counts.heartbeats++
    return { json: okJson(null) }
  }
  if (path === '/session' && request.target.parameter('delete') === 'true') {
    counts.closes++
    closeSession(service, session)
    return { json: okJson(null) }
  }
  return { json: failJson('404', `${request.method} ${path} is not known here.`), status: 404 }
}

const renew = (service: Service, counts: ServerCounts, { body, token }: WireRequest): Reply => {
  counts.renewals++
  const renewed = service.sessions.renew(token, (body as { readonly oldSessionToken?: string }).oldSessionToken ?? '')
  if (renewed === null) return { json: failJson('390114', 'Authentication token has expired.  The user must authenticate again.') }
  return {
    json: okJson({
      sessionToken: renewed.token,
      validityInSecondsST: renewed.validitySeconds,
      masterToken: renewed.masterToken,
      validityInSecondsMT: renewed.masterValiditySeconds,
      sessionId: renewed.session.id,
    }),
  }
}

const sendChunk = (service: Service, { target, chunkHeader }: WireRequest): Reply => {
  const rows = service.chunks.find(target.path, chunkHeader)
  return rows === null ? { json: failJson('403', 'There is no such chunk.'), status: 403 } : { json: rows, isChunk: true }
}
