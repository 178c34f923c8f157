import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asObjects, openSnowflakeSession, type SnowflakeAuth, type SnowflakeSession, type SnowflakeSessionOptions } from '@flakebench/store'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { loadSnowflake } from '../../sql/store/src/snowflake/driver.ts'
import { watchRequest } from '../../sql/store/src/snowflake/hiddenRetries.ts'
import { asAdmin } from '../kit/asAdmin.ts'
import { openDoor } from '../kit/door.ts'
import { until } from '../kit/processes.ts'
import { newDatabaseName, sharedClusters, withDatabase } from '../kit/sharedClusters.ts'
import { prepareDatabase } from '../snowflake/server/sql/prepareDatabase.ts'
import { type SnowflakeServer, startSnowflakeServer } from '../snowflake/server/startSnowflakeServer.ts'

const name = newDatabaseName()
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' },
})
const folder = mkdtempSync(join(tmpdir(), 'snowflake-session-'))
let wire: SnowflakeServer

beforeAll(async () => {
  const { controlAdminUrl } = sharedClusters()
  await asAdmin(controlAdminUrl, admin => admin.query(`CREATE DATABASE ${name}`))
  const postgresUrl = withDatabase(controlAdminUrl, name)
  await asAdmin(postgresUrl, prepareDatabase)
  wire = await startSnowflakeServer({
    postgresUrl,
    users: [
      { name: 'BENCH', password: 'bench', publicKeyPem: publicKey, oauthTokens: ['fresh'], expiredOauthTokens: ['stale'], pats: ['pat-1'] },
    ],
  })
  await wire.createDatabase('BENCH', ['PUBLIC'])
})
afterAll(async () => {
  await wire?.close()
  await asAdmin(sharedClusters().controlAdminUrl, admin => admin.query(`DROP DATABASE ${name} WITH (FORCE)`))
  rmSync(folder, { recursive: true })
})
beforeEach(() => wire.dials.reset())

const openThrough = (port: number): Promise<SnowflakeSession> =>
  openSnowflakeSession(
    {
      ...{ account: 'FLAKEBENCH', user: 'BENCH', role: null, warehouse: 'BENCH_WH', database: 'BENCH', schema: 'PUBLIC' },
      accessUrl: `http://127.0.0.1:${port}/`,
      auth: { type: 'PASSWORD', password: 'bench' },
    },
    { application: 'tests' },
  )

const open = async (
  auth: SnowflakeAuth = { type: 'PASSWORD', password: 'bench' },
  options: Partial<SnowflakeSessionOptions> = {},
): Promise<SnowflakeSession> => {
  const place = { role: null, warehouse: 'BENCH_WH', database: 'BENCH', schema: 'PUBLIC' }
  const session = await openSnowflakeSession(
    { account: 'FLAKEBENCH', user: 'BENCH', ...place, accessUrl: wire.url, auth },
    { application: 'tests', parameters: { TIMEZONE: 'UTC' }, ...options },
  )
  onTestFinished(() => session.close())
  return session
}

const tokenFile = (token: string): string => {
  const path = join(folder, token)
  writeFileSync(path, token, { mode: 0o600 })
  return path
}

describe('a sign-in', () => {
  it.each<[string, SnowflakeAuth]>([
    ['a password', { type: 'PASSWORD', password: 'bench' }],
    ['a key pair', { type: 'KEY_PAIR', privateKey, passphrase: 'open sesame' }],
    ['an OAuth token', { type: 'OAUTH', token: 'fresh' }],
    ['an OAuth token in a file', { type: 'OAUTH', tokenFile: tokenFile('fresh') }],
    ['a programmatic access token', { type: 'PAT', token: 'pat-1' }],
    ['a programmatic access token in a file', { type: 'PAT', tokenFile: tokenFile('pat-1') }],
  ])('with %s is granted', async (_, auth) => {
    const session = await open(auth)
    expect((await session.execute('SELECT CURRENT_USER() AS who')).rows).toEqual([['BENCH']])
  })

  it.each<[string, SnowflakeAuth, object]>([
    ['a wrong password', { type: 'PASSWORD', password: 'no' }, { kind: 'SERVER', code: '390100' }],
    ['a stale token', { type: 'OAUTH', token: 'stale' }, { kind: 'SERVER', code: '390318' }],
    ['a wrong passphrase', { type: 'KEY_PAIR', privateKey, passphrase: 'sesame' }, { kind: 'CLIENT' }],
    ['a token file that is not there', { type: 'OAUTH', tokenFile: join(folder, 'gone') }, { kind: 'CLIENT' }],
  ])('with %s is refused, in one shape', async (_, auth, failure) => {
    await expect(open(auth)).rejects.toMatchObject({ name: 'SnowflakeFailure', ...failure })
  })

  it('that nobody answers fails by its deadline', async () => {
    const release = wire.dials.holdAnswers('BEFORE_EXECUTION', 'LOGIN')
    await expect(open(undefined, { connectTimeoutMs: 300 })).rejects.toMatchObject({ name: 'SnowflakeTimeout', kind: 'TIMEOUT' })
    release()
  })

  it('where nobody listens fails at once', async () => {
    const endOutage = await wire.dials.startOutage()
    await expect(open()).rejects.toMatchObject({ kind: 'NETWORK', message: 'Snowflake could not be reached: ECONNREFUSED' })
    await endOutage()
  })
})

describe('a session', () => {
  it('gives values of every kind as promised, by lower-case names', async () => {
    const session = await open()
    const result = await session.execute(
      `SELECT 42 AS whole, CAST(2.5 AS DOUBLE PRECISION) AS half, TRUE AS yes, CAST(? AS VARCHAR) AS word, NULL AS nothing, PARSE_JSON(?) AS parsed,
         CAST('2020-02-03 04:05:06.123456' AS TIMESTAMP_NTZ) AS moment, CAST('2020-02-03' AS DATE) AS day, CURRENT_TIMESTAMP AS now_at`,
      ['ä', '{"a":[1,null]}'],
    )
    expect(result).toMatchObject({ affected: 0, retries: 0, queryId: expect.stringMatching(/^[0-9a-f-]{36}$/) })
    const [row] = asObjects(result)
    expect(row).toMatchObject({ whole: 42, half: 2.5, yes: true, word: 'ä', nothing: null, parsed: { a: [1, null] }, day: '2020-02-03' })
    expect(row?.['moment']).toBeCloseTo(Date.UTC(2020, 1, 3, 4, 5, 6) + 123.456, 3)
    expect(row?.['now_at']).toBeTypeOf('number')
  })

  it('counts the rows that a statement changed', async () => {
    const session = await open()
    await session.execute('CREATE TABLE counted (n INTEGER)')
    expect(await session.execute('INSERT INTO counted (n) VALUES (1), (2), (3)')).toMatchObject({ affected: 3, rows: [] })
    expect(await session.execute('UPDATE counted SET n = 4 WHERE n > ?', [1])).toMatchObject({ affected: 2 })
    expect(await session.execute('DELETE FROM counted WHERE n = 9')).toMatchObject({ affected: 0 })
  })

  it('has the parameters that it was opened with, and a statement its own', async () => {
    const session = await open(undefined, { parameters: { TIMEZONE: 'UTC', QUERY_TAG: "it's a \\ tag" } })
    const own = await session.execute('SELECT 1', [], { parameters: { QUERY_TAG: 'of its own' } })
    const usual = await session.execute('SELECT 2')
    const tagOf = (queryId: string): string | undefined => wire.statements().find(statement => statement.queryId === queryId)?.tag
    expect(tagOf(own.queryId)).toBe('of its own')
    expect(tagOf(usual.queryId)).toBe("it's a \\ tag")
  })

  it('goes on after a statement that the server or the driver refuses', async () => {
    const session = await open()
    await expect(session.execute('SELECT * FROM nowhere')).rejects.toMatchObject({ kind: 'SERVER', code: '002003', sqlState: '42S02' })
    await expect(session.execute('SELECT ?', [1n as unknown as number])).rejects.toMatchObject({ kind: 'CLIENT' })
    expect(session.isUsable).toBe(true)
    expect((await session.execute('SELECT 1')).rows).toEqual([[1]])
  })

  it('gives up a statement at its deadline, has it cancelled, and is of no more use', async () => {
    const session = await open()
    await expect(session.execute('SELECT SYSTEM$WAIT(60)', [], { deadlineMs: 400 })).rejects.toMatchObject({ kind: 'TIMEOUT' })
    expect(session.isUsable).toBe(false)
    await expect(session.execute('SELECT 1')).rejects.toMatchObject({ kind: 'SESSION_LOST' })
    await until(
      'the statement is cancelled',
      () => wire.statements().find(({ text }) => text.includes('SYSTEM$WAIT'))?.errorCode,
      code => code === '000604',
    )
  })

  it('goes on with a renewed token, unnoticed', async () => {
    const session = await open()
    wire.expireTokens()
    expect(await session.execute('SELECT 1')).toMatchObject({ rows: [[1]], retries: 0 })
  })

  it('that the server has ended is lost, in the middle of a statement and before the next', async () => {
    const [waiting, idle] = [await open(), await open()]
    wire.dials.holdMs = 10
    wire.clearLog()
    const interrupted = waiting.execute('SELECT SYSTEM$WAIT(61)').catch((error: unknown) => error)
    await until(
      'the statement runs',
      () => wire.counts().polls,
      polls => polls > 0,
    )
    await wire.endSessions()
    expect(await interrupted).toMatchObject({ kind: 'SESSION_LOST' })
    await expect(idle.execute('SELECT 1')).rejects.toMatchObject({ kind: 'SESSION_LOST', retries: 0 })
    expect([waiting.isUsable, idle.isUsable]).toEqual([false, false])
  })

  it('that is closed while the server cannot be reached is ended when it can: what it held is free again', async () => {
    const door = await openDoor({ host: '127.0.0.1', port: Number(new URL(wire.url).port) })
    onTestFinished(() => door.close())
    const near = await open(undefined, { parameters: { LOCK_TIMEOUT: 1 } })
    await near.execute('CREATE TABLE held (id INT, n INT)')
    await near.execute('INSERT INTO held VALUES (1, 0)')
    const far = await openThrough(door.port)
    await far.execute('BEGIN')
    await far.execute('UPDATE held SET n = 1')
    await door.refuse()
    await far.close()
    await expect(near.execute('UPDATE held SET n = 2')).rejects.toMatchObject({ kind: 'SERVER' })
    await door.accept()
    await until(
      'the row is free',
      () =>
        near.execute('UPDATE held SET n = n + 10').then(
          ({ affected }) => affected,
          () => 0,
        ),
      affected => affected === 1,
    )
    expect((await near.execute('SELECT n FROM held')).rows).toEqual([[10]])
  })

  it('tells how often the driver has sent a statement again, which is executed once all the same', async () => {
    const session = await open()
    await session.execute('CREATE TABLE resent (n INTEGER)')
    wire.dials.dropNext(1, 'AFTER_EXECUTION', 'QUERY')
    expect(await session.execute('INSERT INTO resent (n) VALUES (1)')).toMatchObject({ affected: 1, retries: 1 })
    expect((await session.execute('SELECT COUNT(*) FROM resent')).rows).toEqual([[1]])
  })

  it('tells so of the question for a late answer, too', async () => {
    const session = await open()
    Object.assign(wire.dials, { holdMs: 20, statementLatencyMs: 200 })
    wire.dials.answerNext(1, 503, 'POLL')
    expect(await session.execute('SELECT 1')).toMatchObject({ retries: 1 })
  })

  it('sends a statement again no more often than it may', async () => {
    const session = await open()
    wire.dials.dropNext(2, 'BEFORE_EXECUTION', 'QUERY')
    await expect(session.execute('SELECT 1', [], { mostRetries: 0 })).rejects.toMatchObject({
      kind: 'NETWORK',
      message: 'Snowflake could not be reached: no answer after 1 try',
    })
  })
})

describe('a request of a statement that was given up', () => {
  interface DriversHttp {
    request(options: { readonly url: string; readonly method: string }): Promise<unknown>
  }

  it('never leaves the process, while those of others do', async () => {
    await loadSnowflake()
    const { default: http } = createRequire(import.meta.resolve('@flakebench/store'))('snowflake-sdk/dist/lib/http/axios_instance.js') as {
      default: DriversHttp
    }
    const received: string[] = []
    const server: Server = createServer((request, response) => {
      received.push(request.url ?? '')
      response.end('{}')
    }).listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    const send = (query: string): Promise<unknown> =>
      http.request({ url: `http://127.0.0.1:${port}/queries/v1/query-request?${query}`, method: 'POST' })
    try {
      const watch = watchRequest('one', 1)
      const other = watchRequest('two', 0)
      await send('requestId=one')
      await send('requestId=one&clientStartTime=1&retryCount=1')
      expect(watch.retries).toBe(1)
      await expect(send('requestId=one&clientStartTime=1&retryCount=2')).rejects.toThrow('no answer after 2 tries')
      watch.giveUp()
      await expect(send('requestId=one')).rejects.toThrow('given up')
      await send('requestId=two')
      for (const one of [watch, other]) one.end()
      await send('requestId=one')
      expect(received).toHaveLength(4)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})
