import type { TemplateInput } from '@flakebench/contract'
import { listSnapshotsAfter } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asAdmin } from '../kit/asAdmin.ts'
import { refusalOf } from '../kit/graphql.ts'
import { listProcessesWith, until } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { type SlowSut, startSlowSut } from '../kit/slowSut.ts'
import type { WholeRun } from '../kit/wholeRun.ts'

let kit: RunKit
let recording: SlowSut
beforeAll(async () => {
  kit = await openRunKit({
    sutAddress: async sut => {
      recording = await startSlowSut(sut)
      return { host: '127.0.0.1', port: recording.port }
    },
  })
  await asAdmin(kit.sut.adminUrl, admin => admin.query('CREATE EXTENSION pg_stat_statements'))
})
afterAll(async () => {
  await kit.close()
  await recording.close()
})

const STOP = 'mutation ($id: ID!) { stopRun(id: $id) { status } }'
const LONG = { warmupSeconds: 0, durationSeconds: 600 }
/** Far more than it takes a worker to look at its run, which it does five times a second. */
const HEARD_WITHIN_MS = 5_000

/** A run whose every operation takes so long. */
const sleepingFor = (seconds: number, drainTimeoutSeconds: number): TemplateInput => ({
  name: `Sleeps for ${seconds} s`,
  operations: { pointLookup: { weight: 100, sql: `SELECT order_id, pg_sleep(${seconds}) FROM {table} WHERE order_id = ?` } },
  advanced: { drainTimeoutSeconds },
})

const callsOnOrders = (): Promise<number> =>
  asAdmin(kit.sut.adminUrl, async admin => {
    const { rows } = await admin.query<{ calls: string }>(
      `SELECT coalesce(sum(calls), 0) AS calls FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
       WHERE d.datname = current_database() AND query LIKE '%flakebench kind=%'`,
    )
    return Number(rows[0]?.calls)
  })

const sessionsOfWorkers = (): Promise<number> =>
  asAdmin(kit.sut.adminUrl, async admin => {
    const { rows } = await admin.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'flakebench worker-%'`,
    )
    return rows[0]?.n ?? 0
  })

const untilSending = (runId: string): Promise<number> =>
  until(
    'operations end',
    async () => (await kit.heartbeats(runId)).reduce((sum, beat) => sum + beat.operations, 0),
    ended => ended > 0,
  )

const untilInFlight = (count: number): Promise<number> =>
  until(
    `${count} statements are under way`,
    () =>
      asAdmin(kit.sut.adminUrl, async admin => {
        const { rows } = await admin.query<{ n: number }>(
          `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`,
        )
        return rows[0]?.n ?? 0
      }),
    n => n === count,
  )

const CANCELLED = { status: 'CANCELLED', phase: 'COMPLETED', completionReason: 'USER_REQUESTED' }

const expectNoneLost = async (run: WholeRun): Promise<void> => {
  for (const beat of await kit.heartbeats(run.id)) expect(beat.operationsStarted).toBe(beat.operations + beat.cutOff)
  expect(run.result?.lostOperations).toBe(0)
}

describe('a stop', () => {
  it('of a run that is only prepared ends it at once, without a result', async () => {
    const id = await kit.prepare(LONG)
    expect(await kit.stop(id, 'not this one')).toEqual({ status: 'CANCELLED' })
    expect(await kit.read(id)).toMatchObject({ ...CANCELLED, cancellationReason: 'not this one', result: null, workers: [] })
    expect((await refusalOf(kit.server.url, 'mutation ($id: ID!) { startRun(id: $id) { id } }', { id })).extensions.code).toBe(
      'WRONG_STATE',
    )
  })

  it('while workers prepare ends the run before any operation', async () => {
    recording.freeze()
    const id = await kit.prepare(LONG, { name: 'Slow to connect', advanced: { connectTimeoutSeconds: 2, drainTimeoutSeconds: 0 } })
    const before = await callsOnOrders()
    await kit.start(id)
    await until(
      'a worker has registered',
      () => kit.heartbeats(id),
      beats => beats.length > 0,
    )
    expect(await kit.stop(id)).toEqual({ status: 'CANCELLING' })
    recording.thaw()
    const run = await kit.end(id)
    expect(run).toMatchObject({ ...CANCELLED, cancellationReason: 'Stopped by a person', result: null })
    expect(run.timing.startedAt).toBeNull()
    expect(await callsOnOrders()).toBe(before)
  })

  it('of a running run is the end of sending: nothing is sent after it, and all that was sent is accounted for', async () => {
    const id = await kit.prepare({ ...LONG, workers: 2, targetConnections: 6 })
    await kit.start(id)
    await untilSending(id)
    expect(await kit.stop(id, 'enough')).toEqual({ status: 'CANCELLING' })
    const run = await kit.end(id)
    const calls = await callsOnOrders()
    const requests = recording.answered.length
    expect(run).toMatchObject({ ...CANCELLED, cancellationReason: 'enough' })
    await expectNoneLost(run)
    expect(listProcessesWith(id)).toEqual([])
    expect(await sessionsOfWorkers()).toBe(0)

    const { startAtMs, stopRequestedAtMs } = await kit.record(id)
    const beats = await kit.heartbeats(id)
    const cursors = beats.map(({ workerId, attempt }) => ({ workerId, attempt, sequence: -1 }))
    const snapshots = await listSnapshotsAfter(kit.control.db, id, cursors)
    for (const { workerId, lastSentOffsetMs } of beats) {
      // The last interval of the measurement ends at the instant in which the worker has stopped.
      const stoppedAfterMs = Math.max(
        ...snapshots.filter(one => one.workerId === workerId && one.phase === 'MEASUREMENT').map(one => one.endMs),
      )
      expect(lastSentOffsetMs).toBeLessThanOrEqual(stoppedAfterMs)
      expect((startAtMs ?? 0) + (lastSentOffsetMs ?? Number.NaN)).toBeLessThan((stopRequestedAtMs ?? 0) + HEARD_WITHIN_MS)
    }
    const lastSentMs = (startAtMs ?? 0) + Math.max(...beats.map(beat => beat.lastSentOffsetMs ?? 0))
    const lastArrivedMs = Math.max(
      ...recording.answered.filter(one => one.statement?.startsWith('flakebench_') === true).map(one => one.arrivedAtMs),
    )
    // Two clocks' disagreement, and the way.
    expect(Math.abs(lastArrivedMs - lastSentMs)).toBeLessThan(100)

    // Another run's whole life later, the counters have not moved.
    await kit.stop(await kit.prepare(LONG))
    expect(await callsOnOrders()).toBe(calls)
    expect(recording.answered).toHaveLength(requests)
  })

  it('lets operations in flight end, and counts them as cut off', async () => {
    const id = await kit.prepare({ ...LONG, targetConnections: 3 }, sleepingFor(1.5, 60))
    await kit.start(id)
    await untilInFlight(3)
    await kit.stop(id)
    const run = await kit.end(id)
    expect(run).toMatchObject({ ...CANCELLED, result: { totalOperations: 0, cutOffOperations: 3, errors: [] } })
    await expectNoneLost(run)
  })

  it('cancels what has not ended within the drain timeout', async () => {
    const id = await kit.prepare({ ...LONG, targetConnections: 2 }, sleepingFor(300, 1))
    await kit.start(id)
    await untilInFlight(2)
    await kit.stop(id)
    const run = await kit.end(id)
    expect(run).toMatchObject({ ...CANCELLED, result: { totalOperations: 0, cutOffOperations: 2 } })
    await expectNoneLost(run)
    expect(await sessionsOfWorkers()).toBe(0)
  })

  it('twice is once, and after the end it is refused', async () => {
    const id = await kit.prepare({ ...LONG, targetConnections: 1 }, sleepingFor(1.5, 60))
    await kit.start(id)
    await untilInFlight(1)
    expect(await kit.stop(id, 'first')).toEqual({ status: 'CANCELLING' })
    const { stopRequestedAtMs } = await kit.record(id)
    expect(await kit.stop(id, 'second')).toEqual({ status: 'CANCELLING' })
    expect((await kit.record(id)).stopRequestedAtMs).toBe(stopRequestedAtMs)
    expect(await kit.end(id)).toMatchObject({ ...CANCELLED, cancellationReason: 'first' })
    expect(await refusalOf(kit.server.url, STOP, { id })).toMatchObject({
      extensions: { code: 'WRONG_STATE' },
      message: expect.stringContaining('over'),
    })
  })
})
