import { randomBytes } from 'node:crypto'
import { insertDemoRows } from '../../sql/store/src/demo/insertDemoRows.ts'
import { CREATE_ORDERS, FINISH_ORDERS } from '../../sql/store/src/demo/ordersTable.ts'
import { asAdmin } from './asAdmin.ts'
import { dropAfterTest, once } from './dropAfterTest.ts'
import { SECRETS } from './secretSearch.ts'
import { newDatabaseName, sharedClusters, withDatabase } from './sharedClusters.ts'

export interface FreshSutDatabase {
  /** As the role of its own that may read and change `orders` and nothing else. */
  readonly url: string
  /** As the superuser. */
  readonly adminUrl: string
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** Ends every session, drops the database and the role. May be called twice. */
  drop(): Promise<void>
}

/** A system under test: a database with `orders` (ids 1 to `rows`, the columns and values of the demo) and a role that may use it. Dropped as above. */
export const freshSutDatabase = async (options: {
  readonly rows: number
  /** Of the server that gets it, as its superuser; the shared one when left out. */
  readonly adminUrl?: string
}): Promise<FreshSutDatabase> => {
  const sutAdminUrl = options.adminUrl ?? sharedClusters().sutAdminUrl
  const name = newDatabaseName()
  const password = randomBytes(12).toString('base64url')
  SECRETS.note('the password of the system under test', password)
  await asAdmin(sutAdminUrl, async admin => {
    await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`)
    await admin.query(`CREATE DATABASE ${name}`)
  })
  const adminUrl = withDatabase(sutAdminUrl, name)
  await asAdmin(adminUrl, async admin => {
    await admin.query(CREATE_ORDERS)
    if (options.rows > 0) await insertDemoRows(admin, 1, options.rows, 42, options.rows)
    for (const statement of FINISH_ORDERS) await admin.query(statement)
    await admin.query(`GRANT SELECT, INSERT, UPDATE ON orders TO ${name}`)
  })
  const drop = once(async () => {
    await asAdmin(sutAdminUrl, async admin => {
      // WITH (FORCE) came with PostgreSQL 13.
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`)
      await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name])
      await admin.query(`DROP DATABASE ${name}`)
      await admin.query(`DROP ROLE ${name}`)
    })
  })
  dropAfterTest(drop)
  const { hostname: host, port } = new URL(sutAdminUrl)
  const url = `postgresql://${name}:${password}@${host}:${port}/${name}`
  return { url, adminUrl, host, port: Number(port), user: name, password, database: name, drop }
}
