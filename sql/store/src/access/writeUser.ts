import type { Bind, SqlClient } from '../client/sqlClient.ts'
import { countUsers, type SavedUser, userKeyOf } from './savedUser.ts'
import { deleteSessionsOfUser } from './userSession.ts'

export type NewUser = Pick<SavedUser, 'id' | 'name' | 'passwordHash' | 'role' | 'isDisabled'>

/** What of a user is changed; null: that stays as it is in the table, whoever has written it. */
export interface UserChange extends Pick<SavedUser, 'id' | 'name' | 'role'> {
  readonly passwordHash: string | null
  readonly isDisabled: boolean | null
}

/** There is no admin left who could sign in: whoever asked is told, and nothing was changed. */
export class NoAdminLeft extends Error {
  override readonly name = 'NoAdminLeft'
  constructor() {
    super('there must be an admin who can sign in')
  }
}

/**
 * Writes of users wait for one another at the rows of the admins: otherwise two of them, each leaving the other one's admin, would together leave none.
 */
const keepingAnAdmin = (db: SqlClient, write: (tx: SqlClient) => Promise<boolean>): Promise<boolean> =>
  db.transaction(async tx => {
    await tx.execute("UPDATE users SET role = role WHERE role = 'ADMIN'")
    const isWritten = await write(tx)
    if (isWritten && (await countUsers(tx)).enabledAdmins === 0) throw new NoAdminLeft()
    return isWritten
  })

const endAccess = async (tx: SqlClient, id: string): Promise<void> => {
  await tx.execute('DELETE FROM user_sessions WHERE user_id = ?', [id])
  await tx.execute('UPDATE api_tokens SET revoked_at = CURRENT_TIMESTAMP WHERE user_id = ? AND revoked_at IS NULL', [id])
}

/**
 * The first user ends the tokens that are nobody's: they were made while everything was open to everybody, and would outlast all whom one could revoke.
 * @returns how many tokens ended with it @throws NoAdminLeft when it is the first one, and no admin who can sign in. A taken name fails as a duplicate key (see
 * `isDuplicateKey`)
 */
export const insertUser = async (db: SqlClient, user: NewUser): Promise<number> => {
  let endedTokens = 0
  await keepingAnAdmin(db, async tx => {
    const inserted = await tx.execute(
      'INSERT INTO users (user_id, user_key, user_name, password_hash, role, is_disabled) VALUES (?, ?, ?, ?, ?, ?)',
      [user.id, userKeyOf(user.name), user.name, user.passwordHash, user.role, user.isDisabled],
    )
    if ((await countUsers(tx)).users === 1) {
      endedTokens = await tx.execute('UPDATE api_tokens SET revoked_at = CURRENT_TIMESTAMP WHERE user_id IS NULL AND revoked_at IS NULL')
    }
    return inserted > 0
  })
  return endedTokens
}

/**
 * Another password ends their sessions; whoever is disabled has their tokens ended as well. Of what is written at the same time elsewhere nothing is undone.
 * @param keptSession hash of the one session that another password does not end @returns false for an unknown id @throws NoAdminLeft, duplicate key
 */
export const updateUser = (db: SqlClient, user: UserChange, keptSession: string | null = null): Promise<boolean> =>
  keepingAnAdmin(db, async tx => {
    const columns: (readonly [assignment: string, value: Bind])[] = [
      ['user_key = ?', userKeyOf(user.name)],
      ['user_name = ?', user.name],
      ['role = ?', user.role],
    ]
    if (user.passwordHash !== null) columns.push(['password_hash = ?', user.passwordHash])
    if (user.isDisabled !== null) columns.push(['is_disabled = ?', user.isDisabled])
    const written = await tx.execute(
      `UPDATE users SET ${columns.map(([assignment]) => assignment).join(', ')}, updated_at = CURRENT_TIMESTAMP WHERE user_id = ?`,
      [...columns.map(([, value]) => value), user.id],
    )
    // Only now: somebody who signs in meanwhile waits for the row, or has their session there already.
    if (user.isDisabled === true) await endAccess(tx, user.id)
    else if (user.passwordHash !== null) await deleteSessionsOfUser(tx, user.id, keptSession)
    return written > 0
  })

/** With their sessions and tokens. False for an unknown id. @throws NoAdminLeft */
export const deleteUser = (db: SqlClient, id: string): Promise<boolean> =>
  keepingAnAdmin(db, async tx => {
    const deleted = await tx.execute('DELETE FROM users WHERE user_id = ?', [id])
    await endAccess(tx, id)
    return deleted > 0
  })

/**
 * Another password, in place of the one that was found right; it ends their sessions.
 * @param keptSession hash of the one that goes on @returns false when it is another by now, or they are gone: nothing was changed
 */
export const replacePasswordHash = (
  db: SqlClient,
  { id, passwordHash: before }: Pick<SavedUser, 'id' | 'passwordHash'>,
  passwordHash: string,
  keptSession: string,
): Promise<boolean> =>
  db.transaction(async tx => {
    const written = await tx.execute(
      'UPDATE users SET password_hash = ?, updated_at = CURRENT_TIMESTAMP WHERE user_id = ? AND password_hash = ?',
      [passwordHash, id, before],
    )
    if (written === 0) return false
    await deleteSessionsOfUser(tx, id, keptSession)
    return true
  })
