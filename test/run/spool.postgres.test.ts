import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  addEncoded,
  type Execution,
  LatencyHistogram,
  type Plan,
  startHistograms,
  type TemplateInput,
  type WorkerSnapshot,
} from '@flakebench/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { statementsOf } from '../../worker/src/operations/statementsOf.ts'
import { listSpools } from '../../worker/src/spool/readSpool.ts'
import type { Spool } from '../../worker/src/spool/spool.ts'
import { asAdmin } from '../kit/asAdmin.ts'
import { startDirectLoad } from '../kit/directLoad.ts'
import { killHard } from '../kit/embeddedHome.ts'
import { LIGHT } from '../kit/lightLoad.ts'
import { until } from '../kit/processes.ts'
import { sharedClusters } from '../kit/sharedClusters.ts'
import { readSpools, spoolFolder } from '../kit/spoolKit.ts'
import { type FreshSutDatabase, freshSutDatabase } from '../kit/sutDatabase.ts'
import { soundPlan } from '../kit/templateInput.ts'
import { openWorkerKit, type WorkerKit } from '../kit/workerKit.ts'

let closedSut: FreshSutDatabase
let openSut: FreshSutDatabase
let place: ReturnType<typeof spoolFolder>
let kit: WorkerKit
beforeAll(async () => {
  await startHistograms()
  place = spoolFolder()
  closedSut = await freshSutDatabase({ rows: 500 })
  openSut = await freshSutDatabase({ rows: 500 })
  kit = await openWorkerKit({ FLAKEBENCH_SPOOL_FOLDER: place.folder })
})
afterAll(async () => {
  await kit.close()
  await closedSut.drop()
  await openSut.drop()
  place.remove()
})

/** Slow enough that some are under way at each edge; some fail in the database. */
const MIXED: TemplateInput = {
  operations: {
    pointLookup: { weight: 40, sql: 'SELECT order_id, pg_sleep(0.004) FROM {table} WHERE order_id = ?' },
    rangeScan: { weight: 20 },
    update: { weight: 20 },
    generic: [
      {
        label: 'Often divides by zero',
        operationType: 'READ',
        weight: 20,
        sql: 'SELECT 1 / (random() < 0.7)::int FROM {table} LIMIT 1',
        parameters: [],
      },
    ],
  },
}

const planOf = ({ database }: FreshSutDatabase, load: TemplateInput['load']): Plan => {
  const plan = soundPlan(
    { ...MIXED, load: { warmupSeconds: 1, durationSeconds: 60, ...load } },
    { workers: 1, targetConnections: 4, seed: 42 },
  )
  return { ...plan, target: { ...plan.target, database } }
}

/** The server takes no sessions, and ends those that stand, until enough tries to open one were refused. */
const outage = (sut: FreshSutDatabase, refused: () => number): Promise<void> =>
  asAdmin(sharedClusters().sutAdminUrl, async admin => {
    await admin.query(`ALTER DATABASE ${sut.database} ALLOW_CONNECTIONS false`)
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [sut.user])
    await until('tries were refused', refused, count => count >= 4)
    await admin.query(`ALTER DATABASE ${sut.database} ALLOW_CONNECTIONS true`)
  })

const REFUSED = /not currently accepting connections/

/** A spool, and how many executions it was given that failed because no connection was to be had. */
const watchedSpool = (spool: Spool) => {
  let refused = 0
  return {
    spool: {
      add: (...execution) => {
        if (REFUSED.test(execution[11] ?? '')) refused += 1
        spool.add(...execution)
      },
      report: () => spool.report(),
      close: () => spool.close(),
    } satisfies Spool,
    refused: () => refused,
  }
}

const countBy = (executions: readonly Execution[], keyOf: (execution: Execution) => string): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const execution of executions) counts[keyOf(execution)] = (counts[keyOf(execution)] ?? 0) + 1
  return counts
}

/** What the histograms' side says, in the same words. */
const countedIn = (snapshots: readonly WorkerSnapshot[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  const add = (key: string, count: number): void => {
    if (count > 0) counts[key] = (counts[key] ?? 0) + count
  }
  for (const { phase, byKind, cutOff } of snapshots) {
    for (const { label, operations, errors } of byKind) {
      add(`${phase} ${label} well`, operations - errors)
      add(`${phase} ${label} failed`, errors)
    }
    add(`${phase} cut off`, cutOff)
  }
  return counts
}

const keyOf = ({ phase, label, counted, success }: Execution): string =>
  counted ? `${phase} ${label} ${success ? 'well' : 'failed'}` : `${phase} cut off`

/** On one connection one operation is in flight: none begins before the last one has ended. */
const overlaps = (executions: readonly Execution[]): Execution[] => {
  const endedMs = new Map<number, number>()
  return executions.filter(({ connection, startMs, endMs }) => {
    const before = endedMs.get(connection) ?? Number.NEGATIVE_INFINITY
    endedMs.set(connection, endMs)
    return startMs < before
  })
}

describe.concurrent('the spool of a load', () => {
  it.each([
    ['closed', { mode: 'CONCURRENCY' }],
    ['open', { mode: 'QPS', targetQps: 250 }],
  ] as const)(
    'holds every execution once, as its histograms count them, failures and refused connections included (%s loop)',
    async (name, load) => {
      const sut = name === 'closed' ? closedSut : openSut
      const plan = planOf(sut, load)
      let watched: ReturnType<typeof watchedSpool> | null = null
      const direct = await startDirectLoad(
        {
          address: sut,
          plan,
          openSpool: async operations => {
            const identity = { runId: name, workerId: 'worker-0', attempt: 1 }
            watched = watchedSpool(await place.open({ identity, statements: statementsOf(plan, operations) }))
            return watched.spool
          },
        },
        begun => begun.setShares([{ fromMs: 0, parts: { 'worker-0': 1 } }]),
      )
      const { spool, refused } = watched as unknown as ReturnType<typeof watchedSpool>
      await until(
        'it is in the measurement',
        () => direct.load.phase,
        phase => phase === 'MEASUREMENT',
      )
      direct.load.setTarget(6)
      await outage(sut, refused)
      const { operations } = direct.load.totals
      await until(
        'it goes on',
        () => direct.load.totals.operations,
        now => now >= operations + 200,
      )
      direct.load.stopSending()
      const snapshots = await direct.end()
      const { started } = direct.load.totals
      await spool.close()
      expect(spool.report()).toMatchObject({ state: 'CLOSED', spooled: started, dropped: 0 })

      const executions = await readSpools(place.folder, name)
      expect(executions.map(({ id }) => id)).toEqual(Array.from({ length: started }, (_, number) => `worker-0.1.${number}`))
      expect(countBy(executions, keyOf)).toEqual(countedIn(snapshots))
      expect(
        countBy(
          executions.filter(one => one.counted && !one.success),
          one => one.errorCategory ?? 'none',
        ),
      ).toEqual(
        snapshots
          .flatMap(one => one.errorsByCategory)
          .reduce<Record<string, number>>((sums, { category, count }) => {
            sums[category] = (sums[category] ?? 0) + count
            return sums
          }, {}),
      )
      expect(overlaps(executions)).toEqual([])
      expect(new Set(executions.map(({ connection }) => connection)).size).toBe(6)
      const well = executions.filter(({ success }) => success)
      expect(well.every(({ label, rows }) => (label === 'RANGE_SCAN' ? (rows ?? 0) > 1 : rows === 1))).toBe(true)
      const failed = executions.filter(({ success }) => !success)
      expect(failed.every(({ rows, error }) => rows === null && error !== null)).toBe(true)
      expect(failed.map(({ error }) => error)).toContainEqual(expect.stringMatching(/division by zero/))
      expect(failed.map(({ error }) => error)).toContainEqual(expect.stringMatching(REFUSED))

      const latency = addEncoded(snapshots.flatMap(one => (one.phase === 'MEASUREMENT' ? one.byKind.map(kind => kind.latency) : [])))
      const measured = well.filter(({ phase, counted }) => phase === 'MEASUREMENT' && counted).map(({ responseMs }) => responseMs)
      const histogram = LatencyHistogram.decode(latency ?? expect.fail('nothing was measured'))
      expect(Math.abs((histogram.maxMs() ?? Number.NaN) / Math.max(...measured) - 1)).toBeLessThan(0.002)
      histogram.free()
      const [onDisk] = await listSpools(place.folder, name)
      expect(
        onDisk?.manifest.operations.map(({ label, operationType, sql }) => [label, operationType, sql.includes('/*flakebench kind=')]),
      ).toEqual(plan.operations.map(({ label, operationType }) => [label, operationType, true]))
    },
  )

  it('of a worker is closed before it says that it has ended', async () => {
    const run = await kit.own({ ...LIGHT, load: { warmupSeconds: 0, durationSeconds: 1 } }, { workers: 1, targetConnections: 2 })
    const worker = run.spawn(0, 1)
    const ready = await run.hear('it is ready', 0, ({ status }) => status === 'READY')
    expect(ready.spool).toMatchObject({ state: 'WRITING', spooled: 0, dropped: 0 })
    await run.start()
    const last = await run.hear('it has ended', 0, ({ status }) => status === 'COMPLETED')
    expect(last.spool).toMatchObject({ state: 'CLOSED', spooled: last.operationsStarted, dropped: 0 })
    expect(await readSpools(place.folder, run.id)).toHaveLength(last.operationsStarted)
    expect((await worker.exited).code).toBe(0)
  })

  it('of a worker that cannot be opened does not keep it from its work', async () => {
    const run = await kit.own({ ...LIGHT, load: { warmupSeconds: 0, durationSeconds: 1 } }, { workers: 1, targetConnections: 2 })
    writeFileSync(join(place.folder, run.id), 'in the way')
    run.spawn(0, 1)
    await run.hear('it is ready', 0, ({ status }) => status === 'READY')
    await run.start()
    const last = await run.hear('it has ended', 0, ({ status }) => status === 'COMPLETED')
    expect(last.operationsStarted).toBeGreaterThan(0)
    expect(last.spool).toMatchObject({ state: 'FAILED', spooled: 0, dropped: last.operationsStarted })
  })

  it('of a worker that is killed can be read up to about a second before', async () => {
    const run = await kit.own({ ...LIGHT, load: { warmupSeconds: 0, durationSeconds: 600 } }, { workers: 1, targetConnections: 4 })
    const worker = run.spawn(0, 1)
    await run.hear('it is ready', 0, ({ status }) => status === 'READY')
    await run.start()
    const beat = await run.hear('some are on disk', 0, ({ spool }) => (spool?.spooled ?? 0) > 300)
    const atMs = await run.sinceStartMs()
    await killHard(worker.pid)
    await worker.exited
    const told: string[] = []
    const executions = await readSpools(place.folder, run.id, sentence => told.push(sentence))
    expect(executions.length).toBeGreaterThanOrEqual(beat.spool?.spooled ?? 0)
    expect(atMs - (executions.at(-1)?.endMs ?? 0)).toBeLessThan(3_000)
    expect(told.length).toBeLessThanOrEqual(1)
  })
})
