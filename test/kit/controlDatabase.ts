import { initControlDatabase, initPostgres, openControlDatabase, type SqlClient } from '@flakebench/store'
import { inject } from 'vitest'
import { postgresSchema } from '../snowflake/server/sql/translation.ts'
import { type SnowflakeServer, startSnowflakeServer } from '../snowflake/server/startSnowflakeServer.ts'
import { asAdmin } from './asAdmin.ts'
import { dropAfterTest, once } from './dropAfterTest.ts'
import { SECRETS } from './secretSearch.ts'
import { newDatabaseName, sharedClusters, withDatabase } from './sharedClusters.ts'
import { openStatementLog } from './statementLog.ts'
import { wireControlUrl } from './wireControlUrl.ts'

/** Where the control tables of a project's tests are: see vitest.config.ts. */
export type ControlPlace = 'POSTGRES' | 'WIRE_SERVER' | 'ACCOUNT'

export interface FreshControlDatabase {
  /** As CONTROL_DATABASE_URL takes it, with rights to everything. */
  readonly url: string
  readonly db: SqlClient
  /** Of the PostgreSQL that holds it, be it behind Snowflake's protocol; as the superuser. */
  readonly adminUrl: string
  /** The name of a schema of control tables there, to be quoted. */
  adminSchema(schema: string): string
  /** Takes a minute. */
  readonly sleep: string
  /** Ends the sessions that are in the middle of `sleep`. @returns whether there was one */
  endSleeping(): Promise<boolean>
  /** The same database at another port of this machine. */
  atPort(port: number): string
  /** Where it listens. */
  readonly port: number
  /** Snowflake's protocol before it; null: it is spoken to as what it is. */
  readonly wire: SnowflakeServer | null
  /** Looks for secrets, closes `db`, ends every other session and drops the database. May be called twice. @throws where a secret was found */
  drop(): Promise<void>
}

export interface ControlDatabaseOptions {
  /** Writes all its statements, with their values, where secrets are looked for; else only those that fail. */
  readonly logStatements?: boolean
}

/**
 * A control database of its own, with the control schema. Called in a test, it is dropped when the test ends; called in a hook for a whole file,
 * its `drop` belongs into `afterAll`.
 */
export const freshControlDatabase = async (options: ControlDatabaseOptions = {}): Promise<FreshControlDatabase> => {
  const place = inject('controlPlace')
  if (place === 'ACCOUNT') return freshSchemaInAccount(inject('snowflakeAccountUrl'))
  const { controlAdminUrl, controlLog, wireTemplate } = sharedClusters()
  const name = newDatabaseName()
  const adminUrl = withDatabase(controlAdminUrl, name)
  const template = place === 'WIRE_SERVER' ? ` TEMPLATE ${wireTemplate}` : ''
  SECRETS.note('the password of the control database', decodeURIComponent(new URL(controlAdminUrl).password))
  const statements = openStatementLog(controlLog)
  await asAdmin(controlAdminUrl, async admin => {
    await admin.query(`CREATE DATABASE ${name}${template}`)
    if (options.logStatements === true) await admin.query(`ALTER DATABASE ${name} SET log_statement = 'all'`)
  })
  const fresh = place === 'WIRE_SERVER' ? await onWireServer(adminUrl) : await onPostgres(adminUrl, name)
  const drop = once(async () => {
    SECRETS.lookInBytes('a statement in the log of the control database', statements.read())
    await SECRETS.lookInTables({ adminUrl, adminSchema: fresh.adminSchema })
    await fresh.db.close()
    await fresh.close()
    await asAdmin(controlAdminUrl, admin => admin.query(`DROP DATABASE ${name} WITH (FORCE)`))
    SECRETS.refuseFound()
  })
  dropAfterTest(drop)
  return { ...fresh, adminUrl, drop }
}

type Fresh = Omit<FreshControlDatabase, 'adminUrl' | 'drop'> & { close(): Promise<void> }

/** A schema of its own in a real account, dropped again: what the tests do there needs nothing of what is behind the protocol. */
const freshSchemaInAccount = async (url: string): Promise<FreshControlDatabase> => {
  const schema = newDatabaseName()
  await initControlDatabase(url, schema)
  const db = openControlDatabase({ url, schema, maxConnections: 8, applicationName: 'tests' })
  const drop = once(async () => {
    await db.execute(`DROP SCHEMA ${schema}`)
    await db.close()
  })
  dropAfterTest(drop)
  const unknown = (): never => {
    throw new Error('nothing is known of what is behind a real account')
  }
  return { url, db, adminUrl: '', adminSchema: unknown, sleep: SLEEP, endSleeping: unknown, port: 0, wire: null, atPort: unknown, drop }
}

const SLEEP = "SELECT SYSTEM$WAIT(60, 'SECONDS')"

const onPostgres = async (url: string, name: string): Promise<Fresh> => {
  await initPostgres(url)
  const db = openControlDatabase({ url, maxConnections: 20, applicationName: name })
  return {
    url,
    db,
    adminSchema: schema => schema,
    sleep: 'SELECT pg_sleep(60)',
    endSleeping: async () => {
      const { rows } = await asAdmin(url, admin =>
        admin.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = CURRENT_DATABASE() AND state = 'active' AND query LIKE 'SELECT pg_sleep%'`,
        ),
      )
      return rows.length > 0
    },
    port: Number(new URL(url).port),
    wire: null,
    atPort: port => withPort(url, port),
    close: () => Promise.resolve(),
  }
}

const withPort = (address: string, port: number): string => {
  const url = new URL(address)
  url.port = String(port)
  return url.href
}

const onWireServer = async (adminUrl: string): Promise<Fresh> => {
  const wire = await startSnowflakeServer({ postgresUrl: adminUrl })
  const url = wireControlUrl(wire.url)
  return {
    url,
    db: openControlDatabase({ url, maxConnections: 20, applicationName: 'tests' }),
    adminSchema: schema => postgresSchema('FLAKEBENCH', schema.toUpperCase()),
    sleep: SLEEP,
    endSleeping: () => endSleepingOn(wire),
    port: wire.port,
    wire,
    atPort: port => wireControlUrl(withPort(wire.url, port)),
    close: () => wire.close(),
  }
}

const endSleepingOn = async (wire: SnowflakeServer): Promise<boolean> => {
  const asleep = wire.underWay().filter(({ text }) => text === SLEEP)
  await wire.endSessions(({ id }) => asleep.some(({ sessionId }) => sessionId === id))
  return asleep.length > 0
}
