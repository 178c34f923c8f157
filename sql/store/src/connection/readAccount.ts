import type { SqlClient } from '../client/sqlClient.ts'
import type { SnowflakeSession } from '../snowflake/session.ts'

/** ⚠ CURRENT_ACCOUNT is the locator, which is unique within a region only. */
const ACCOUNT = 'SELECT CURRENT_ORGANIZATION_NAME() AS organization_name, CURRENT_ACCOUNT_NAME() AS account_name'
const TIMEOUT_MS = 5_000

/** The account of a session by its own name, ORGANISATION-ACCOUNT, however its address is spelled; null: it does not tell. @throws SnowflakeFailure */
export const readSessionAccount = async (session: SnowflakeSession): Promise<string | null> => {
  const { rows } = await session.execute(ACCOUNT, [], { deadlineMs: TIMEOUT_MS, mostRetries: 1 })
  return nameOf(rows[0]?.[0], rows[0]?.[1])
}

/** The same of the control database; null: it is on PostgreSQL, or does not tell. */
export const readControlAccount = async (db: SqlClient): Promise<string | null> => {
  if (db.engine !== 'snowflake') return null
  const [row] = await db.query(ACCOUNT)
  return nameOf(row?.['organization_name'], row?.['account_name'])
}

const nameOf = (organization: unknown, account: unknown): string | null =>
  typeof organization === 'string' && typeof account === 'string' ? `${organization}-${account}`.toUpperCase() : null
