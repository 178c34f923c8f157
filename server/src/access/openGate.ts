import type { IncomingHttpHeaders } from 'node:http'
import { allows } from '@flakebench/contract'
import { ControlDatabaseUnavailable } from '@flakebench/store'
import { parseCookie } from 'cookie'
import { Refusal } from '../refusal.ts'
import { type Actor, NOBODY, OPEN_ACTOR } from './actor.ts'
import type { Gate } from './gate.ts'
import { isHostOf, isPageOf, isReachedByOthers, type Places } from './places.ts'
import type { Readings } from './readings.ts'
import { hashOfSecret, isSessionSecret, isTokenText } from './secrets.ts'
import { SESSION_COOKIE } from './sessionCookie.ts'

/** Whether everybody must sign in: others than this machine get here, or somebody has made users. */
export const isSignInRequired = async (places: Places, readings: Readings): Promise<boolean> =>
  isReachedByOthers(places) || (await readings.hasUsers())

export const openGate = (places: Places, readings: Readings): Gate => {
  const byToken = async (hash: string, isUse: boolean): Promise<Actor | null> => {
    const grant = await readings.token(hash, isUse)
    if (grant === null) return null
    const name = grant.userName === null ? `token ${grant.name}` : grant.userName
    const { id: tokenId, role, userId, expiresAtMs } = grant
    return { method: 'TOKEN', name, role, userId, tokenId, clientId: `${TOKEN}${hash}`, expiresAtMs }
  }
  const bySession = async (hash: string, isUse: boolean): Promise<Actor | null> => {
    const session = await readings.session(hash, isUse)
    if (session === null) return null
    const { name, role, userId, expiresAtMs } = session
    return { method: 'SESSION', name, role, userId, tokenId: null, clientId: `${SESSION}${hash}`, expiresAtMs }
  }
  const actorOf = async ({ authorization, cookie }: IncomingHttpHeaders): Promise<Actor> => {
    const token = tokenOf(authorization)
    if (token !== null) {
      const actor = isTokenText(token) ? await byToken(hashOfSecret(token), true) : null
      if (actor === null) throw new Refusal('UNAUTHENTICATED', 'This token is not right, or not any more: make another under Settings')
      return actor
    }
    if (!(await isSignInRequired(places, readings))) return OPEN_ACTOR
    // One that has ended is as good as none: whoever has it can do nothing about it but sign in again.
    const secret = parseCookie(cookie ?? '')[SESSION_COOKIE] ?? ''
    return (isSessionSecret(secret) ? await bySession(hashOfSecret(secret), true) : null) ?? NOBODY
  }
  const asNow = async ({ method, clientId }: Actor): Promise<Actor | null> => {
    if (method === 'TOKEN') return await byToken(clientId.slice(TOKEN.length), false)
    if (method === 'SESSION') return await bySession(clientId.slice(SESSION.length), false)
    return (await isSignInRequired(places, readings)) ? NOBODY : OPEN_ACTOR
  }
  return {
    actorOf,
    actorOfSocket: (headers, token) => actorOf(token === null ? headers : { ...headers, authorization: token }),
    isStillGood: async actor => {
      if (actor.role === null) return true
      try {
        const role = (await asNow(actor))?.role ?? null
        return role !== null && allows(role, actor.role)
      } catch (error) {
        // Whoever is in already stays while it is away: what they see then is what this server knows of their runs.
        if (error instanceof ControlDatabaseUnavailable) return true
        throw error
      }
    },
    whenChanged: readings.follow,
    isOwnPage: (origin, host) => isPageOf(places, origin, host),
    isOwnHost: host => isHostOf(places, host),
  }
}

const TOKEN = 'token '
const SESSION = 'session '

/** Others than Bearer are a proxy's business. */
const tokenOf = (authorization = ''): string | null => {
  const bearer = /^Bearer(?:\s+(.*))?$/i.exec(authorization)
  return bearer === null ? null : (bearer[1] ?? '')
}

/** The session of somebody who has signed in; null: they came otherwise. */
export const sessionHashOf = ({ method, clientId }: Actor): string | null => (method === 'SESSION' ? clientId.slice(SESSION.length) : null)
