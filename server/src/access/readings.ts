import { countUsers, readTokenGrant, readUserSession, type SignedIn, type SqlClient, type TokenGrant } from '@flakebench/store'

/** What the control database says of users, sessions and tokens, at most `FRESH_MS` ago. A failure is thrown, and never kept. */
export interface Readings {
  hasUsers(): Promise<boolean>
  /** @param isUse whether it is noted as used: what only looks whether it has ended does not keep it from ending */
  session(hash: string, isUse: boolean): Promise<SignedIn | null>
  token(hash: string, isUse: boolean): Promise<TokenGrant | null>
  /** Something was changed here: the next question is asked anew, and whoever follows is told. */
  forget(): void
  /** @param hear called after each change that is made here */
  follow(hear: () => void): void
}

const FRESH_MS = 5_000
const MOST_KEPT = 1_000

interface Kept {
  readonly atMs: number
  readonly reading: Promise<unknown>
  readonly isUse: boolean
}

export const openReadings = (db: SqlClient, monotonicMs: () => number): Readings => {
  const kept = new Map<string, Kept>()
  const followers: (() => void)[] = []
  const read = <T>(key: string, isUse: boolean, ask: () => Promise<T>): Promise<T> => {
    const before = kept.get(key)
    const isFresh = before !== undefined && monotonicMs() - before.atMs < FRESH_MS
    if (isFresh && (before.isUse || !isUse)) return before.reading as Promise<T>
    const one: Kept = { atMs: monotonicMs(), reading: ask(), isUse }
    kept.delete(key)
    kept.set(key, one)
    one.reading.catch(() => {
      if (kept.get(key) === one) kept.delete(key)
    })
    const [oldest] = kept.keys()
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest)
    return one.reading as Promise<T>
  }
  let hasUsers = false
  return {
    hasUsers: async () => {
      // Where there was one there always will be: the last admin cannot be deleted.
      hasUsers ||= (await read('users', false, () => countUsers(db))).users > 0
      return hasUsers
    },
    session: (hash, isUse) => read(`session ${hash}`, isUse, () => readUserSession(db, hash, isUse)),
    token: (hash, isUse) => read(`token ${hash}`, isUse, () => readTokenGrant(db, hash, isUse)),
    forget: () => {
      kept.clear()
      for (const hear of followers) hear()
    },
    follow: hear => void followers.push(hear),
  }
}
