import type { Role } from '@flakebench/contract'
import { number, text } from '../client/columns.ts'
import type { Row, SqlClient } from '../client/sqlClient.ts'
import type { SavedUser } from './savedUser.ts'

/** Somebody who has signed in, as the database has them now. */
export interface SignedIn {
  readonly userId: string
  readonly name: string
  readonly role: Role
  /** By the database's clock, if nothing is asked until then. */
  readonly expiresAtMs: number
}

/** After the last use. */
const IDLE_SECONDS = 12 * 3_600
const LONGEST_SECONDS = 7 * 86_400
/** A session is noted as used so often at most. */
const NOTED_SECONDS = 300

/**
 * Begins a session, and notes that the user has signed in. Sessions that have ended are cleared away.
 * @param hash SHA-256 of its secret, hexadecimal @param user as they were when their password was found right @returns false when it is not right any more, or they
 * may not sign in: nothing was begun
 */
export const insertUserSession = (db: SqlClient, hash: string, user: Pick<SavedUser, 'id' | 'passwordHash'>): Promise<boolean> =>
  db.transaction(async tx => {
    // Their row first: whoever changes it waits until the session is there to be ended, or has changed it already.
    const noted = await tx.execute(
      'UPDATE users SET last_sign_in_at = CURRENT_TIMESTAMP WHERE user_id = ? AND password_hash = ? AND is_disabled = FALSE',
      [user.id, user.passwordHash],
    )
    if (noted === 0) return false
    await tx.execute(
      `DELETE FROM user_sessions WHERE expires_at < CURRENT_TIMESTAMP OR last_used_at < DATEADD('second', -${IDLE_SECONDS}, CURRENT_TIMESTAMP)`,
    )
    await tx.execute(
      `INSERT INTO user_sessions (session_hash, user_id, expires_at, last_used_at)
       SELECT ?, ?, DATEADD('second', ${LONGEST_SECONDS}, CURRENT_TIMESTAMP), CURRENT_TIMESTAMP`,
      [hash, user.id],
    )
    return true
  })

const SIGNED_IN = `SELECT s.session_hash, s.user_id, u.user_name, u.role, TIMESTAMPDIFF('second', s.last_used_at, CURRENT_TIMESTAMP) AS idle_seconds,
     CASE WHEN s.expires_at < DATEADD('second', ${IDLE_SECONDS}, CURRENT_TIMESTAMP) THEN s.expires_at
       ELSE DATEADD('second', ${IDLE_SECONDS}, CURRENT_TIMESTAMP) END AS ends_at
   FROM user_sessions s JOIN users u ON u.user_id = s.user_id
   WHERE NOT u.is_disabled AND s.expires_at > CURRENT_TIMESTAMP AND s.last_used_at > DATEADD('second', -${IDLE_SECONDS}, CURRENT_TIMESTAMP)`

const toSignedIn = (row: Row): SignedIn => ({
  userId: text(row, 'user_id'),
  name: text(row, 'user_name'),
  role: text(row, 'role') as Role,
  expiresAtMs: number(row, 'ends_at'),
})

/** Whose session it is; null: it has ended, or its user may not sign in any more. @param isUse whether it is noted as used */
export const readUserSession = async (db: SqlClient, hash: string, isUse: boolean): Promise<SignedIn | null> => {
  const [row] = await db.query(`${SIGNED_IN} AND s.session_hash = ?`, [hash])
  if (row === undefined) return null
  if (isUse && number(row, 'idle_seconds') >= NOTED_SECONDS)
    await db.execute('UPDATE user_sessions SET last_used_at = CURRENT_TIMESTAMP WHERE session_hash = ?', [hash])
  return toSignedIn(row)
}

/** Of many sessions at once, by hash, those that go on; none is noted as used. */
export const listUserSessions = async (db: SqlClient, hashes: readonly string[]): Promise<ReadonlyMap<string, SignedIn>> => {
  if (hashes.length === 0) return new Map()
  const rows = await db.query(`${SIGNED_IN} AND s.session_hash IN (${hashes.map(() => '?').join(', ')})`, hashes)
  return new Map(rows.map(row => [text(row, 'session_hash'), toSignedIn(row)]))
}

export const deleteUserSession = async (db: SqlClient, hash: string): Promise<void> => {
  await db.execute('DELETE FROM user_sessions WHERE session_hash = ?', [hash])
}

/** Ends all sessions of a user but one. @param butHash null: that one too */
export const deleteSessionsOfUser = async (db: SqlClient, userId: string, butHash: string | null): Promise<void> => {
  await db.execute('DELETE FROM user_sessions WHERE user_id = ? AND session_hash <> ?', [userId, butHash ?? ''])
}
