import type { ConnectionRecord } from '@flakebench/store'
import { refusedUsers } from '../statements/refusedUsers.ts'
import { explainSnowflake, isSignInRefused } from './explainSnowflake.ts'

/** Sign-ins to saved connections, made so that a wrong secret does not lock the user. */
export interface SignIns {
  /**
   * Does what signs in with the connection's own secret. Until that was successful once, one at a time; for a minute after a refused one, not at all.
   * A connection that was changed is another one.
   * @throws what `ask` throws; Error in words that say so while none is made
   */
  run<T>(connection: ConnectionRecord, ask: () => Promise<T>): Promise<T>
}

/** So long nothing is known to be wrong with a secret that was right. */
const RIGHT_MS = 60_000
const MOST_KEPT = 1_000

/** @param nowMs a monotonic clock */
export const carefulSignIns = (nowMs: () => number): SignIns => {
  const refused = refusedUsers(nowMs)
  const rightUntilMs = new Map<string, number>()
  const first = new Map<string, Promise<unknown>>()

  const ask = async <T>(key: string, question: () => Promise<T>): Promise<T> => {
    const held = refused.problemOf(key)
    if (held !== null) throw new Error(`${held}. It is not tried again for a minute, so that the user is not locked out`)
    try {
      const answer = await question()
      if (rightUntilMs.size >= MOST_KEPT) rightUntilMs.clear()
      rightUntilMs.set(key, nowMs() + RIGHT_MS)
      return answer
    } catch (error) {
      if (isSignInRefused(error)) {
        rightUntilMs.delete(key)
        refused.add(key, explainSnowflake(error))
      }
      throw error
    }
  }

  return {
    run: async (connection, question) => {
      if (connection.type !== 'SNOWFLAKE') return await question()
      const { id, version, settings } = connection
      const key = JSON.stringify([id, version, settings.role])
      for (let underWay = first.get(key); underWay !== undefined; underWay = first.get(key)) await underWay
      if ((rightUntilMs.get(key) ?? 0) > nowMs()) return await ask(key, question)
      const asked = ask(key, question)
      const ended = asked.then(
        () => first.delete(key),
        () => first.delete(key),
      )
      first.set(key, ended)
      return await asked
    },
  }
}
