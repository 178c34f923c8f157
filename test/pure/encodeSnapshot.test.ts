import { startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { encodeInterval, encodeSnapshot } from '../../worker/src/measure/encodeSnapshot.ts'
import { type ClosedInterval, Recorder } from '../../worker/src/measure/recorder.ts'
import { BUSY_CLIENT } from '../kit/sampleSnapshot.ts'

beforeAll(startHistograms)

const schedule = { startAtMs: 1_700_000_000_000, warmupMs: 2_000, measurementMs: 3_000, intervalMs: 1_000 }

const atOnce = async (): Promise<void> => undefined
const NOTHING_ENCODED = { byKind: [], clockError: null }

describe('a snapshot', () => {
  it('holds the interval, its kinds with encoded histograms, its errors and the health of the process', async () => {
    const recorder = new Recorder(schedule, 2)
    recorder.watchConnections(() => ({ active: 2, target: 3, open: 4 }))
    recorder.sent(1)
    recorder.record(0, 1, 3, true)
    recorder.sent(4)
    recorder.recordError(1, 4, 5, 'CONSTRAINT', 'duplicate key')
    recorder.advance(1_000)
    const closed = recorder.takeClosed() as ClosedInterval
    const kinds = [
      { kind: 'POINT_LOOKUP', label: 'POINT_LOOKUP' },
      { kind: 'INSERT', label: 'INSERT' },
    ] as const
    const identity = { runId: 'R', workerId: 'worker-1', workerGroupId: 1, workerGroupCount: 2, attempt: 1 }
    const client = BUSY_CLIENT
    const snapshot = encodeSnapshot(identity, 7, closed, await encodeInterval(closed, kinds, atOnce), client)
    expect(snapshot).toMatchObject({
      ...identity,
      sequence: 7,
      intervalIndex: 0,
      startMs: 0,
      endMs: 1_000,
      phase: 'WARMUP',
      started: 2,
      operations: 2,
      errors: 1,
      cutOff: 0,
      retriedOperations: 1,
      activeConnections: 2,
      targetConnections: 3,
      openConnections: 4,
      arrivals: null,
      client,
      errorsByCategory: [{ category: 'CONSTRAINT', count: 1, sample: 'duplicate key' }],
    })
    expect(snapshot.byKind[0]).toMatchObject({ kind: 'POINT_LOOKUP', operations: 1, errors: 0, latency: { count: 1, sumNs: 2_000_000 } })
    expect(snapshot.byKind[1]).toEqual({ kind: 'INSERT', label: 'INSERT', operations: 1, errors: 1, latency: null, service: null })
  })

  it('counts what the driver has sent again among what has ended, failed or not, and not among what was cut off', () => {
    const recorder = new Recorder(schedule, 1)
    for (const startMs of [1_990, 2_000, 2_100, 2_200]) recorder.sent(startMs)
    recorder.record(0, 1_990, 2_001, true)
    recorder.record(0, 2_000, 2_002, true)
    recorder.recordError(0, 2_100, 2_110, 'THROTTLED', 'x', true)
    recorder.record(0, 2_200, 2_201)
    recorder.advance(4_000)
    const identity = { runId: 'R', workerId: 'worker-0', workerGroupId: 0, workerGroupCount: 1, attempt: 1 }
    const counts: number[] = []
    for (let closed = recorder.takeClosed(); closed !== null; closed = recorder.takeClosed()) {
      counts.push(encodeSnapshot(identity, 0, closed, NOTHING_ENCODED, BUSY_CLIENT).retriedOperations)
    }
    expect(counts).toEqual([0, 0, 2, 0])
  })

  it('of what ended after the load says nothing of a limit', () => {
    const recorder = new Recorder(schedule, 1)
    recorder.sent(4_990)
    recorder.record(0, 4_990, 5_010)
    recorder.finish(5_020)
    const identity = { runId: 'R', workerId: 'worker-0', workerGroupId: 0, workerGroupCount: 1, attempt: 1 }
    const limited = new Map<string, boolean>()
    for (let closed = recorder.takeClosed(); closed !== null; closed = recorder.takeClosed()) {
      const { phase, client } = encodeSnapshot(identity, 0, closed, NOTHING_ENCODED, BUSY_CLIENT)
      limited.set(phase, client.limited)
    }
    expect(Object.fromEntries(limited)).toEqual({ WARMUP: true, MEASUREMENT: true, PROCESSING: false })
  })

  it('of an open loop tells what became of the arrivals, and service times beside response times', async () => {
    const recorder = new Recorder(schedule, 1, 0, true)
    recorder.watchArrivals(() => 3)
    for (const intendedMs of [10, 20, 30]) recorder.planned(intendedMs)
    recorder.sentArrival(10, 10.5, true)
    recorder.record(0, 10, 12.5, false, 10.5)
    recorder.sentArrival(20, 50, false)
    recorder.record(0, 20, 51, false, 50)
    recorder.missed(30)
    recorder.advance(1_000)
    const closed = recorder.takeClosed() as ClosedInterval
    const identity = { runId: 'R', workerId: 'worker-0', workerGroupId: 0, workerGroupCount: 1, attempt: 1 }
    let turns = 0
    const encoded = await encodeInterval(closed, [{ kind: 'UPDATE', label: 'UPDATE' }], async () => {
      turns += 1
    })
    const snapshot = encodeSnapshot(identity, 0, closed, encoded, BUSY_CLIENT)
    expect(snapshot.arrivals).toMatchObject({ planned: 3, late: 1, missed: 1, waiting: 3, clockError: { count: 1, sumNs: 500_000 } })
    expect(snapshot.byKind[0]).toMatchObject({ latency: { count: 2, sumNs: 33_500_000 }, service: { count: 2, sumNs: 3_000_000 } })
    expect(turns).toBe(3)
  })
})
