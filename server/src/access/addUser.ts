import { countOf, type Role } from '@flakebench/contract'
import { insertAuditEntry, readUserByName, type SqlClient } from '@flakebench/store'
import { Fault } from '../fault.ts'
import { Refusal } from '../refusal.ts'
import { openPasswordWork } from './passwords.ts'
import { problemsOfUser, saveUser } from './saveUser.ts'

export interface AddedUser {
  readonly name: string
  readonly role: Role
}

/** What is wrong with a name, before anything is started for it. @throws Fault */
export const checkNewUser = (user: AddedUser): void => {
  const [problem] = problemsOfUser(user, false)
  if (problem !== undefined) throw new Fault(`${problem.message}.`)
}

/** A user, or another password and role for one that is there, who is enabled with it. @returns what was done, in words @throws Fault */
export const addUser = async (db: SqlClient, user: AddedUser, password: string): Promise<string> => {
  try {
    const before = await readUserByName(db, user.name)
    const { id, endedTokens } = await saveUser({ db, passwords: openPasswordWork() }, { ...user, password, isDisabled: false }, before)
    const action = before === null ? 'createUser' : 'updateUser'
    const detail = { arguments: { input: { ...user, password: '***' } }, by: { command: 'npm run add-user' } }
    await insertAuditEntry(db, { actor: 'command line', action, subjectId: id, outcome: 'DONE', detail })
    const ended = endedTokens === 0 ? '' : ` ${countOf(endedTokens, 'API token')} from before there were users ended: make new ones.`
    return before === null
      ? `${user.name} can sign in as ${user.role}.${ended}`
      : `${user.name} has another password, and the role ${user.role}.`
  } catch (error) {
    throw error instanceof Refusal ? new Fault(`Nothing was changed: ${error.message}.`) : error
  }
}
