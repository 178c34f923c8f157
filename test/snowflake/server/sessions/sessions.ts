import { randomUUID } from 'node:crypto'
import type { Session } from './session.ts'

/** What the driver is given at sign-in and at a renewal. */
export interface Tokens {
  readonly token: string
  readonly masterToken: string
  readonly validitySeconds: number
  readonly masterValiditySeconds: number
}

/**
 * `EXPIRED`: renew it (390112). `ENDED`: its session is gone (390111). `UNKNOWN`: never given out, or closed by its owner (390104).
 */
export type TokenVerdict = { readonly session: Session } | { readonly refusal: 'EXPIRED' | 'ENDED' | 'UNKNOWN' }

interface Entry {
  readonly session: Session
  expiresAtMs: number
}

const MASTER_VALIDITY_SECONDS = 14_400

/** Who is signed in, by token. */
export interface Sessions {
  add(session: Session): Tokens
  find(token: string): TokenVerdict
  /** @param masterToken of the session; null: it is not one, the driver must sign in anew */
  renew(masterToken: string, oldToken: string): (Tokens & { readonly session: Session }) | null
  /** Closed by its owner: both tokens are unknown from now on. */
  remove(session: Session): void
  /** Ended by the service: both tokens answer 390111 from now on. */
  end(session: Session): void
  /** Every token that was given out so far must be renewed. */
  expireTokens(): void
  list(): readonly Session[]
}

export const createSessions = (validitySeconds: number): Sessions => {
  const byToken = new Map<string, Entry>()
  const byMaster = new Map<string, Entry>()
  const ended = new Set<string>()
  const live = new Set<Session>()
  const issue = (entry: Entry): string => {
    const token = `session-${randomUUID()}`
    entry.expiresAtMs = Date.now() + validitySeconds * 1000
    byToken.set(token, entry)
    return token
  }
  const drop = (session: Session, remember: boolean): void => {
    live.delete(session)
    for (const tokens of [byToken, byMaster]) {
      for (const [token, entry] of tokens) {
        if (entry.session !== session) continue
        tokens.delete(token)
        if (remember) ended.add(token)
      }
    }
  }
  return {
    add(session) {
      live.add(session)
      const entry: Entry = { session, expiresAtMs: 0 }
      const masterToken = `master-${randomUUID()}`
      byMaster.set(masterToken, entry)
      return { token: issue(entry), masterToken, validitySeconds, masterValiditySeconds: MASTER_VALIDITY_SECONDS }
    },
    find(token) {
      const entry = byToken.get(token)
      if (entry === undefined) return { refusal: ended.has(token) ? 'ENDED' : 'UNKNOWN' }
      return entry.expiresAtMs <= Date.now() ? { refusal: 'EXPIRED' } : entry
    },
    renew(masterToken, oldToken) {
      const master = byMaster.get(masterToken)
      if (master === undefined) return null
      const old = byToken.get(oldToken)
      // Not forgotten: requests that are on their way with it are to be renewed as well.
      if (old !== undefined) old.expiresAtMs = 0
      const token = issue({ session: master.session, expiresAtMs: 0 })
      return { token, masterToken, validitySeconds, masterValiditySeconds: MASTER_VALIDITY_SECONDS, session: master.session }
    },
    remove: session => drop(session, false),
    end: session => drop(session, true),
    expireTokens() {
      for (const entry of byToken.values()) entry.expiresAtMs = 0
    },
    list: () => [...live],
  }
}
