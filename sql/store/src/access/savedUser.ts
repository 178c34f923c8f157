import type { Role } from '@flakebench/contract'
import { flag, number, numberOrNull, text } from '../client/columns.ts'
import type { Row, SqlClient } from '../client/sqlClient.ts'

/** Somebody who may sign in. */
export interface SavedUser {
  readonly id: string
  readonly name: string
  /** Parameters, salt and hash; never a password. */
  readonly passwordHash: string
  readonly role: Role
  readonly isDisabled: boolean
  readonly createdAtMs: number
  readonly lastSignInAtMs: number | null
}

/** What tells names apart: no two users differ in case, or in how a letter is composed, alone. */
export const userKeyOf = (name: string): string => name.trim().normalize('NFKC').toLowerCase()

const COLUMNS = 'user_id, user_name, password_hash, role, is_disabled, created_at, last_sign_in_at'

const toUser = (row: Row): SavedUser => ({
  id: text(row, 'user_id'),
  name: text(row, 'user_name'),
  passwordHash: text(row, 'password_hash'),
  role: text(row, 'role') as Role,
  isDisabled: flag(row, 'is_disabled'),
  createdAtMs: number(row, 'created_at'),
  lastSignInAtMs: numberOrNull(row, 'last_sign_in_at'),
})

export const readUser = async (db: SqlClient, id: string): Promise<SavedUser | null> => {
  const [row] = await db.query(`SELECT ${COLUMNS} FROM users WHERE user_id = ?`, [id])
  return row === undefined ? null : toUser(row)
}

export const readUserByName = async (db: SqlClient, name: string): Promise<SavedUser | null> => {
  const [row] = await db.query(`SELECT ${COLUMNS} FROM users WHERE user_key = ?`, [userKeyOf(name)])
  return row === undefined ? null : toUser(row)
}

/** By name. */
export const listUsers = async (db: SqlClient): Promise<SavedUser[]> =>
  (await db.query(`SELECT ${COLUMNS} FROM users ORDER BY user_key`)).map(toUser)

/** How many there are, and how many of them can sign in as an admin. */
export const countUsers = async (db: SqlClient): Promise<{ readonly users: number; readonly enabledAdmins: number }> => {
  const [row] = await db.query(
    "SELECT COUNT(*) AS users, COUNT(CASE WHEN role = 'ADMIN' AND NOT is_disabled THEN 1 END) AS enabled_admins FROM users",
  )
  return { users: number(row ?? {}, 'users'), enabledAdmins: number(row ?? {}, 'enabled_admins') }
}
