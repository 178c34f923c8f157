import { beforeEach, expect, it } from 'vitest'
import { type FreshSnowflake, freshSnowflake } from './kit/freshSnowflake.ts'
import { refusal, signIn } from './kit/signedIn.ts'

let fresh: FreshSnowflake
beforeEach(async () => {
  fresh = await freshSnowflake()
})

const withTable = async () => {
  const session = await signIn(fresh.server)
  await session.run('CREATE HYBRID TABLE t (id INTEGER PRIMARY KEY, n INTEGER)')
  await session.run('INSERT INTO t (id, n) VALUES (1, 0)')
  fresh.server.clearLog()
  return session
}

const COUNT_UP = 'UPDATE t SET n = n + 1 WHERE id = 1'

it('executes a statement once when the answer is lost and the driver sends it again', async () => {
  const { run } = await withTable()
  fresh.server.dials.dropNext(1, 'AFTER_EXECUTION', 'QUERY')
  expect((await run(COUNT_UP)).updated).toBe(1)
  expect((await run('SELECT n FROM t')).rows).toEqual([{ N: 1 }])
  expect(fresh.server.counts()).toMatchObject({ statements: 2, retries: 1 })
  expect(fresh.server.statements()[0]).toMatchObject({ text: COUNT_UP, timesReceived: 2, errorCode: null })
})

it('executes a statement once when the request is lost', async () => {
  const { run } = await withTable()
  fresh.server.dials.dropNext(1, 'BEFORE_EXECUTION', 'QUERY')
  await run(COUNT_UP)
  expect((await run('SELECT n FROM t')).rows).toEqual([{ N: 1 }])
  expect(fresh.server.counts()).toMatchObject({ statements: 2, retries: 0 })
})

it('answers with an HTTP status as often as it is told, which the driver hides', async () => {
  const { run } = await withTable()
  fresh.server.dials.answerNext(1, 503, 'QUERY')
  await run(COUNT_UP)
  fresh.server.dials.answerNext(1, 429, 'QUERY')
  await run(COUNT_UP)
  expect((await run('SELECT n FROM t')).rows).toEqual([{ N: 2 }])
})

it('renews a token that has expired, and goes on', async () => {
  const { run } = await withTable()
  fresh.server.expireTokens()
  await run(COUNT_UP)
  expect(fresh.server.counts().renewals).toBe(1)
  expect((await run('SELECT n FROM t')).rows).toEqual([{ N: 1 }])
})

it('ends a session, with what it had under way', async () => {
  const session = await withTable()
  const other = await signIn(fresh.server)
  await session.run('BEGIN')
  await session.run(COUNT_UP)
  const waiting = refusal(session.run("CALL SYSTEM$WAIT(30, 'SECONDS')"))
  const isSecond = ({ id }: { readonly id: number }) => id === fresh.server.sessions()[0]?.id
  await expect.poll(() => fresh.server.counts().statements).toBe(3)
  await fresh.server.endSessions(isSecond)
  expect(String((await waiting).code)).toMatch(/^(390111|407002)$/)
  expect(await refusal(session.run('SELECT 1'))).toMatchObject({ code: 407002, sqlState: '08003' })
  expect((await other.run('SELECT n FROM t')).rows).toEqual([{ N: 0 }])
})

it('holds answers until they are released', async () => {
  const { run } = await withTable()
  const release = fresh.server.dials.holdAnswers('AFTER_EXECUTION', 'QUERY')
  let isAnswered = false
  const held = run(COUNT_UP).then(() => {
    isAnswered = true
  })
  await expect.poll(() => fresh.server.statements().length).toBe(1)
  expect(isAnswered).toBe(false)
  release()
  await held
})

it.each(['REFUSED', 'RESET'] as const)('comes back from an outage: %s', async kind => {
  const { run } = await withTable()
  const end = await fresh.server.dials.startOutage(kind)
  const running = run(COUNT_UP)
  await end()
  expect((await running).updated).toBe(1)
})

it('lets so many statements in at once as the throttle says', async () => {
  const sessions = await Promise.all([1, 2, 3].map(() => signIn(fresh.server)))
  fresh.server.dials.throttle = { statements: 1, over: 'WAIT' }
  const [first, ...rest] = sessions.map(session => session.start("CALL SYSTEM$WAIT(30, 'SECONDS')"))
  await expect.poll(() => fresh.server.counts().statements).toBe(3)
  expect(fresh.server.statements()).toHaveLength(0)
  first?.statement.cancel()
  await refusal(first?.outcome as Promise<unknown>)
  fresh.server.dials.throttle = null
  for (const { statement, outcome } of rest) {
    statement.cancel()
    await refusal(outcome)
  }
  expect(fresh.server.statements().map(one => one.errorCode)).toEqual(['000604', '000604', '000604'])
})

it('shifts the clock that statements see', async () => {
  const { run } = await withTable()
  const now = async () => Number((await run('SELECT CURRENT_TIMESTAMP AS t')).rows[0]?.['T'])
  const before = await now()
  fresh.server.dials.clockSkewMs = 3_600_000
  const ahead = (await now()) - before
  expect(ahead).toBeGreaterThanOrEqual(3_600_000)
  expect(ahead).toBeLessThan(3_660_000)
})

it('adds latency to the statements that are meant', async () => {
  const { run } = await withTable()
  fresh.server.dials.statementLatencyMs = 300
  fresh.server.dials.statementLatencyFor = ({ tag }) => tag === 'slow'
  await run('SELECT n FROM t', undefined, { parameters: { QUERY_TAG: 'slow' } } as never)
  await run('SELECT n FROM t', undefined, { parameters: { QUERY_TAG: 'quick' } } as never)
  const [slow, quick] = fresh.server.statements()
  expect(slow).toMatchObject({ tag: 'slow' })
  expect(slow?.ms).toBeGreaterThanOrEqual(299)
  expect(quick).toMatchObject({ tag: 'quick' })
})

it('may put white space anywhere in its answers, and the driver reads them all the same', async () => {
  const { server } = await freshSnowflake({ rowsPerChunk: 10 })
  server.dials.prettyAnswers = true
  const { run } = await signIn(server)
  await run('CREATE TABLE t (id INTEGER, word VARCHAR)')
  expect((await run('INSERT INTO t (id, word) VALUES (?, ?), (2, ?)', [1, 'a "b": c\n', null])).updated).toBe(2)
  expect((await run('SELECT * FROM t ORDER BY id')).rows).toEqual([
    { ID: 1, WORD: 'a "b": c\n' },
    { ID: 2, WORD: null },
  ])
  const { rows } = await run('SELECT SEQ4() + 1 AS n FROM TABLE(GENERATOR(ROWCOUNT => 95))')
  expect(rows.map(row => row['N'])).toEqual(Array.from({ length: 95 }, (_, i) => i + 1))
  expect((await refusal(run('SELECT * FROM nowhere'))).code).toBe('002003')
  server.dials.holdMs = 20
  expect((await run("SELECT SYSTEM$WAIT(1, 'SECONDS')")).rows).toHaveLength(1)
})
