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
  const mayNow = async (actor: Actor): Promise<boolean> => {
    if (actor.role === null) return true
    const role = (await asNow(actor))?.role ?? null
    return role !== null && allows(role, actor.role)
  }
  return {
    actorOf,
    actorOfSocket: (headers, token) => actorOf(token === null ? headers : { ...headers, authorization: token }),
    isStillGood: actor => unlessAway(() => mayNow(actor), true),
    listEnded: actors =>
      unlessAway(async () => {
        const hashesOf = (method: Actor['method'], prefix: string): string[] =>
          actors.flatMap(actor => (actor.method === method ? [actor.clientId.slice(prefix.length)] : []))
        await readings.readTogether({ sessions: hashesOf('SESSION', SESSION), tokens: hashesOf('TOKEN', TOKEN) })
        const ended: Actor[] = []
        for (const actor of actors) if (!(await mayNow(actor))) ended.push(actor)
        return ended
      }, []),
    whenChanged: readings.follow,
    isOwnPage: (origin, host) => isPageOf(places, origin, host),
    isOwnHost: host => isHostOf(places, host),
  }
}

/** Whoever is in already stays while the control database is away: what they see then is what this server knows of their runs. */
const unlessAway = async <T>(ask: () => Promise<T>, away: T): Promise<T> => {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof ControlDatabaseUnavailable) return away
    throw error
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
