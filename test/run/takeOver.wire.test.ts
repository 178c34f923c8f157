import type { RunRecord, WorkerSnapshot } from '@flakebench/contract'
import { isTerminal } from '@flakebench/contract'
import { listRollupShapes, listRollups, readResults, readWorkerResults, SNAPSHOTS_AT_ONCE } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listAllSnapshots } from '../kit/allSnapshots.ts'
import { until } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { untilMeasuring } from '../kit/runUnderWay.ts'

let kit: RunKit
beforeAll(async () => {
  kit = await openRunKit()
})
afterAll(() => kit.close())

const WORKERS = 3
const INTERVALS_A_SECOND = 5
const MEASURED_SECONDS = 28
/** A lease lapses within ten seconds: the run is taken over while it goes on. */
const KILLED_AFTER_SECONDS = 12

const operationsOf = (all: readonly { readonly operations: number }[]): number => all.reduce((sum, { operations }) => sum + operations, 0)
const byInterval = (snapshots: readonly WorkerSnapshot[]): ReadonlyMap<number, number> => {
  const sums = new Map<number, number>()
  for (const { intervalIndex, operations } of snapshots) sums.set(intervalIndex, (sums.get(intervalIndex) ?? 0) + operations)
  return sums
}

describe('a run whose server is killed and started again', () => {
  it('never shows less than it did, and has all of its workers’ operations at the end', async () => {
    const { db } = kit.control
    const id = await kit.prepare(
      { workers: WORKERS, targetConnections: 3, warmupSeconds: 0, durationSeconds: MEASURED_SECONDS },
      { name: 'Fine intervals', advanced: { metricsIntervalSeconds: 1 / INTERVALS_A_SECOND } },
    )
    await kit.start(id)
    await untilMeasuring(kit, id, KILLED_AFTER_SECONDS * INTERVALS_A_SECOND)
    await kit.server.end('SIGKILL')
    const { epoch } = await kit.record(id)

    const seen = new Map<number, number>()
    const sunk: string[] = []
    let shown = 0
    let takenOver: RunRecord | null = null
    const look = async () => {
      for (const { intervalIndex, operations } of await listRollupShapes(db, id)) {
        const before = seen.get(intervalIndex) ?? 0
        if (operations < before) sunk.push(`interval ${intervalIndex} from ${before} to ${operations}`)
        seen.set(intervalIndex, operations)
      }
      const total = (await readResults(db, [id])).get(id)?.totalOperations ?? 0
      if (total < shown) sunk.push(`the result from ${shown} to ${total}`)
      shown = total
      const run = await kit.record(id)
      if (run.epoch > epoch) takenOver ??= run
      return run
    }
    await look()
    const atKill = shown
    await kit.restart()
    await until('the run is over', look, ({ status }) => isTerminal(status), 120_000)
    expect(sunk).toEqual([])
    const { status, nowMs, startAtMs } = takenOver ?? (await kit.record(id))
    expect(status).toBe('RUNNING')
    // More than is read at once: the heir has caught up in portions.
    expect(((nowMs - (startAtMs ?? nowMs)) / 1_000) * INTERVALS_A_SECOND * WORKERS).toBeGreaterThan(SNAPSHOTS_AT_ONCE)

    const run = await kit.read(id)
    expect(run).toMatchObject({ status: 'COMPLETED', cancellationReason: null, result: { failedOperations: 0, lostOperations: 0 } })
    const snapshots = await listAllSnapshots(db, id)
    const loaded = snapshots.filter(({ phase }) => phase !== 'PROCESSING')
    expect(loaded).toHaveLength(WORKERS * MEASURED_SECONDS * INTERVALS_A_SECOND)
    const rollups = await listRollups(db, id)
    expect(new Map(rollups.map(one => [one.intervalIndex, one.operations]))).toEqual(byInterval(loaded))
    expect(rollups.every(one => one.workersReported === WORKERS && (one.latency?.count ?? 0) === one.operations)).toBe(true)
    expect(run.history.map(({ operations }) => operations)).toEqual(rollups.map(({ operations }) => operations))
    expect(run.result?.totalOperations).toBe(operationsOf(loaded))
    expect(run.result?.totalOperations).toBeGreaterThan(atKill)
    for (const [workerId, { totalOperations }] of await readWorkerResults(db, id)) {
      expect(totalOperations).toBe(operationsOf(loaded.filter(one => one.workerId === workerId)))
    }
  }, 120_000)
})
