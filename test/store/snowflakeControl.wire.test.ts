import {
  ControlDatabaseUnavailable,
  countActiveRuns,
  describeControlDatabase,
  initControlDatabase,
  isDuplicateKey,
  listMissingParts,
  newId,
  openControlDatabase,
  putConnection,
  type SqlClient,
} from '@flakebench/store'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { asAdmin } from '../kit/asAdmin.ts'
import { newDatabaseName, sharedClusters, withDatabase } from '../kit/sharedClusters.ts'
import { prepareDatabase } from '../snowflake/server/sql/prepareDatabase.ts'
import { type SnowflakeServer, startSnowflakeServer } from '../snowflake/server/startSnowflakeServer.ts'

const name = newDatabaseName()
let wire: SnowflakeServer
let url: string

beforeAll(async () => {
  const { controlAdminUrl } = sharedClusters()
  await asAdmin(controlAdminUrl, admin => admin.query(`CREATE DATABASE ${name}`))
  const postgresUrl = withDatabase(controlAdminUrl, name)
  await asAdmin(postgresUrl, prepareDatabase)
  wire = await startSnowflakeServer({ postgresUrl })
  url = `snowflake://bench:bench@flakebench/control?warehouse=control_wh&accessUrl=${encodeURIComponent(wire.url)}`
  await initControlDatabase(url)
})
afterAll(async () => {
  await wire?.close()
  await asAdmin(sharedClusters().controlAdminUrl, admin => admin.query(`DROP DATABASE ${name} WITH (FORCE)`))
})
beforeEach(() => wire.dials.reset())

const openClient = (options: { readonly maxConnections?: number; readonly statementTimeoutMs?: number } = {}): SqlClient => {
  const db = openControlDatabase({ url, applicationName: 'flakebench test', ...options })
  onTestFinished(() => db.close())
  return db
}
const connection = (id: string, named = id) => ({
  id,
  name: named,
  type: 'POSTGRES' as const,
  settings: { host: 'h', port: 1, user: 'u', database: 'd', tls: 'OFF' as const, ca: null },
  sealedCredentials: null,
})

describe('the control database on Snowflake', () => {
  it('is made from nothing, with database and schema, in any schema of that name', async () => {
    expect(describeControlDatabase(url)).toBe('Snowflake account flakebench, database control, warehouse control_wh')
    expect(await listMissingParts(openClient())).toEqual([])
    await initControlDatabase(url, 'elsewhere')
    expect(await listMissingParts(openClient(), 'elsewhere')).toEqual([])
    expect(await listMissingParts(openClient(), 'nowhere')).not.toEqual([])
  })

  it('keeps its sessions as the control plane needs them', async () => {
    const db = openClient({ statementTimeoutMs: 14_200 })
    wire.clearLog()
    await countActiveRuns(db)
    const texts = wire.statements().map(({ text }) => text)
    const settings = texts.find(text => text.startsWith('ALTER SESSION SET'))
    for (const setting of [
      "TIMEZONE = 'UTC'",
      'AUTOCOMMIT = TRUE',
      'TRANSACTION_ABORT_ON_ERROR = TRUE',
      'READ_LATEST_WRITES = TRUE',
      'HYBRID_TABLE_LOCK_TIMEOUT = 5',
      'LOCK_TIMEOUT = 5',
      "QUERY_TAG = 'flakebench:control'",
      'STATEMENT_TIMEOUT_IN_SECONDS = 15',
    ]) {
      expect(settings).toContain(setting)
    }
    // Not the rights of another role that the user may have.
    expect(texts).toContain('USE SECONDARY ROLES NONE')
    expect(wire.statements().at(-1)).toMatchObject({ tag: 'flakebench:control', schema: 'TEST_RESULTS', warehouse: 'CONTROL_WH' })
  })

  it('opens sessions as they are needed, and no more than it may', async () => {
    const db = openClient({ maxConnections: 3 })
    const before = wire.sessions().length
    await countActiveRuns(db)
    expect(wire.sessions()).toHaveLength(before + 1)
    await Promise.all(Array.from({ length: 12 }, () => countActiveRuns(db)))
    expect(wire.sessions().length).toBeLessThanOrEqual(before + 3)
    expect(wire.sessions().at(-1)).toMatchObject({ user: 'BENCH', application: 'flakebench_test', warehouse: 'CONTROL_WH' })
  })

  it('is unavailable once when the server has ended all sessions, and then answers the same client', async () => {
    const db = openClient({ maxConnections: 3 })
    const useAll = (): Promise<unknown> => Promise.all(Array.from({ length: 3 }, () => countActiveRuns(db)))
    await useAll()
    await wire.endSessions()
    await expect(countActiveRuns(db)).rejects.toThrow(ControlDatabaseUnavailable)
    expect(await countActiveRuns(db)).toBe(0)
    await useAll()
    await wire.endSessions()
    expect(await db.transaction(tx => countActiveRuns(tx))).toBe(0)
  })

  it('lets go of all sessions when one was ended in the middle of a transaction', async () => {
    const db = openClient({ maxConnections: 3 })
    await Promise.all(Array.from({ length: 3 }, () => countActiveRuns(db)))
    const broken = db.transaction(async tx => {
      await countActiveRuns(tx)
      await wire.endSessions()
      await countActiveRuns(tx)
    })
    await expect(broken).rejects.toThrow(ControlDatabaseUnavailable)
    expect(await countActiveRuns(db)).toBe(0)
  })

  it('tells a duplicate key from other refusals, by primary key and by unique constraint', async () => {
    const db = openClient()
    const [id, other] = [newId(), newId()]
    await putConnection(db, connection(id))
    const insert = (key: string, named: string): Promise<unknown> =>
      db
        .execute(
          "INSERT INTO connections (connection_id, connection_name, connection_type, settings) SELECT ?, ?, 'POSTGRES', PARSE_JSON('{}')",
          [key, named],
        )
        .catch((error: unknown) => error)
    expect(isDuplicateKey(await insert(id, 'another name'))).toBe(true)
    expect(isDuplicateKey(await putConnection(db, connection(other, id)).catch((error: unknown) => error))).toBe(true)
    expect(isDuplicateKey(await db.execute('DELETE FROM nowhere').catch((error: unknown) => error))).toBe(false)
  })

  it('is unavailable, and not slow, when it does not answer by the deadline of our own', async () => {
    const db = openClient({ statementTimeoutMs: 1_000 })
    await countActiveRuns(db)
    const release = wire.dials.holdAnswers('BEFORE_EXECUTION', 'QUERY')
    const failure = await countActiveRuns(db).catch((error: unknown) => error)
    release()
    expect(failure).toBeInstanceOf(ControlDatabaseUnavailable)
    expect(failure).toMatchObject({ isSlow: false })
    expect(await countActiveRuns(db)).toBe(0)
  })

  it('is slow when a lock is not to be had for long, by a statement of its own or in a transaction', async () => {
    const db = openClient({ statementTimeoutMs: 3_000 })
    const id = newId()
    await putConnection(db, connection(id))
    const touch = (on: SqlClient): Promise<number> =>
      on.execute('UPDATE connections SET version = version + 1 WHERE connection_id = ?', [id])
    await db.transaction(async holder => {
      await touch(holder)
      const failures = await Promise.all([touch(db), db.transaction(touch)].map(work => work.catch((error: unknown) => error)))
      for (const failure of failures) {
        expect(failure).toBeInstanceOf(ControlDatabaseUnavailable)
        expect(failure).toMatchObject({ isSlow: true, message: expect.stringMatching(/lock/) })
      }
    })
    expect(await touch(db)).toBe(1)
  })

  it('does a statement once that the driver had to send again', async () => {
    const db = openClient()
    const id = newId()
    wire.dials.dropNext(1, 'AFTER_EXECUTION', 'QUERY')
    await db.transaction(async tx => {
      await tx.execute("INSERT INTO audit_log (audit_id, actor, action, outcome) SELECT ?, 'a', 'b', 'c'", [id])
    })
    expect(await db.query('SELECT COUNT(*) AS n FROM audit_log WHERE audit_id = ?', [id])).toEqual([{ n: 1 }])
  })

  it('refuses an address whose password is wrong in the words of Snowflake, and is not unavailable', async () => {
    const db = openControlDatabase({ url: url.replace(':bench@', ':wrong@') })
    const failure = await countActiveRuns(db).catch((error: unknown) => error)
    const { logins } = wire.counts()
    const again = await Promise.all([1, 2, 3].map(() => countActiveRuns(db).catch((error: unknown) => error)))
    await db.close()
    expect(failure).not.toBeInstanceOf(ControlDatabaseUnavailable)
    expect(String(failure)).toMatch(/password/i)
    expect(again).toEqual([failure, failure, failure])
    // A user is locked after a few of them.
    expect(wire.counts().logins).toBe(logins)
  })
})
