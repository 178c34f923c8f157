import type { Problem, Role } from '@flakebench/contract'
import { insertUser, isDuplicateKey, NoAdminLeft, newId, type SavedUser, type SqlClient, updateUser, userKeyOf } from '@flakebench/store'
import { invalid, notFound } from '../refusal.ts'
import { keepingAnAdmin } from './keepingAnAdmin.ts'
import { faultOfPassword, type PasswordWork } from './passwords.ts'

export interface GivenUser {
  readonly name: string
  readonly role: Role
  /** Null, or left out: as it was. */
  readonly password?: string | null
  readonly isDisabled?: boolean | null
}

export interface Saved {
  readonly id: string
  /** Tokens from before the first user, which ended with it. */
  readonly endedTokens: number
}

const LONGEST_NAME = 100

/** What is wrong with a user that somebody wants to save. */
export const problemsOfUser = ({ name, password }: GivenUser, isNew: boolean): readonly Problem[] => {
  const problems: Problem[] = []
  const plain = name.trim()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (plain === '' || userKeyOf(plain).length > LONGEST_NAME || plain.length > LONGEST_NAME || /[\x00-\x1f\x7f]/.test(plain))
    problems.push({ path: 'name', message: `name must have 1 to ${LONGEST_NAME} characters, and no control characters` })
  if (isNew && password == null) problems.push({ path: 'password', message: 'password must be given' })
  const fault = password == null ? null : faultOfPassword(password, plain)
  if (fault !== null) problems.push({ path: 'password', message: `password ${fault}` })
  return problems
}

/**
 * Saves a user; another password ends their sessions.
 * @param before null: a new one @param keptSession the one session that another password does not end @throws Refusal
 */
export const saveUser = async (
  { db, passwords }: { readonly db: SqlClient; readonly passwords: PasswordWork },
  given: GivenUser,
  before: SavedUser | null,
  keptSession: string | null = null,
): Promise<Saved> => {
  const problems = problemsOfUser(given, before === null)
  if (problems.length > 0) throw invalid('The user', problems)
  const name = given.name.trim()
  const user = { id: before?.id ?? newId(), name, role: given.role }
  const passwordHash = given.password == null ? null : await passwords.hash(given.password)
  const isDisabled = given.isDisabled ?? null
  try {
    if (before === null) {
      const newUser = { ...user, passwordHash: passwordHash ?? '', isDisabled: isDisabled ?? false }
      return { id: user.id, endedTokens: await insertUser(db, newUser) }
    }
    const change = { ...user, passwordHash, isDisabled }
    if (!(await keepingAnAdmin(name, () => updateUser(db, change, keptSession)))) throw notFound('user', user.id)
    return { id: user.id, endedTokens: 0 }
  } catch (error) {
    if (error instanceof NoAdminLeft) {
      throw invalid('The user', [
        { path: 'role', message: 'The first user must be an ADMIN who can sign in: from then on everybody signs in' },
      ])
    }
    if (isDuplicateKey(error)) throw invalid('The user', [{ path: 'name', message: `There is a user "${name}" already` }])
    throw error
  }
}
