import { randomBytes } from 'node:crypto'
import { initPostgres, openPostgres, type SqlClient } from '@flakebench/store'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { insertDemoRows } from '../../sql/store/src/demo/insertDemoRows.ts'
import { CREATE_ORDERS, FINISH_ORDERS } from '../../sql/store/src/demo/ordersTable.ts'
import { sharedClusters, TEST_DATABASE_PREFIX } from './sharedClusters.ts'

export interface FreshControlDatabase {
  /** As the superuser. */
  readonly url: string
  readonly db: SqlClient
  /** Closes `db`, ends every other session and drops the database. May be called twice. */
  drop(): Promise<void>
}

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

/**
 * A control database of its own, with the control schema. Called in a test, it is dropped when the test ends; called in a hook for a whole file,
 * its `drop` belongs into `afterAll`.
 */
export const freshControlDatabase = async (): Promise<FreshControlDatabase> => {
  const { controlAdminUrl } = sharedClusters()
  const name = newName()
  await asAdmin(controlAdminUrl, admin => admin.query(`CREATE DATABASE ${name}`))
  const url = withDatabase(controlAdminUrl, name)
  await initPostgres(url)
  const db = openPostgres({ url, maxConnections: 20, applicationName: name })
  const drop = once(async () => {
    await db.close()
    await asAdmin(controlAdminUrl, admin => admin.query(`DROP DATABASE ${name} WITH (FORCE)`))
  })
  dropAfterTest(drop)
  return { url, db, drop }
}

/** A system under test: a database with `orders` (ids 1 to `rows`, the columns and values of the demo) and a role that may use it. Dropped as above. */
export const freshSutDatabase = async (options: { readonly rows: number }): Promise<FreshSutDatabase> => {
  const { sutAdminUrl } = sharedClusters()
  const name = newName()
  const password = randomBytes(12).toString('base64url')
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
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)
      await admin.query(`DROP ROLE ${name}`)
    })
  })
  dropAfterTest(drop)
  const { hostname: host, port } = new URL(sutAdminUrl)
  const url = `postgresql://${name}:${password}@${host}:${port}/${name}`
  return { url, adminUrl, host, port: Number(port), user: name, password, database: name, drop }
}

const newName = (): string => `${TEST_DATABASE_PREFIX}${randomBytes(6).toString('hex')}`

const withDatabase = (adminUrl: string, name: string): string => {
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return url.href
}

/** One connection for `work`, closed whatever happens. */
export const asAdmin = async <T>(url: string, work: (admin: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const once = (work: () => Promise<void>): (() => Promise<void>) => {
  let done: Promise<void> | undefined
  return () => {
    done ??= work()
    return done
  }
}

const dropAfterTest = (drop: () => Promise<void>): void => {
  try {
    onTestFinished(drop, 60_000)
  } catch {
    // Not in a test but in a hook of a file, whose `afterAll` drops it; globalSetup.ts finds what was forgotten.
  }
}
