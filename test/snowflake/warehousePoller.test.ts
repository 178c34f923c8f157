import {
  claimRun,
  insertWarehousePoll,
  listWarehousePolls,
  newCredentialKey,
  newId,
  putConnection,
  readNewestWarehousePoll,
  readWarehouseConfig,
  releaseLease,
  type SnowflakeSettings,
  type SqlClient,
  sealSecret,
  transitionRun,
} from '@flakebench/store'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Log } from '../../server/src/log.ts'
import { startWarehousePoller } from '../../server/src/warehouse/warehousePoller.ts'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { until } from '../kit/processes.ts'
import { freshSnowflakeSut, type SnowflakeSut } from '../kit/snowflakeSut.ts'
import { storeRun, storeTemplate } from '../kit/storedRun.ts'
import { withSnowflake } from '../kit/withSnowflake.ts'

const EVERY_MS = 40
const key = newCredentialKey()

let sut: SnowflakeSut
beforeAll(async () => {
  sut = await freshSnowflakeSut({
    rows: 0,
    server: {
      warehouses: [
        { name: 'BENCH_WH', maxClusters: 3, statementsPerCluster: 2, startMs: 20 },
        { name: 'BENCHXWH', size: 'Large' },
        { name: 'FAST_WH', isInteractive: true, type: 'INTERACTIVE' },
        { name: 'ASLEEP_WH', startsSuspended: true },
      ],
    },
  })
})
afterAll(() => sut.drop())
beforeEach(() => sut.wire.dials.reset())

interface Watched {
  readonly db: SqlClient
  readonly id: string
  readonly epoch: number
  readonly logged: readonly string[]
  /** A poller for the run, under this epoch. */
  watch(epoch?: number): { stop(): Promise<void> }
}

/** A run of a Snowflake target that has been claimed. */
const watchedRun = async (warehouse: string | null, change: Partial<SnowflakeSettings> = {}, secret = sut.password): Promise<Watched> => {
  const { db } = await freshControlDatabase()
  const connectionId = newId()
  const settings = { ...sut.settings, ...change }
  await putConnection(db, {
    id: connectionId,
    name: 'Snow',
    type: 'SNOWFLAKE',
    settings,
    sealedCredentials: sealSecret(secret, connectionId, key),
  })
  const plan = await storeTemplate(db)
  const target = {
    ...plan.target,
    connectionId,
    tableType: 'HYBRID',
    database: 'BENCH',
    schema: 'PUBLIC',
    table: 'ORDERS',
    warehouse,
  } as const
  const { id } = await storeRun(db, { ...plan, target })
  await transitionRun(db, { runId: id, fromVersion: 0, epoch: null, set: { status: 'STARTING', startRequestedAt: 'now' } })
  const epoch = (await claimRun(db, id, 'first')) as number
  const logged: string[] = []
  const write: Log['info'] = (words, about) => logged.push([words, about?.['because']].filter(Boolean).join(': '))
  const log: Log = { info: write, warn: write, error: write }
  const watch: Watched['watch'] = (under = epoch) => {
    const poller = startWarehousePoller(
      { runId: id, epoch: under },
      { db, credentialKey: key, tokenFolder: '/nowhere', log, everyMs: EVERY_MS },
    )
    onTestFinished(() => poller.stop())
    return poller
  }
  return { db, id, epoch, logged, watch }
}

const polls = (run: Watched) => listWarehousePolls(run.db, run.id)
const untilSeen = (run: Watched, count: number) =>
  until(
    'the warehouse was seen',
    () => polls(run),
    seen => seen.length >= count,
  )
const untilTrouble = async (run: Watched): Promise<string> =>
  (
    await until(
      'a look has failed',
      () => readNewestWarehousePoll(run.db, run.id),
      newest => newest.failed !== null,
    )
  ).failed?.trouble ?? ''

describe('the poller of a warehouse', () => {
  it('sees clusters, running and queued statements move', async () => {
    const run = await watchedRun('bench_wh')
    run.watch()
    await untilSeen(run, 2)
    sut.wire.dials.statementLatencyMs = 3_000
    sut.wire.dials.statementLatencyFor = statement => statement.warehouse === 'BENCH_WH'
    const load = Array.from({ length: 8 }, () => withSnowflake(sut.wire.url, execute => execute('SELECT COUNT(*) FROM ORDERS')))
    const busy = await until(
      'queued and running were seen',
      () => polls(run),
      seen => seen.some(poll => poll.running === 6 && poll.queued === 2),
    )
    sut.wire.dials.reset()
    await Promise.all(load)
    expect(busy.at(0)).toMatchObject({
      name: 'BENCH_WH',
      state: 'STARTED',
      size: 'X-Small',
      minClusters: 1,
      maxClusters: 3,
      startedClusters: 1,
      running: 0,
      queued: 0,
    })
    expect(busy.find(poll => poll.running === 6)).toMatchObject({ startedClusters: 3, maxClusters: 3 })
    expect(busy.map(poll => poll.sequence)).toEqual(busy.map((_, i) => i))
    expect(run.logged).toEqual([])
  })

  it('keeps how the warehouse was set up at first', async () => {
    const run = await watchedRun('"ASLEEP_WH"')
    run.watch()
    await untilSeen(run, 1)
    const config = await until(
      'the set-up is kept',
      () => readWarehouseConfig(run.db, run.id),
      found => found !== null,
    )
    expect(config).toMatchObject({ name: 'ASLEEP_WH', state: 'SUSPENDED', autoSuspendSeconds: 600, autoResume: true, isInteractive: false })
    const [row] = await run.db.query('SELECT warehouse, warehouse_size FROM test_results WHERE test_id = ?', [run.id])
    expect(row).toEqual({ warehouse: 'ASLEEP_WH', warehouse_size: 'X-Small' })
  })

  it('wakes no warehouse, and uses none', async () => {
    const run = await watchedRun('ASLEEP_WH')
    sut.wire.clearLog()
    run.watch()
    const seen = await untilSeen(run, 3)
    expect(seen.every(poll => poll.state === 'SUSPENDED' && poll.startedClusters === 0)).toBe(true)
    expect(new Set(sut.wire.statements().map(statement => statement.text))).toEqual(new Set(["SHOW WAREHOUSES LIKE 'ASLEEP_WH'"]))
    expect(
      sut.wire
        .sessions()
        .filter(session => session.application === 'flakebench_warehouse')
        .map(session => session.warehouse),
    ).toEqual([null])
  })

  it('takes the one of exactly that name, whatever else the pattern matches', async () => {
    const run = await watchedRun('BENCH_WH')
    run.watch()
    expect((await untilSeen(run, 1))[0]).toMatchObject({ name: 'BENCH_WH', size: 'X-Small' })
  })

  it.each(['NOBODYS_WH', '"bench_wh"', "it's; DROP\\", '%'])('says that nobody sees a warehouse %s', async name => {
    const run = await watchedRun(name, { role: 'BENCH_ROLE' })
    run.watch()
    expect(await untilTrouble(run)).toBe(
      `The role BENCH_ROLE sees no warehouse ${name}: check its name, and grant the role USAGE or MONITOR on it`,
    )
    expect(await polls(run)).toEqual([])
  })

  it('says what the sign-in was refused with, once in the log', async () => {
    const run = await watchedRun('BENCH_WH', {}, 'wrong')
    run.watch()
    expect(await untilTrouble(run)).toMatch(/\(390100\): check user and secret of the connection$/)
    await until(
      'it was tried again',
      () => run.db.query('SELECT * FROM warehouse_poll_snapshots WHERE run_id = ?', [run.id]),
      rows => rows.length >= 2,
    )
    expect(run.logged).toEqual([expect.stringMatching(/^no figures of the run's warehouse; trying again: /)])
  })

  it('goes on after an outage, with a gap that says why', async () => {
    const run = await watchedRun('BENCH_WH')
    run.watch()
    const before = await untilSeen(run, 2)
    const end = await sut.wire.dials.startOutage()
    expect(await untilTrouble(run)).toMatch(/Snowflake could not be reached|no answer|did not end within/)
    await end()
    const after = await untilSeen(run, before.length + 5)
    expect(await readNewestWarehousePoll(run.db, run.id)).toMatchObject({ failed: null })
    expect(run.logged).toEqual([expect.stringMatching(/^no figures/), "the run's warehouse is seen again"])
    expect(new Set(after.map(poll => poll.sequence)).size).toBe(after.length)
  })

  it('opens a new session where the server has forgotten its own', async () => {
    const run = await watchedRun('BENCH_WH')
    run.watch()
    const before = await untilSeen(run, 1)
    await sut.wire.endSessions()
    await untilTrouble(run)
    await untilSeen(run, before.length + 3)
  })

  it('goes on with the next number under the next owner, and stops under the one before', async () => {
    const run = await watchedRun('BENCH_WH')
    run.watch()
    await untilSeen(run, 2)
    await releaseLease(run.db, run.id, run.epoch)
    const epoch = (await claimRun(run.db, run.id, 'second')) as number
    await expect(
      insertWarehousePoll(run.db, { id: run.id, epoch: run.epoch, warehouse: 'BENCH_WH' }, 1_000, { trouble: 'late' }),
    ).rejects.toThrow()
    const { length } = await polls(run)
    run.watch(epoch)
    const seen = await untilSeen(run, length + 3)
    expect(seen.map(poll => poll.sequence)).toEqual(seen.map((_, i) => i))
    await until(
      'the first owner has left',
      () => Promise.resolve(sut.wire.sessions().filter(session => session.application === 'flakebench_warehouse')),
      sessions => sessions.length === 1,
    )
  })

  it('ends at once while Snowflake does not answer, and closes its session', async () => {
    const run = await watchedRun('BENCH_WH')
    const poller = run.watch()
    await untilSeen(run, 1)
    const release = sut.wire.dials.holdAnswers('BEFORE_EXECUTION', 'QUERY')
    await poller.stop()
    const { length } = await polls(run)
    release()
    await until(
      'its session is closed',
      () => Promise.resolve(sut.wire.sessions().filter(one => one.application === 'flakebench_warehouse')),
      left => left.length === 0,
    )
    expect(await polls(run)).toHaveLength(length)
    expect(run.logged).toEqual([])
  })

  it('has nothing to do for a run without a warehouse', async () => {
    const run = await watchedRun(null)
    sut.wire.clearLog()
    await run.watch().stop()
    expect(await readNewestWarehousePoll(run.db, run.id)).toEqual({ poll: null, failed: null })
    expect(sut.wire.counts().logins ?? 0).toBe(0)
  })

  it('says that the connection is gone, or is none to Snowflake', async () => {
    const run = await watchedRun('BENCH_WH')
    await run.db.execute('DELETE FROM connections')
    run.watch()
    expect(await untilTrouble(run)).toMatch(/^There is no saved connection with id /)
  })
})
