import { afterAll, beforeAll, expect, it } from 'vitest'
import { asAdmin } from '../kit/asAdmin.ts'
import { until } from '../kit/processes.ts'
import { type FreshSnowflake, freshSnowflake } from './kit/freshSnowflake.ts'
import { refusal, signIn } from './kit/signedIn.ts'

let fresh: FreshSnowflake
beforeAll(async () => {
  fresh = await freshSnowflake({ warehouses: [{ name: 'BENCH_WH', statementsPerCluster: 100 }] })
})
afterAll(() => fresh.drop())

const withTable = async (name: string) => {
  const session = await signIn(fresh.server)
  await session.run(`CREATE HYBRID TABLE ${name} (id INTEGER PRIMARY KEY, n INTEGER)`)
  await session.run(`INSERT INTO ${name} (id, n) VALUES (1, 1), (2, 2)`)
  return session
}
const sumOf = async (session: Awaited<ReturnType<typeof signIn>>, table: string): Promise<unknown> =>
  (await session.run(`SELECT SUM(n) AS s FROM ${table}`)).rows[0]?.['S']

it('keeps what is committed and takes back what is not', async () => {
  const one = await withTable('committed')
  const other = await signIn(fresh.server)
  await one.run('BEGIN')
  await one.run('UPDATE committed SET n = 10 WHERE id = 1')
  expect(await sumOf(other, 'committed')).toBe(3)
  await one.run('COMMIT')
  expect(await sumOf(other, 'committed')).toBe(12)
  await one.run('BEGIN')
  await one.run('DELETE FROM committed WHERE id = 1')
  await one.run('ROLLBACK')
  expect(await sumOf(other, 'committed')).toBe(12)
})

it('goes on after a statement of a transaction has failed', async () => {
  const session = await withTable('goes_on')
  await session.run('BEGIN')
  await session.run('UPDATE goes_on SET n = 5 WHERE id = 1')
  expect((await refusal(session.run('INSERT INTO goes_on (id, n) VALUES (2, 0)'))).code).toBe('200001')
  expect((await refusal(session.run('SELECT x FROM goes_on'))).code).toBe('000904')
  await session.run('UPDATE goes_on SET n = 6 WHERE id = 2')
  await session.run('COMMIT')
  expect(await sumOf(session, 'goes_on')).toBe(11)
})

it('aborts the transaction with its first error when TRANSACTION_ABORT_ON_ERROR is set', async () => {
  const session = await withTable('aborts')
  await session.run('ALTER SESSION SET TRANSACTION_ABORT_ON_ERROR = TRUE')
  await session.run('BEGIN')
  await session.run('UPDATE aborts SET n = 5 WHERE id = 1')
  await refusal(session.run('INSERT INTO aborts (id, n) VALUES (2, 0)'))
  expect((await refusal(session.run('SELECT 1 AS one'))).sqlState).toBe('25000')
  await session.run('ROLLBACK')
  expect(await sumOf(session, 'aborts')).toBe(3)
})

it('opens a transaction by itself when AUTOCOMMIT is off, and commits it before DDL', async () => {
  const one = await withTable('implied')
  const other = await signIn(fresh.server)
  await one.run('ALTER SESSION SET AUTOCOMMIT = FALSE')
  await one.run('UPDATE implied SET n = 10 WHERE id = 1')
  expect(await sumOf(other, 'implied')).toBe(3)
  await one.run('CREATE HYBRID TABLE implied_too (id INTEGER PRIMARY KEY)')
  expect(await sumOf(other, 'implied')).toBe(12)
})

it('gives up waiting for a row of a hybrid table', async () => {
  const one = await withTable('row_locks')
  const other = await signIn(fresh.server)
  await other.run('ALTER SESSION SET HYBRID_TABLE_LOCK_TIMEOUT = 1')
  await one.run('BEGIN')
  await one.run('UPDATE row_locks SET n = 0 WHERE id = 1')
  expect(await refusal(other.run('UPDATE row_locks SET n = 9 WHERE id = 1'))).toMatchObject({ code: '000625', sqlState: '57014' })
  expect((await other.run('UPDATE row_locks SET n = 9 WHERE id = 2')).updated).toBe(1)
  await other.run('BEGIN')
  expect((await refusal(other.run('SELECT n FROM row_locks WHERE id = 1 FOR UPDATE NOWAIT'))).code).toBe('000625')
  await other.run('ROLLBACK')
})

it('tells of a deadlock', async () => {
  const one = await withTable('dead')
  const other = await signIn(fresh.server)
  for (const session of [one, other]) await session.run('BEGIN')
  await one.run('UPDATE dead SET n = 0 WHERE id = 1')
  await other.run('UPDATE dead SET n = 0 WHERE id = 2')
  const crossing = [
    { session: one, outcome: one.run('UPDATE dead SET n = 1 WHERE id = 2') },
    { session: other, outcome: other.run('UPDATE dead SET n = 1 WHERE id = 1') },
  ]
  const victim = await Promise.race(
    crossing.map(
      ({ session, outcome }) =>
        new Promise<{ session: typeof one; error: { code: string } }>(resolve => {
          outcome.catch((error: { code: string }) => resolve({ session, error }))
        }),
    ),
  )
  expect(victim.error.code).toBe('200005')
  // Its transaction is open still, and what it locked before is locked.
  await victim.session.run('ROLLBACK')
  const survivor = crossing.find(({ session }) => session !== victim.session)
  expect((await survivor?.outcome)?.updated).toBe(1)
})

it('locks a standard table as a whole, but not for reading and INSERT', async () => {
  const one = await signIn(fresh.server)
  const other = await signIn(fresh.server)
  await one.run('CREATE TABLE whole (id INTEGER, n INTEGER)')
  await one.run('INSERT INTO whole (id, n) VALUES (1, 1), (2, 2)')
  await one.run('BEGIN')
  await one.run('UPDATE whole SET n = 10 WHERE id = 1')
  expect((await other.run('INSERT INTO whole (id, n) VALUES (3, 3)')).updated).toBe(1)
  expect(await sumOf(other, 'whole')).toBe(6)
  await other.run('ALTER SESSION SET LOCK_TIMEOUT = 1')
  expect(await refusal(other.run('UPDATE whole SET n = 20 WHERE id = 2'))).toMatchObject({ code: '000625', sqlState: '57014' })
  const waiting = (await signIn(fresh.server)).run('UPDATE whole SET n = 20 WHERE id = 2')
  await one.run('COMMIT')
  expect((await waiting).updated).toBe(1)
  expect(await sumOf(other, 'whole')).toBe(33)
})

it('lets 20 statements wait for the lock of a standard table, and refuses the next', async () => {
  const holder = await signIn(fresh.server)
  await holder.run('CREATE TABLE crowded (id INTEGER, n INTEGER)')
  await holder.run('INSERT INTO crowded (id, n) VALUES (1, 0)')
  await holder.run('BEGIN')
  await holder.run('UPDATE crowded SET n = n + 1')
  const sessions = await Promise.all(Array.from({ length: 21 }, () => signIn(fresh.server)))
  const waiting = sessions.map(session => session.run('UPDATE crowded SET n = n + 1'))
  const first = await Promise.race(
    waiting.map(one =>
      one.then(
        () => null,
        (error: Error & { code: string }) => error,
      ),
    ),
  )
  expect(first).toMatchObject({ code: '000625', sqlState: '57014' })
  expect(first?.message).toContain('number of waiters for this lock exceeds the 20 statements limit')
  await holder.run('COMMIT')
  const outcomes = await Promise.allSettled(waiting)
  expect(outcomes.filter(outcome => outcome.status === 'fulfilled')).toHaveLength(20)
  expect((await holder.run('SELECT n FROM crowded')).rows).toEqual([{ N: 21 }])
})

it('refuses a transaction over hybrid tables of two databases, and goes on with the one that it has begun in', async () => {
  const { run } = await withTable('here')
  await fresh.server.createDatabase('FAR')
  await run('CREATE HYBRID TABLE far.public.there (id INTEGER PRIMARY KEY, n INTEGER)')
  await run('CREATE TABLE far.public.plain (id INTEGER, n INTEGER)')
  const INTO_FAR = 'INSERT INTO far.public.there (id, n) VALUES (1, 1)'
  await run('BEGIN')
  await run('UPDATE here SET n = 5 WHERE id = 1')
  expect(await refusal(run(INTO_FAR))).toMatchObject({ code: '000002', message: expect.stringMatching(/one database only: BENCH, FAR/) })
  expect((await refusal(run('SELECT n FROM far.public.there'))).code).toBe('000002')
  await run('INSERT INTO far.public.plain (id, n) VALUES (1, 1)')
  await run('UPDATE here SET n = 6 WHERE id = 2')
  await run('COMMIT')
  expect((await refusal(run('SELECT * FROM here JOIN far.public.there ON here.id = there.id'))).code).toBe('000002')
  await run('BEGIN')
  await run(INTO_FAR)
  await run('COMMIT')
  expect((await run('SELECT COUNT(*) AS c FROM far.public.there')).rows).toEqual([{ C: 1 }])
})

it('says that an object exists when two sessions create it at once, IF NOT EXISTS or not', async () => {
  const { run } = await signIn(fresh.server)
  await asAdmin(fresh.postgresUrl, async admin => {
    await admin.query('BEGIN')
    await admin.query(`CREATE TABLE "bench.public".twice (id int)`)
    const second = refusal(run('CREATE TABLE IF NOT EXISTS twice (id INTEGER)'))
    await untilBlocked(1)
    await admin.query('COMMIT')
    expect(await second).toMatchObject({ code: '002002', message: expect.stringMatching(/Object '.*' already exists/) })
    await admin.query('BEGIN')
    await admin.query('CREATE SCHEMA "bench.twice"')
    const third = refusal(run('CREATE SCHEMA IF NOT EXISTS bench.twice'))
    await untilBlocked(1)
    await admin.query('COMMIT')
    expect(await third).toMatchObject({ code: '002002' })
  })
})

const untilBlocked = (sessions: number) =>
  until(
    'a session waits for another',
    () =>
      asAdmin(fresh.postgresUrl, admin =>
        admin.query(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`),
      ),
    ({ rows }) => rows.length >= sessions,
  )
