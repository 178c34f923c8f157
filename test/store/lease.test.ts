import { randomUUID } from 'node:crypto'
import {
  claimRun,
  insertRollups,
  listActiveRuns,
  putResult,
  putRollup,
  putRunProgress,
  putWorkerResults,
  readResults,
  readRunControl,
  readWorkerResults,
  releaseLease,
  renewLease,
  type SqlClient,
  StaleEpoch,
  transitionRun,
} from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { sampleResult, sampleRollup } from '../kit/sampleFigures.ts'
import { readRunNow, storeRun } from '../kit/storedRun.ts'

/** As if its owner had been silent for so long. */
const lapse = (db: SqlClient, seconds = 1): Promise<number> =>
  db.execute(`UPDATE run_status SET lease_expires_at = DATEADD('second', ${-seconds}, CURRENT_TIMESTAMP)`)

const PROGRESS = {
  workersRegistered: 2,
  workersReady: 2,
  workersActive: 2,
  workersCompleted: 0,
  totalOperations: 3_000_000_000,
  errors: 1,
  currentQps: 1234.5,
}

describe('the lease of a run', () => {
  it('is taken by claiming it, for ten seconds of database time', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    expect(await claimRun(db, id, 'server-1')).toBe(1)
    const run = await readRunNow(db, id)
    expect(run).toMatchObject({ orchestratorId: 'server-1', epoch: 1, version: 0 })
    expect((run.leaseExpiresAtMs as number) - run.nowMs).toBeGreaterThan(0)
    expect((run.leaseExpiresAtMs as number) - run.nowMs).toBeLessThanOrEqual(10_000)
  })

  it('is refused to everybody else while it is valid, its owner included', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    await claimRun(db, id, 'server-1')
    expect(await claimRun(db, id, 'server-2')).toBeNull()
    expect(await claimRun(db, id, 'server-1')).toBeNull()
    expect(await readRunNow(db, id)).toMatchObject({ orchestratorId: 'server-1', epoch: 1 })
  })

  it('has room for an owner whose name has 64 characters, and for no more', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    const longest = `${'h'.repeat(27)} ${randomUUID()}`
    expect(longest).toHaveLength(64)
    expect(await claimRun(db, id, longest)).toBe(1)
    expect((await readRunNow(db, id)).orchestratorId).toBe(longest)
    await lapse(db)
    await expect(claimRun(db, id, `${longest}x`)).rejects.toThrow('too long')
  })

  it('goes to one of many who claim at once', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    const epochs = await Promise.all(Array.from({ length: 15 }, (_, i) => claimRun(db, id, `server-${i}`)))
    expect(epochs.filter(epoch => epoch !== null)).toEqual([1])
    expect((await readRunNow(db, id)).orchestratorId).toBe(`server-${epochs.indexOf(1)}`)
  })

  it('may be claimed once it has lapsed, by one of many, under a higher epoch', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    await claimRun(db, id, 'server-1')
    await lapse(db)
    const epochs = await Promise.all(Array.from({ length: 15 }, (_, i) => claimRun(db, id, `heir-${i}`)))
    expect(epochs.filter(epoch => epoch !== null)).toEqual([2])
  })

  it('is renewed by its owner only', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    await claimRun(db, id, 'server-1')
    await lapse(db)
    expect(await renewLease(db, id, 1)).toBe(true)
    expect(await claimRun(db, id, 'server-2')).toBeNull()
    await lapse(db)
    expect(await claimRun(db, id, 'server-2')).toBe(2)
    expect(await renewLease(db, id, 1)).toBe(false)
  })

  it('is free at once when its owner gives it back, and nobody else can', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    await claimRun(db, id, 'server-1')
    await releaseLease(db, id, 0)
    expect(await claimRun(db, id, 'server-2')).toBeNull()
    await releaseLease(db, id, 1)
    expect(await claimRun(db, id, 'server-2')).toBe(2)
  })

  it('tells workers how long ago it ran out', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    await claimRun(db, id, 'server-1')
    expect((await readRunControl(db, id))?.leaseLapsedSeconds).toBeLessThan(0)
    await lapse(db, 7)
    expect((await readRunControl(db, id))?.leaseLapsedSeconds).toBeGreaterThanOrEqual(7)
    expect(await readRunControl(db, 'nobody')).toBeNull()
  })

  it('says where its owner takes what is pushed: another one’s address with another owner, none when it was given back', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    const url = async () => (await readRunControl(db, id))?.orchestratorUrl
    expect(await url()).toBeNull()
    await claimRun(db, id, 'server-1', 'http://127.0.0.1:4000')
    expect(await url()).toBe('http://127.0.0.1:4000')
    await lapse(db)
    await claimRun(db, id, 'server-2', 'http://127.0.0.1:4001')
    await releaseLease(db, id, 1)
    expect(await url()).toBe('http://127.0.0.1:4001')
    await releaseLease(db, id, 2)
    expect(await url()).toBeNull()
    await claimRun(db, id, 'server-3')
    expect(await url()).toBeNull()
  })
})

describe('runs to be claimed', () => {
  it('are those with work to do that nobody owns', async () => {
    const { db } = await freshControlDatabase()
    const ids: Record<string, string> = {}
    for (const status of ['PREPARED', 'STARTING', 'RUNNING', 'STOPPING', 'CANCELLING', 'COMPLETED', 'CANCELLED', 'FAILED'] as const) {
      const { id } = await storeRun(db)
      await transitionRun(db, { runId: id, fromVersion: 0, epoch: null, set: { status } })
      ids[status] = id
    }
    const active = [ids['STARTING'], ids['RUNNING'], ids['STOPPING'], ids['CANCELLING']]
    const claimable = async () => (await listActiveRuns(db)).flatMap(run => (run.isClaimable ? [run.id] : []))
    expect(await claimable()).toEqual(active)
    await claimRun(db, ids['RUNNING'] as string, 'server-1')
    expect(await claimable()).toEqual(active.filter(id => id !== ids['RUNNING']))
    expect((await listActiveRuns(db)).map(run => run.id)).toEqual(active)
    await lapse(db)
    expect(await claimable()).toEqual(active)
  })
})

describe('a writer whose run was taken over', () => {
  const takenOver = async () => {
    const { db } = await freshControlDatabase()
    const run = await storeRun(db)
    await claimRun(db, run.id, 'server-1')
    await lapse(db)
    await claimRun(db, run.id, 'server-2')
    return { db, run, old: 1, epoch: 2 }
  }
  const workers = [{ workerId: 'worker-0', status: 'COMPLETED', targetConnections: 4, result: sampleResult() }]

  it('can keep no rollup, new or again', async () => {
    const { db, run, old, epoch } = await takenOver()
    const rollup = sampleRollup({ runId: run.id })
    await expect(putRollup(db, old, rollup)).rejects.toThrow(StaleEpoch)
    await expect(insertRollups(db, old, [rollup, { ...rollup, intervalIndex: 9 }])).rejects.toThrow(StaleEpoch)
    await putRollup(db, epoch, rollup)
    await expect(putRollup(db, old, { ...rollup, operations: 0 })).rejects.toThrow(StaleEpoch)
    expect((await db.query('SELECT total_operations FROM metrics_snapshots'))[0]?.['total_operations']).toBe(rollup.operations)
  })

  it('can keep no result of the run', async () => {
    const { db, run, old, epoch } = await takenOver()
    await expect(putResult(db, run.id, old, sampleResult())).rejects.toThrow(StaleEpoch)
    expect(await readResults(db, [run.id])).toEqual(new Map())
    await putResult(db, run.id, epoch, sampleResult())
    expect((await readResults(db, [run.id])).size).toBe(1)
  })

  it('can keep no result of a worker, new or again', async () => {
    const { db, run, old, epoch } = await takenOver()
    await expect(putWorkerResults(db, run, old, workers)).rejects.toThrow(StaleEpoch)
    expect(await readWorkerResults(db, run.id)).toEqual(new Map())
    await putWorkerResults(db, run, epoch, workers)
    const later = workers.map(worker => ({ ...worker, result: sampleResult({ totalOperations: 0 }) }))
    await expect(putWorkerResults(db, run, old, later)).rejects.toThrow(StaleEpoch)
    expect((await readWorkerResults(db, run.id)).get('worker-0')).toEqual(sampleResult())
  })

  it('can keep no progress', async () => {
    const { db, run, old, epoch } = await takenOver()
    expect(await putRunProgress(db, run.id, old, PROGRESS)).toBe(false)
    expect((await readRunNow(db, run.id)).workersReady).toBe(0)
    expect(await putRunProgress(db, run.id, epoch, PROGRESS)).toBe(true)
    expect(await db.query('SELECT total_ops, error_count, current_qps, workers_ready FROM run_status')).toEqual([
      { total_ops: 3_000_000_000, error_count: 1, current_qps: 1234.5, workers_ready: 2 },
    ])
  })

  it('is told which run and epoch', () => {
    expect(new StaleEpoch('r-1', 3).message).toBe('run r-1 is no longer owned under epoch 3')
  })
})
