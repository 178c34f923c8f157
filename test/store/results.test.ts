import {
  claimRun,
  insertRollups,
  listHistory,
  listNewestRollups,
  listRollupShapes,
  listRollups,
  putResult,
  putRollup,
  putTableProfile,
  putWorkerResults,
  readResults,
  readRollup,
  readTableProfile,
  readWorkerResults,
} from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { sampleResult, sampleRollup } from '../kit/sampleFigures.ts'
import { readRunNow, storeRun } from '../kit/storedRun.ts'

const ownedRun = async () => {
  const { db } = await freshControlDatabase()
  const run = await storeRun(db)
  const epoch = (await claimRun(db, run.id, 'server-1')) as number
  return { db, run, epoch }
}

const EMPTY = {
  p50Ms: null,
  p95Ms: null,
  p99Ms: null,
  p999Ms: null,
  minMs: null,
  maxMs: null,
  meanMs: null,
  latency: null,
  startSkewMs: null,
  byKind: [],
  errorsByCategory: [],
}

describe('a rollup', () => {
  it('comes back as it was put', async () => {
    const { db, run, epoch } = await ownedRun()
    const full = sampleRollup({ runId: run.id, operations: 5_000_000_000 })
    const empty = sampleRollup({
      runId: run.id,
      intervalIndex: 3,
      latency: null,
      p50Ms: null,
      p95Ms: null,
      p99Ms: null,
      maxMs: null,
      byKind: [],
      clientLimited: true,
    })
    for (const rollup of [empty, full]) await putRollup(db, epoch, rollup)
    expect(await listRollups(db, run.id)).toEqual([full, empty])
  })

  it('that is put again replaces what was there', async () => {
    const { db, run, epoch } = await ownedRun()
    const rollup = sampleRollup({ runId: run.id, workersReported: 1, operations: 500 })
    await putRollup(db, epoch, rollup)
    const later = sampleRollup({ runId: run.id })
    await putRollup(db, epoch, later)
    expect(await listRollups(db, run.id)).toEqual([later])
  })

  it('is found after an index, or among the newest', async () => {
    const { db, run, epoch } = await ownedRun()
    for (const intervalIndex of [0, 1, 2, 3, 4]) await putRollup(db, epoch, sampleRollup({ runId: run.id, intervalIndex }))
    const indexes = (rollups: readonly { intervalIndex: number }[]) => rollups.map(one => one.intervalIndex)
    expect(indexes(await listRollups(db, run.id, 2))).toEqual([3, 4])
    expect(indexes(await listRollups(db, run.id, 4))).toEqual([])
    expect(indexes(await listNewestRollups(db, run.id, 3))).toEqual([2, 3, 4])
    expect(indexes(await listNewestRollups(db, run.id, 9))).toEqual([0, 1, 2, 3, 4])
    expect(await listRollups(db, 'nobody')).toEqual([])
    expect(await readRollup(db, run.id, 3)).toEqual(sampleRollup({ runId: run.id, intervalIndex: 3 }))
    expect(await readRollup(db, run.id, 5)).toBeNull()
  })
})

describe('intervals that are new', () => {
  const indexes = (rollups: readonly { intervalIndex: number }[]) => rollups.map(one => one.intervalIndex)

  it('are written together, as they are', async () => {
    const { db, run, epoch } = await ownedRun()
    const rollups = [
      sampleRollup({ runId: run.id, intervalIndex: 0, operations: 5_000_000_000 }),
      sampleRollup({ runId: run.id, intervalIndex: 1, latency: null, p50Ms: null, p95Ms: null, p99Ms: null, maxMs: null, byKind: [] }),
      sampleRollup({ runId: run.id, intervalIndex: 2, clientLimited: true, qps: 0.1 + 0.2 }),
    ]
    await insertRollups(db, epoch, rollups)
    expect(await listRollups(db, run.id)).toEqual(rollups)
  })

  it('replace what is there all the same, and are never there twice', async () => {
    const { db, run, epoch } = await ownedRun()
    const rollup = (intervalIndex: number, operations: number) => sampleRollup({ runId: run.id, intervalIndex, operations })
    await insertRollups(db, epoch, [rollup(0, 1), rollup(1, 1)])
    await insertRollups(db, epoch, [rollup(1, 2), rollup(2, 2)])
    expect((await listRollups(db, run.id)).map(({ operations }) => operations)).toEqual([1, 2, 2])
    expect(indexes(await listRollups(db, run.id))).toEqual([0, 1, 2])
  })
})

describe('the intervals of a run', () => {
  it('are a history in order, without the figures by kind', async () => {
    const { db, run, epoch } = await ownedRun()
    const rollup = (intervalIndex: number) => sampleRollup({ runId: run.id, intervalIndex, operations: 1_000 + intervalIndex })
    for (const intervalIndex of [2, 0, 1]) await putRollup(db, epoch, rollup(intervalIndex))
    expect(await listHistory(db, run.id)).toEqual([0, 1, 2].map(index => ({ ...rollup(index), byKind: [] })))
    expect(await listHistory(db, 'nobody')).toEqual([])
  })

  it('have a shape: what is in each of them', async () => {
    const { db, run, epoch } = await ownedRun()
    await putRollup(db, epoch, sampleRollup({ runId: run.id, intervalIndex: 0, operations: 5_000_000_000, workersReported: 1 }))
    await putRollup(db, epoch, sampleRollup({ runId: run.id, intervalIndex: 7, operations: 0 }))
    expect((await listRollupShapes(db, run.id)).sort((a, b) => a.intervalIndex - b.intervalIndex)).toEqual([
      { intervalIndex: 0, operations: 5_000_000_000, workersReported: 1, workersExpected: 2 },
      { intervalIndex: 7, operations: 0, workersReported: 2, workersExpected: 2 },
    ])
    expect(await listRollupShapes(db, 'nobody')).toEqual([])
  })
})

describe('a result', () => {
  it.each([
    { what: 'full', result: sampleResult({ totalOperations: 5_000_000_000 }) },
    { what: 'without a single operation', result: sampleResult({ ...EMPTY, totalOperations: 0, measuredSeconds: 0 }) },
  ])('that is $what comes back as it was put', async ({ result }) => {
    const { db, run, epoch } = await ownedRun()
    await putResult(db, run.id, epoch, result)
    expect(await readResults(db, [run.id])).toEqual(new Map([[run.id, result]]))
  })

  it('that is put again replaces what was there, and leaves the status to the run', async () => {
    const { db, run, epoch } = await ownedRun()
    await putResult(db, run.id, epoch, sampleResult())
    await putResult(db, run.id, epoch, sampleResult({ ...EMPTY, totalOperations: 1 }))
    expect((await readResults(db, [run.id])).get(run.id)).toEqual(sampleResult({ ...EMPTY, totalOperations: 1 }))
    expect(await db.query('SELECT status FROM test_results')).toEqual([{ status: 'PREPARED' }])
  })

  it('is absent before there is one', async () => {
    const { db, run } = await ownedRun()
    expect(await readResults(db, [run.id, 'nobody'])).toEqual(new Map())
    expect(await readResults(db, [])).toEqual(new Map())
    expect(await readWorkerResults(db, run.id)).toEqual(new Map())
  })

  it('of each worker stands beside the run’s, and replaces itself', async () => {
    const { db, run, epoch } = await ownedRun()
    const worker = (workerId: string, change: Parameters<typeof sampleResult>[0]) => ({
      workerId,
      status: 'COMPLETED',
      targetConnections: 4,
      result: sampleResult(change),
    })
    await putResult(db, run.id, epoch, sampleResult())
    const other = worker('worker-1', { ...EMPTY, totalOperations: 5_000_000_002, startSkewMs: null })
    await putWorkerResults(db, run, epoch, [worker('worker-0', { totalOperations: 1 })])
    await putWorkerResults(db, run, epoch, [worker('worker-0', { totalOperations: 3 }), other])
    expect((await readWorkerResults(db, run.id)).get('worker-1')).toEqual(other.result)
    await putWorkerResults(db, run, epoch, [worker('worker-0', { totalOperations: 3 }), other])
    await putWorkerResults(db, run, epoch, [])
    const workers = await readWorkerResults(db, run.id)
    expect([...workers].map(([id, result]) => [id, result.totalOperations]).sort()).toEqual([
      ['worker-0', 3],
      ['worker-1', 5_000_000_002],
    ])
    expect((await readResults(db, [run.id])).get(run.id)).toEqual(sampleResult())
    expect(await db.query('SELECT test_id, worker_count, status FROM test_results WHERE worker_id IS NOT NULL ORDER BY test_id')).toEqual([
      { test_id: `${run.id}/worker-0`, worker_count: 1, status: 'COMPLETED' },
      { test_id: `${run.id}/worker-1`, worker_count: 1, status: 'COMPLETED' },
    ])
  })
})

describe('the table profile of a run', () => {
  const profile = (rowEstimate: number) => ({
    columns: [],
    keyColumn: 'order_id',
    keyRange: { min: 1, max: 1_000 },
    keyDensity: 1,
    sampledKeys: [],
    rowEstimate,
    engineVersion: 'PostgreSQL 18.6',
    settings: { fsync: 'on' },
  })

  it('is the first to arrive, for all workers', async () => {
    const { db, run } = await ownedRun()
    expect(await readTableProfile(db, run.id)).toBeNull()
    const kept = await Promise.all([1, 2, 3, 4, 5].map(n => putTableProfile(db, run.id, profile(n))))
    expect(new Set(kept.map(one => one.rowEstimate)).size).toBe(1)
    expect(await readTableProfile(db, run.id)).toEqual(kept[0])
    await expect(putTableProfile(db, 'nobody', profile(1))).rejects.toThrow('run nobody does not exist')
  })

  it('gives the run the number of rows that the table had', async () => {
    const { db, run } = await ownedRun()
    expect(run.tableRows).toBeNull()
    await putTableProfile(db, run.id, profile(5_000_000_000))
    expect((await readRunNow(db, run.id)).tableRows).toBe(5_000_000_000)
  })
})
