import type { ConnectionRecord } from '@flakebench/store'
import { explainSnowflake, isSignInRefused } from './explainSnowflake.ts'
import { refusedUsers } from './refusedUsers.ts'

/** Sign-ins to saved connections, made so that a wrong secret does not lock the user: one memory for all that this process signs in for. */
export interface SignIns {
  /**
   * Does what signs in with the connection's own secret, here or in a process of its own. Until that was successful once, one at a time; for a minute
   * after a refused one, not at all. A connection that was changed is another one.
   * @param ask throws SignInRefused where it knows that by other ways than an error of Snowflake
   * @param givenUp ends the wait for the one ahead
   * @throws what `ask` throws; SignInHeld, in words that say so, while none is made; the signal's reason
   */
  run<T>(connection: ConnectionRecord, ask: () => Promise<T>, givenUp?: AbortSignal): Promise<T>
}

/** A sign-in was refused, which the message says. */
export class SignInRefused extends Error {
  override readonly name: string = 'SignInRefused'
}

/** None was made, because one was refused just before. */
export class SignInHeld extends Error {
  override readonly name = 'SignInHeld'
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
    if (held !== null) throw new SignInHeld(`${held}. It is not tried again for a minute, so that the user is not locked out`)
    try {
      const answer = await question()
      if (rightUntilMs.size >= MOST_KEPT) rightUntilMs.clear()
      rightUntilMs.set(key, nowMs() + RIGHT_MS)
      return answer
    } catch (error) {
      if (error instanceof SignInRefused || isSignInRefused(error)) {
        rightUntilMs.delete(key)
        refused.add(key, explainSnowflake(error))
      }
      throw error
    }
  }

  return {
    run: async (connection, question, givenUp) => {
      if (connection.type !== 'SNOWFLAKE') return await question()
      const { id, version, settings } = connection
      const key = JSON.stringify([id, version, settings.role])
      for (let underWay = first.get(key); underWay !== undefined; underWay = first.get(key)) await orGivenUp(underWay, givenUp)
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

/** @throws the signal's reason */
const orGivenUp = async (wait: Promise<unknown>, givenUp: AbortSignal | undefined): Promise<void> => {
  if (givenUp === undefined) {
    await wait
    return
  }
  givenUp.throwIfAborted()
  let leave = (): void => undefined
  const left = new Promise<never>((_, reject) => {
    leave = () => reject(givenUp.reason as Error)
    givenUp.addEventListener('abort', leave, { once: true })
  })
  try {
    await Promise.race([wait, left])
  } finally {
    givenUp.removeEventListener('abort', leave)
  }
}
