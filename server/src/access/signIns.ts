import {
  deleteUserSession,
  insertUserSession,
  readUser,
  readUserByName,
  replacePasswordHash,
  type SavedUser,
  type SqlClient,
  userKeyOf,
} from '@flakebench/store'
import { invalid, Refusal } from '../refusal.ts'
import type { Actor } from './actor.ts'
import { sessionHashOf } from './openGate.ts'
import { faultOfPassword, type PasswordWork } from './passwords.ts'
import type { Readings } from './readings.ts'
import { hashOfSecret, newSessionSecret } from './secrets.ts'
import { openThrottle } from './throttle.ts'

export interface SignIns {
  /** @param address of whoever asks; null: it tells nothing, as all come from there @returns the secret of a new session @throws Refusal: UNAUTHENTICATED, TOO_MANY_REQUESTS */
  signIn(name: string, password: string, address: string | null): Promise<string>
  signOut(actor: Actor): Promise<void>
  /** Ends the user's other sessions. @throws Refusal */
  changePassword(actor: Actor, currentPassword: string, newPassword: string): Promise<void>
}

const FREE_TRIES_OF_A_NAME = 5
const FREE_TRIES_OF_AN_ADDRESS = 20
const LONGEST_NAME = 100

export interface SignInsOptions {
  readonly db: SqlClient
  readonly passwords: PasswordWork
  readonly readings: Readings
  readonly monotonicMs: () => number
}

export const openSignIns = ({ db, passwords, readings, monotonicMs }: SignInsOptions): SignIns => {
  const names = openThrottle(FREE_TRIES_OF_A_NAME)
  const addresses = openThrottle(FREE_TRIES_OF_AN_ADDRESS)
  /** Lets a try through where there were not too many wrong ones; `isRight` that fails counts as none. */
  const tried = async (name: string, address: string | null, isRight: () => Promise<boolean>): Promise<boolean> => {
    const nowMs = monotonicMs()
    const counted = [[names, name] as const, ...(address === null ? [] : [[addresses, address] as const])]
    const waitMs = Math.max(...counted.map(([tries, key]) => tries.waitMs(key, nowMs)))
    if (waitMs > 0) throw new Refusal('TOO_MANY_REQUESTS', `Too many wrong passwords: try again in ${wordsOf(waitMs)}`)
    for (const [tries, key] of counted) tries.count(key, nowMs)
    const forgive = (all: boolean): void => {
      for (const [tries, key] of counted) tries.forgive(key, all && tries === names)
    }
    try {
      const right = await isRight()
      if (right) forgive(true)
      else for (const [tries, key] of counted) tries.confirm(key, monotonicMs())
      return right
    } catch (error) {
      forgive(false)
      throw error
    }
  }
  return {
    signIn: async (name, password, address) => {
      const key = userKeyOf(name).slice(0, LONGEST_NAME)
      let user: SavedUser | null = null
      const right = await tried(key, address, async () => {
        user = await readUserByName(db, key)
        const matches = await passwords.isRight(password, user?.passwordHash ?? null)
        return matches && user?.isDisabled === false
      })
      const secret = newSessionSecret()
      const isBegun = right && user !== null && (await insertUserSession(db, hashOfSecret(secret), user))
      if (!isBegun) throw new Refusal('UNAUTHENTICATED', 'Name or password is not right')
      return secret
    },
    signOut: async actor => {
      const hash = sessionHashOf(actor)
      if (hash === null) return
      await deleteUserSession(db, hash)
      readings.forget()
    },
    changePassword: async (actor, currentPassword, newPassword) => {
      const hash = sessionHashOf(actor)
      if (hash === null || actor.userId === null) throw new Refusal('FORBIDDEN', 'Only who has signed in with a password changes it')
      const user = await readUser(db, actor.userId)
      if (user === null) throw new Refusal('UNAUTHENTICATED', 'Sign in first')
      const isRight = (): Promise<boolean> => passwords.isRight(currentPassword, user.passwordHash)
      if (!(await tried(userKeyOf(user.name), `user ${user.id}`, isRight))) {
        throw invalid('The change', [{ path: 'currentPassword', message: 'The current password is not right' }])
      }
      const fault = faultOfPassword(newPassword, user.name)
      if (fault !== null) throw invalid('The change', [{ path: 'newPassword', message: `The new password ${fault}` }])
      if (!(await replacePasswordHash(db, user, await passwords.hash(newPassword), hash))) {
        throw new Refusal('CONFLICT', 'The password was changed meanwhile: sign in again')
      }
      readings.forget()
    },
  }
}

const wordsOf = (waitMs: number): string => {
  const seconds = Math.ceil(waitMs / 1_000)
  return seconds <= 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`
}
