import { number } from './client/columns.ts'
import type { SqlClient } from './client/sqlClient.ts'

/** The database's clock: milliseconds since 1970. The one clock of the control plane. */
export const readClock = async (db: SqlClient): Promise<number> => {
  const [row] = await db.query('SELECT CURRENT_TIMESTAMP AS now_at')
  return number(row ?? {}, 'now_at')
}
