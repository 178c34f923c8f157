import { createHash } from 'node:crypto'
import type pg from 'pg'
import { COMPAT_DATE_SQL } from './compatDates.ts'
import { COMPAT_FUNCTION_SQL } from './compatFunctions.ts'
import { COMPAT_CASTS, COMPAT_TYPES } from './compatTypes.ts'
import { INFORMATION_SQL } from './informationSql.ts'
import { WIRE_SQL } from './wireTables.ts'

/** What a PostgreSQL database needs so that translated statements run on it: types, functions, records and catalog. In this order. */
export const CATALOG_SQL: readonly string[] = [
  ...COMPAT_TYPES,
  ...COMPAT_FUNCTION_SQL,
  ...COMPAT_DATE_SQL,
  ...COMPAT_CASTS,
  ...WIRE_SQL,
  ...INFORMATION_SQL,
]

const VERSION = createHash('sha256').update(CATALOG_SQL.join('\n')).digest('hex').slice(0, 16)

/** Any number that nobody else locks by. */
const LOCK = 7_241_905

/** Makes a database ready; does nothing where that was done. Needs a superuser, because it adds casts between PostgreSQL's own types. */
export const prepareDatabase = async (client: pg.Client): Promise<void> => {
  await client.query(`SELECT pg_advisory_lock(${LOCK})`)
  try {
    const found = await client.query<{ version: string | null }>(
      `SELECT obj_description(oid, 'pg_namespace') AS version FROM pg_namespace WHERE nspname = 'flakebench_wire'`,
    )
    if (found.rows[0]?.version === VERSION) return
    await client.query([...CATALOG_SQL, `COMMENT ON SCHEMA flakebench_wire IS '${VERSION}'`].join(';\n'))
  } finally {
    await client.query(`SELECT pg_advisory_unlock(${LOCK})`)
  }
}
