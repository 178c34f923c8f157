import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type FreshSnowflake, freshSnowflake } from './kit/freshSnowflake.ts'
import { refusal, signIn } from './kit/signedIn.ts'

let fresh: FreshSnowflake
beforeAll(async () => {
  fresh = await freshSnowflake()
})
afterAll(() => fresh.drop())
beforeEach(() => fresh.server.clearLog())
afterEach(() => fresh.server.dials.reset())

const WAIT = "CALL SYSTEM$WAIT(60, 'SECONDS')"

it('says "in progress" until the answer is there', async () => {
  const { run } = await signIn(fresh.server)
  fresh.server.dials.holdMs = 50
  await run("CALL SYSTEM$WAIT(1, 'SECONDS')")
  expect(fresh.server.counts().polls).toBeGreaterThanOrEqual(5)
})

it('cancels by request id while the driver knows no query id', async () => {
  const { start } = await signIn(fresh.server)
  fresh.server.dials.holdMs = 60_000
  const { statement, outcome } = start(WAIT)
  await expect.poll(() => fresh.server.counts().statements).toBe(1)
  statement.cancel()
  expect(await refusal(outcome)).toMatchObject({
    code: '000604',
    sqlState: '57014',
    message: expect.stringContaining('SQL execution canceled') as string,
  })
  expect(fresh.server.counts()).toMatchObject({ aborts: 1, polls: 0 })
})

it('cancels by query id', async () => {
  const { start } = await signIn(fresh.server)
  fresh.server.dials.holdMs = 20
  const { statement, outcome } = start(WAIT)
  await expect.poll(() => fresh.server.counts().polls).toBeGreaterThan(1)
  statement.cancel()
  expect((await refusal(outcome)).code).toBe('000604')
})

it('cancels what runs in PostgreSQL, and the session goes on', async () => {
  const one = await signIn(fresh.server)
  const other = await signIn(fresh.server)
  await one.run('CREATE HYBRID TABLE blocked (id INTEGER PRIMARY KEY, n INTEGER)')
  await one.run('INSERT INTO blocked (id, n) VALUES (1, 0)')
  await one.run('BEGIN')
  await one.run('UPDATE blocked SET n = 1 WHERE id = 1')
  const before = fresh.server.counts().statements
  const { statement, outcome } = other.start('UPDATE blocked SET n = 2 WHERE id = 1')
  await expect.poll(() => fresh.server.counts().statements).toBe(before + 1)
  statement.cancel()
  expect((await refusal(outcome)).code).toBe('000604')
  await one.run('COMMIT')
  expect((await other.run('SELECT n FROM blocked')).rows).toEqual([{ N: 1 }])
})

it('ends a statement at its own timeout, or the session’s', async () => {
  const { run } = await signIn(fresh.server)
  const message = /reached its statement or warehouse timeout of 1 second\(s\) and was canceled/
  const own = await refusal(run(WAIT, undefined, { parameters: { STATEMENT_TIMEOUT_IN_SECONDS: 1 } } as never))
  expect(own).toMatchObject({ code: '000630', sqlState: '57014' })
  expect(own.message).toMatch(message)
  await run('ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 1')
  expect((await refusal(run(WAIT))).message).toMatch(message)
  await run('ALTER SESSION UNSET STATEMENT_TIMEOUT_IN_SECONDS')
  await run("CALL SYSTEM$WAIT(2, 'SECONDS')")
})

it('runs a statement that nobody waits for, and hands out its answer by query id', async () => {
  const { run, connection } = await signIn(fresh.server)
  const { queryId } = await run("CALL SYSTEM$WAIT(1, 'SECONDS')", undefined, { asyncExec: true })
  expect(await connection.getQueryStatus(queryId)).toMatch(/RUNNING|QUEUED/)
  const statement = await connection.getResultsFromQueryId({ sqlText: '', queryId })
  const rows = await new Promise<unknown[]>((resolve, reject) => {
    const found: unknown[] = []
    statement
      .streamRows()
      .on('data', row => found.push(row))
      .on('end', () => resolve(found))
      .on('error', reject)
  })
  expect(rows).toHaveLength(1)
  expect(await connection.getQueryStatus(queryId)).toBe('SUCCESS')
})

it('answers heartbeats, and closes a session', async () => {
  const { connection, close } = await signIn(fresh.server)
  expect(await connection.isValidAsync()).toBe(true)
  const before = fresh.server.sessions().length
  await close()
  expect(fresh.server.sessions()).toHaveLength(before - 1)
  expect(fresh.server.counts()).toMatchObject({ heartbeats: 1, closes: 1 })
})

it('runs the statements of one session one after the other', async () => {
  const { run } = await signIn(fresh.server)
  await Promise.all([run("CALL SYSTEM$WAIT(1, 'SECONDS')"), run('SELECT 1 AS one'), run('SELECT 2 AS two')])
  expect(fresh.server.statements().map(one => one.text)).toEqual(["CALL SYSTEM$WAIT(1, 'SECONDS')", 'SELECT 1 AS one', 'SELECT 2 AS two'])
})
