import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type FreshSnowflake, freshSnowflake } from './kit/freshSnowflake.ts'
import { refusal, signIn } from './kit/signedIn.ts'

const WAREHOUSES = [
  { name: 'BENCH_WH', statementsPerCluster: 2 },
  { name: 'WIDE_WH', statementsPerCluster: 2, maxClusters: 2, startMs: 50, retireMs: 300 },
  { name: 'QUICK_WH', isInteractive: true },
]

let fresh: FreshSnowflake
beforeAll(async () => {
  fresh = await freshSnowflake({ warehouses: WAREHOUSES })
  const { run, close } = await signIn(fresh.server)
  await run('CREATE HYBRID TABLE busy (id INTEGER PRIMARY KEY)')
  await close()
})
afterAll(() => fresh.drop())
beforeEach(() => fresh.server.clearLog())
afterEach(() => fresh.server.dials.reset())

const BUSY = "CALL SYSTEM$WAIT(60, 'SECONDS')"

const look = async (name: string) => {
  const { run } = await signIn(fresh.server)
  return async () => {
    const [row] = (await run(`SHOW WAREHOUSES LIKE '${name}'`)).rows
    return { state: row?.['state'], running: row?.['running'], queued: row?.['queued'], clusters: row?.['started_clusters'] }
  }
}

const load = async (warehouse: string, statements: number) => {
  const sessions = await Promise.all(Array.from({ length: statements }, () => signIn(fresh.server, { warehouse })))
  const started = sessions.map(session => session.start(BUSY))
  for (const { outcome } of started) outcome.catch(() => undefined)
  return async () => {
    for (const { statement } of started) statement.cancel()
    await Promise.allSettled(started.map(({ outcome }) => outcome))
  }
}

it('queues what one cluster cannot run, and shows it', async () => {
  const show = await look('BENCH_WH')
  expect(await show()).toEqual({ state: 'STARTED', running: 0, queued: 0, clusters: 1 })
  const stop = await load('BENCH_WH', 5)
  await expect.poll(show).toEqual({ state: 'STARTED', running: 2, queued: 3, clusters: 1 })
  await stop()
  await expect.poll(show).toEqual({ state: 'STARTED', running: 0, queued: 0, clusters: 1 })
})

it('starts another cluster where it may, and retires it', async () => {
  const show = await look('WIDE_WH')
  const stop = await load('WIDE_WH', 5)
  await expect.poll(show).toEqual({ state: 'STARTED', running: 4, queued: 1, clusters: 2 })
  await stop()
  await expect.poll(show, { timeout: 5000 }).toEqual({ state: 'STARTED', running: 0, queued: 0, clusters: 1 })
})

it('counts the wait in the queue apart', async () => {
  const stop = await load('BENCH_WH', 2)
  await expect.poll(() => fresh.server.counts().statements).toBe(2)
  const { run } = await signIn(fresh.server)
  const queued = run('SELECT COUNT(*) AS n FROM busy')
  await expect.poll(() => fresh.server.counts().statements).toBe(3)
  await stop()
  await queued
  const entry = fresh.server.statements().find(one => one.text.startsWith('SELECT COUNT'))
  expect(entry?.queuedOverloadMs).toBeGreaterThan(0)
  expect(entry?.ms).toBeGreaterThanOrEqual(entry?.queuedOverloadMs ?? Number.POSITIVE_INFINITY)
})

it('ends a statement that queues for too long', async () => {
  const stop = await load('BENCH_WH', 2)
  await expect.poll(() => fresh.server.counts().statements).toBe(2)
  const { run } = await signIn(fresh.server)
  const late = await refusal(run('SELECT * FROM busy', undefined, { parameters: { STATEMENT_QUEUED_TIMEOUT_IN_SECONDS: 1 } } as never))
  expect(late).toMatchObject({ code: '000630', message: expect.stringContaining('queued timeout of 1 second') as string })
  await stop()
})

it('resumes a suspended warehouse for a statement, unless it may not', async () => {
  const show = await look('BENCH_WH')
  const { run } = await signIn(fresh.server)
  await run('ALTER WAREHOUSE BENCH_WH SUSPEND')
  expect((await show()).state).toBe('SUSPENDED')
  expect((await refusal(run('ALTER WAREHOUSE BENCH_WH SUSPEND'))).message).toContain('Invalid state')
  await run('SELECT * FROM busy')
  expect((await show()).state).toBe('STARTED')
  await run('ALTER WAREHOUSE BENCH_WH SUSPEND')
  await run('ALTER WAREHOUSE BENCH_WH SET AUTO_RESUME = FALSE')
  expect((await refusal(run('SELECT * FROM busy'))).code).toBe('000606')
  await run('ALTER WAREHOUSE BENCH_WH RESUME')
  await run('ALTER WAREHOUSE BENCH_WH SET AUTO_RESUME = TRUE')
  await run('SELECT * FROM busy')
})

it('changes the size and the clusters of a warehouse', async () => {
  const { run } = await signIn(fresh.server)
  await run("ALTER WAREHOUSE WIDE_WH SET WAREHOUSE_SIZE = 'MEDIUM' MAX_CLUSTER_COUNT = 3 COMMENT = 'for the test'")
  expect((await run("SHOW WAREHOUSES LIKE 'wide%'")).rows).toMatchObject([
    { size: 'Medium', max_cluster_count: 3, comment: 'for the test' },
  ])
  expect((await refusal(run('ALTER WAREHOUSE nowhere RESUME'))).code).toBe('002043')
})

it('ends a statement after 5 s on an interactive warehouse', async () => {
  const { run } = await signIn(fresh.server, { warehouse: 'QUICK_WH' })
  expect((await refusal(run(BUSY))).message).toContain('timeout of 5 second(s)')
})
