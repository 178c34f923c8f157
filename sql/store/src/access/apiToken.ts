import { lesserRole, type Role } from '@flakebench/contract'
import { number, numberOrNull, text, textOrNull } from '../client/columns.ts'
import type { Row, SqlClient } from '../client/sqlClient.ts'

export interface SavedApiToken {
  readonly id: string
  readonly name: string
  readonly role: Role
  /** Null: made where no sign-in was needed. */
  readonly userId: string | null
  /** Of its user as they are called now, or of whoever made it; null: made where no sign-in was needed. */
  readonly ownerName: string | null
  readonly createdAtMs: number
  readonly expiresAtMs: number | null
  readonly lastUsedAtMs: number | null
  readonly revokedAtMs: number | null
}

export interface NewApiToken {
  readonly id: string
  readonly name: string
  readonly role: Role
  /** SHA-256 of its text, hexadecimal. */
  readonly hash: string
  readonly userId: string | null
  readonly createdBy: string | null
  readonly days: number
}

/** A token is noted as used so often at most. */
const NOTED_SECONDS = 300

const SELECT = `SELECT t.token_id, t.token_name, t.role, t.user_id, COALESCE(u.user_name, t.created_by) AS owner_name, t.created_at, t.expires_at,
  t.last_used_at, t.revoked_at FROM api_tokens t LEFT JOIN users u ON u.user_id = t.user_id`

const toToken = (row: Row): SavedApiToken => ({
  id: text(row, 'token_id'),
  name: text(row, 'token_name'),
  role: text(row, 'role') as Role,
  userId: textOrNull(row, 'user_id'),
  ownerName: textOrNull(row, 'owner_name'),
  createdAtMs: number(row, 'created_at'),
  expiresAtMs: numberOrNull(row, 'expires_at'),
  lastUsedAtMs: numberOrNull(row, 'last_used_at'),
  revokedAtMs: numberOrNull(row, 'revoked_at'),
})

export const insertApiToken = async (db: SqlClient, token: NewApiToken): Promise<void> => {
  await db.execute(
    `INSERT INTO api_tokens (token_id, token_name, token_hash, role, user_id, created_by, expires_at)
     SELECT ?, ?, ?, ?, ?, ?, DATEADD('second', ${Math.trunc(token.days) * 86_400}, CURRENT_TIMESTAMP)`,
    [token.id, token.name, token.hash, token.role, token.userId, token.createdBy],
  )
}

export const readApiToken = async (db: SqlClient, id: string): Promise<SavedApiToken | null> => {
  const [row] = await db.query(`${SELECT} WHERE t.token_id = ?`, [id])
  return row === undefined ? null : toToken(row)
}

/** Newest first. @param userId null: everybody's */
export const listApiTokens = async (db: SqlClient, userId: string | null): Promise<SavedApiToken[]> =>
  (
    await db.query(`${SELECT} ${userId === null ? '' : 'WHERE t.user_id = ?'} ORDER BY t.token_id DESC`, userId === null ? [] : [userId])
  ).map(toToken)

/** What a token may do now. */
export interface TokenGrant {
  readonly id: string
  readonly name: string
  /** The lesser of its own and its user's. */
  readonly role: Role
  readonly userId: string | null
  /** As the user is called. */
  readonly userName: string | null
  readonly expiresAtMs: number | null
}

const GRANTED = `SELECT t.token_hash, t.token_id, t.token_name, t.role, t.user_id, t.expires_at, u.user_name, u.role AS user_role,
     COALESCE(TIMESTAMPDIFF('second', t.last_used_at, CURRENT_TIMESTAMP), ${NOTED_SECONDS}) AS idle_seconds
   FROM api_tokens t LEFT JOIN users u ON u.user_id = t.user_id
   WHERE t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > CURRENT_TIMESTAMP)
     AND (t.user_id IS NULL OR (u.user_id IS NOT NULL AND NOT u.is_disabled))`

const toGrant = (row: Row): TokenGrant => {
  const role = text(row, 'role') as Role
  const userRole = textOrNull(row, 'user_role') as Role | null
  return {
    id: text(row, 'token_id'),
    name: text(row, 'token_name'),
    role: userRole === null ? role : lesserRole(role, userRole),
    userId: textOrNull(row, 'user_id'),
    userName: textOrNull(row, 'user_name'),
    expiresAtMs: numberOrNull(row, 'expires_at'),
  }
}

/** What the token of a hash grants; null: there is none, or it has ended, or its user may not sign in any more. @param isUse whether it is noted as used */
export const readTokenGrant = async (db: SqlClient, hash: string, isUse: boolean): Promise<TokenGrant | null> => {
  const [row] = await db.query(`${GRANTED} AND t.token_hash = ?`, [hash])
  if (row === undefined) return null
  const grant = toGrant(row)
  if (isUse && number(row, 'idle_seconds') >= NOTED_SECONDS)
    await db.execute('UPDATE api_tokens SET last_used_at = CURRENT_TIMESTAMP WHERE token_id = ?', [grant.id])
  return grant
}

/** Of many tokens at once, by hash, those that grant anything; none is noted as used. */
export const listTokenGrants = async (db: SqlClient, hashes: readonly string[]): Promise<ReadonlyMap<string, TokenGrant>> => {
  if (hashes.length === 0) return new Map()
  const rows = await db.query(`${GRANTED} AND t.token_hash IN (${hashes.map(() => '?').join(', ')})`, hashes)
  return new Map(rows.map(row => [text(row, 'token_hash'), toGrant(row)]))
}

/** One that was revoked before stays as it was. */
export const revokeApiToken = async (db: SqlClient, id: string): Promise<void> => {
  await db.execute('UPDATE api_tokens SET revoked_at = CURRENT_TIMESTAMP WHERE token_id = ? AND revoked_at IS NULL', [id])
}
