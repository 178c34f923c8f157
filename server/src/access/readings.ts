import {
  countUsers,
  listTokenGrants,
  listUserSessions,
  readTokenGrant,
  readUserSession,
  type SignedIn,
  type SqlClient,
  type TokenGrant,
} from '@flakebench/store'

/** What the control database says of users, sessions and tokens, at most `FRESH_MS` ago. A failure is thrown, and never kept. */
export interface Readings {
  hasUsers(): Promise<boolean>
  /** @param isUse whether it is noted as used: what only looks whether it has ended does not keep it from ending */
  session(hash: string, isUse: boolean): Promise<SignedIn | null>
  token(hash: string, isUse: boolean): Promise<TokenGrant | null>
  /** Reads what is not known of these, all with one statement for each kind: asked for one by one from now on, without a use, they are known. */
  readTogether(hashes: { readonly sessions: readonly string[]; readonly tokens: readonly string[] }): Promise<void>
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
  const fresh = (key: string): Kept | null => {
    const before = kept.get(key)
    return before !== undefined && monotonicMs() - before.atMs < FRESH_MS ? before : null
  }
  const keep = (key: string, isUse: boolean, reading: Promise<unknown>): void => {
    const one: Kept = { atMs: monotonicMs(), reading, isUse }
    kept.delete(key)
    kept.set(key, one)
    reading.catch(() => {
      if (kept.get(key) === one) kept.delete(key)
    })
    const [oldest] = kept.keys()
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest)
  }
  const read = <T>(key: string, isUse: boolean, ask: () => Promise<T>): Promise<T> => {
    const before = fresh(key)
    if (before !== null && (before.isUse || !isUse)) return before.reading as Promise<T>
    const reading = ask()
    keep(key, isUse, reading)
    return reading
  }
  const together = async <T>(
    hashes: readonly string[],
    keyOf: (hash: string) => string,
    list: (db: SqlClient, hashes: readonly string[]) => Promise<ReadonlyMap<string, T>>,
  ): Promise<void> => {
    const unknown = [...new Set(hashes)].filter(hash => fresh(keyOf(hash)) === null)
    const listed = list(db, unknown)
    // Kept before it is there, so that what is changed meanwhile is asked anew.
    for (const hash of unknown)
      keep(
        keyOf(hash),
        false,
        listed.then(found => found.get(hash) ?? null),
      )
    await listed
  }
  let hasUsers = false
  return {
    hasUsers: async () => {
      // Where there was one there always will be: the last admin cannot be deleted.
      hasUsers ||= (await read('users', false, () => countUsers(db))).users > 0
      return hasUsers
    },
    session: (hash, isUse) => read(sessionKey(hash), isUse, () => readUserSession(db, hash, isUse)),
    token: (hash, isUse) => read(tokenKey(hash), isUse, () => readTokenGrant(db, hash, isUse)),
    readTogether: async ({ sessions, tokens }) => {
      await Promise.all([together(sessions, sessionKey, listUserSessions), together(tokens, tokenKey, listTokenGrants)])
    },
    forget: () => {
      kept.clear()
      for (const hear of followers) hear()
    },
    follow: hear => void followers.push(hear),
  }
}

const sessionKey = (hash: string): string => `session ${hash}`
const tokenKey = (hash: string): string => `token ${hash}`
