import { type EncodedHistogram, type Rollup, startHistograms, type WorkerSnapshot } from '@flakebench/contract'
import * as hdr from 'hdr-histogram-js'
import { beforeAll, describe, expect, it } from 'vitest'
import { rollUp } from '../../server/src/decide/rollUp.ts'
import { RunLedger } from '../../server/src/decide/runLedger.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'
import { ofSome, takeIn } from '../kit/sampleLedger.ts'
import { sampleKind, sampleSnapshot } from '../kit/sampleSnapshot.ts'

/** A histogram that is none of ours: of a latency of eleven days. */
let OF_DAYS: EncodedHistogram
beforeAll(async () => {
  await startHistograms()
  const days = hdr.build({ highestTrackableValue: 1e16, numberOfSignificantValueDigits: 3, bitBucketSize: 32, useWebAssembly: true })
  days.recordValue(1e15)
  OF_DAYS = { count: 1, sumNs: 1e15, minNs: 1e15, maxNs: 1e15, hdr: hdr.encodeIntoCompressedBase64(days) }
  days.destroy()
})

describe('a ledger', () => {
  const second = (workerGroupId: number, intervalIndex: number, operations = 1): WorkerSnapshot =>
    ofSome(workerGroupId, intervalIndex, operations)

  it('reads each worker on from where it was, and a new attempt from its beginning', () => {
    const ledger = new RunLedger()
    ledger.absorb([second(0, 0), second(0, 1), second(1, 0)], 2)
    const beats = [sampleHeartbeat(), sampleHeartbeat({ workerGroupId: 1, attempt: 2 }), sampleHeartbeat({ workerGroupId: 2 })]
    expect(ledger.cursors(beats)).toEqual([
      { workerId: 'worker-0', attempt: 1, sequence: 1 },
      { workerId: 'worker-1', attempt: 2, sequence: -1 },
      { workerId: 'worker-2', attempt: 1, sequence: -1 },
    ])
    ledger.free()
  })

  it('knows how each worker fared in its newest intervals', () => {
    const ledger = new RunLedger()
    const late = second(1, 0)
    ledger.absorb([second(0, 0), { ...second(0, 1), client: { ...second(0, 1).client, cpuUsedPercent: 95 } }], 2)
    ledger.absorb([late, ...Array.from({ length: 70 }, (_, i) => second(0, 2 + i))], 2)
    const uses = ledger.uses()
    expect(uses.filter(one => one.workerId === 'worker-1')).toEqual([
      {
        workerId: 'worker-1',
        intervalIndex: 0,
        cpuUsedPercent: late.client.cpuUsedPercent,
        memoryUsedPercent: late.client.memoryUsedPercent,
      },
    ])
    expect(uses.filter(one => one.workerId === 'worker-0').map(one => one.intervalIndex)).toEqual(
      Array.from({ length: 60 }, (_, i) => 12 + i),
    )
    ledger.free()
  })

  it('keeps an interval unwritten until it was written, and again when it changes', () => {
    const ledger = new RunLedger()
    const indexes = () => ledger.unwritten().map(one => one.intervalIndex)
    ledger.absorb([second(0, 3), second(0, 2)], 2)
    expect(indexes()).toEqual([2, 3])
    ledger.wrote(ledger.unwritten()[0] as Rollup)
    expect(indexes()).toEqual([3])
    ledger.absorb([second(1, 2)], 2)
    expect(indexes()).toEqual([2, 3])
    expect(ledger.unwritten()[0]).toMatchObject({ operations: 2, workersReported: 2 })
    ledger.free()
  })

  it('has no interval for what was left over after the last', () => {
    const ledger = new RunLedger()
    ledger.absorb([sampleSnapshot({ intervalIndex: 12, phase: 'PROCESSING', cutOff: 3 })], 1)
    expect(ledger.unwritten()).toEqual([])
    expect(ledger.result([]).cutOffOperations).toBe(3)
    expect(ledger.newestQps()).toBeNull()
    ledger.free()
  })

  it('tells how many snapshots never arrived, and how far apart the workers began', () => {
    const ledger = new RunLedger()
    ledger.absorb([second(0, 0), second(0, 1), second(1, 0)], 2)
    const [one, other, silent] = [
      sampleHeartbeat({ snapshotsTaken: 2, startOffsetMs: 0.25 }),
      sampleHeartbeat({ workerGroupId: 1, snapshotsTaken: 4, startOffsetMs: 1.5 }),
      sampleHeartbeat({ workerGroupId: 2, snapshotsTaken: 5, startOffsetMs: null }),
    ]
    expect(ledger.result([one, other, silent])).toMatchObject({ startSkewMs: 1.25, accounting: { missingSnapshots: 8 } })
    expect(ledger.workerResult(one)).toMatchObject({ startSkewMs: null, accounting: { missingSnapshots: 0 } })
    expect(ledger.workerResult(other).accounting.missingSnapshots).toBe(3)
    expect(ledger.result([silent]).startSkewMs).toBeNull()
    ledger.free()
  })

  it('sees a snapshot that is missing between others, and takes none of another attempt for it', () => {
    const ledger = new RunLedger()
    ledger.absorb([second(0, 0), second(0, 2), { ...second(0, 1), attempt: 2 }], 1)
    expect(ledger.missing([sampleHeartbeat({ snapshotsTaken: 3 })])).toBe(1)
    expect(ledger.missing([sampleHeartbeat({ snapshotsTaken: 2 })])).toBe(0)
    expect(ledger.missing([sampleHeartbeat({ attempt: 2, snapshotsTaken: 4 })])).toBe(3)
    expect(ledger.missing([sampleHeartbeat({ attempt: 3, snapshotsTaken: 0 })])).toBe(0)
    ledger.free()
  })

  it('counts the leftovers among what has arrived', () => {
    const ledger = new RunLedger()
    ledger.absorb([second(0, 2), sampleSnapshot({ intervalIndex: 3, phase: 'PROCESSING' })], 1)
    expect(ledger.missing([sampleHeartbeat({ snapshotsTaken: 2 })])).toBe(0)
    ledger.free()
  })

  it('counts the workers that began to send and never reported their end', () => {
    const ledger = new RunLedger()
    const beats = (['RUNNING', 'DRAINING', 'COMPLETED', 'FAILED', 'READY'] as const).map((status, workerGroupId) =>
      sampleHeartbeat({ workerGroupId, status, startOffsetMs: status === 'READY' ? null : 0 }),
    )
    expect(ledger.result(beats).accounting.silentWorkers).toBe(2)
    expect(beats.map(beat => ledger.workerResult(beat).accounting.silentWorkers)).toEqual([1, 1, 0, 0, 0])
    ledger.free()
  })

  it('knows the newest interval in which all have reported', () => {
    const ledger = new RunLedger()
    expect(ledger.newestComplete()).toBe(-1)
    ledger.absorb([second(0, 0), second(0, 1), second(1, 0), second(0, 2)], 2)
    expect(ledger.newestComplete()).toBe(0)
    ledger.absorb([second(1, 1)], 2)
    expect(ledger.newestComplete()).toBe(1)
    ledger.absorb([second(1, 2)], 2)
    expect(ledger.newestComplete()).toBe(2)
    ledger.free()
  })

  it('writes an interval that an earlier owner kept only where more is here than was kept', () => {
    const ledger = new RunLedger()
    ledger.absorb([second(0, 0), second(1, 0), second(0, 1), second(1, 1), second(0, 2)], 2)
    ledger.wroteBefore({ intervalIndex: 0, workersReported: 2, workersExpected: 2, operations: 2 })
    ledger.wroteBefore({ intervalIndex: 1, workersReported: 1, workersExpected: 2, operations: 1 })
    ledger.wroteBefore({ intervalIndex: 2, workersReported: 1, workersExpected: 2, operations: 7 })
    ledger.wroteBefore({ intervalIndex: 9, workersReported: 1, workersExpected: 2, operations: 1 })
    expect(ledger.unwritten().map(one => one.intervalIndex)).toEqual([1])
    expect(ledger.isBehind).toBe(true)
    ledger.absorb([second(1, 2, 6)], 2)
    expect(ledger.unwritten().map(one => one.intervalIndex)).toEqual([1, 2])
    expect(ledger.isBehind).toBe(true)
    expect(ledger.result([])).toMatchObject({ accounting: { missingSnapshots: 1 } })
    ledger.free()
  })

  it('leaves an interval that an earlier owner kept of as many workers as it was of then, and makes new ones of those there are now', () => {
    const ledger = new RunLedger()
    ledger.absorb([second(0, 0), second(0, 1), second(0, 2), second(1, 2)], 2)
    for (const intervalIndex of [0, 1]) {
      ledger.wroteBefore({ intervalIndex, workersReported: 1, workersExpected: 1, operations: 1 + intervalIndex })
    }
    ledger.wroteBefore({ intervalIndex: 3, workersReported: 3, workersExpected: 3, operations: 3 })
    ledger.absorb([second(0, 3), second(0, 4)], 2)
    expect(ledger.atHand().map(one => [one.workersReported, one.workersExpected])).toEqual([
      [1, 1],
      [1, 1],
      [2, 2],
      [1, 3],
      [1, 2],
    ])
    expect(ledger.unwritten().map(one => one.intervalIndex)).toEqual([2, 4])
    ledger.free()
  })

  it('does not add a snapshot to an interval of an earlier owner that may hold it', () => {
    const ledger = new RunLedger()
    ledger.absorb([second(0, 5)], 2)
    ledger.wroteBefore({ intervalIndex: 4, workersReported: 2, workersExpected: 2, operations: 2 })
    expect(ledger.forgotten([second(0, 4)])).toEqual([])
    ledger.absorb([second(0, 4)], 2)
    expect(ledger.unwritten().map(one => one.intervalIndex)).toEqual([5])
    ledger.absorb([second(1, 4)], 2)
    expect(ledger.unwritten()).toMatchObject([{ intervalIndex: 4, operations: 2, workersReported: 2 }, { intervalIndex: 5 }])
    expect(ledger.isBehind).toBe(false)
    ledger.free()
  })

  it('takes in all of what it is given or nothing', () => {
    const ledger = new RunLedger()
    ledger.absorb([second(0, 0)], 1)
    const before = JSON.stringify([ledger.atHand(), ledger.result([])])
    for (const bad of [
      { ...second(0, 1), byKind: undefined },
      { ...second(0, 1), client: undefined },
      { ...second(0, 1), errorsByCategory: null },
      { ...second(0, 1), byKind: [{ ...second(0, 1).byKind[0], latency: { count: 1, sumNs: 1, minNs: 1, maxNs: 1, hdr: 'HISTFAAAA' } }] },
      { ...second(0, 1), byKind: [{ ...second(0, 1).byKind[0], latency: OF_DAYS }] },
    ] as unknown as WorkerSnapshot[]) {
      expect(() => ledger.absorb([second(1, 1), bad], 1)).toThrow()
      expect(() => ledger.absorb([{ ...bad, phase: 'MEASUREMENT', intervalIndex: 900, sequence: 1 }], 1)).toThrow()
    }
    expect(JSON.stringify([ledger.atHand(), ledger.result([])])).toBe(before)
    expect(ledger.takenUpTo('worker-0', 1)).toBe(0)
    expect(ledger.takenUpTo('worker-1', 1)).toBe(-1)
    expect(ledger.missing([sampleHeartbeat({ snapshotsTaken: 1 })])).toBe(0)
    ledger.free()
  })

  it('does not take an interval that is read back for the newest', () => {
    const ledger = new RunLedger()
    takeIn(
      ledger,
      Array.from({ length: 700 }, (_, index) => [second(0, index, index === 699 ? 9 : 1)]),
      1,
    )
    ledger.restore([rollUp(null, [second(0, 5)], 1)])
    expect(ledger.newestQps()).toBe(9)
    expect(ledger.newestComplete()).toBe(699)
    ledger.free()
  })

  it('keeps the newest 300 at hand, and lets go of the lowest, those read back too', () => {
    const ledger = new RunLedger()
    const atHand = () => Array.from({ length: 701 }, (_, index) => index).filter(index => ledger.forgotten([second(1, index)]).length === 0)
    const newest = (to: number) => Array.from({ length: 300 }, (_, i) => to - 299 + i)
    const table = takeIn(
      ledger,
      Array.from({ length: 700 }, (_, index) => [second(0, index)]),
      2,
    )
    expect(atHand()).toEqual([...newest(699), 700])
    ledger.restore([5, 6].flatMap(index => table.get(index) ?? []))
    expect(atHand()).toEqual([5, 6, ...newest(699), 700])
    ledger.absorb([second(1, 6)], 2)
    for (const rollup of ledger.unwritten()) ledger.wrote(rollup)
    expect(atHand()).toEqual([...newest(699), 700])
    ledger.free()
  })

  it('knows the rate of the newest interval', () => {
    const ledger = new RunLedger()
    expect(ledger.newestQps()).toBeNull()
    ledger.absorb([second(0, 5, 7), second(0, 4, 3)], 1)
    expect(ledger.newestQps()).toBe(7)
    ledger.free()
  })

  it('adds late snapshots to intervals that it has long forgotten, one after the other', () => {
    const ledger = new RunLedger()
    const intervals = 700
    const prompt = Array.from({ length: intervals }, (_, index) => [second(0, index)])
    const late = [0, 1, 150, 398, 399, 400, 401, 699].map(index => [second(1, index, 2)])
    const table = takeIn(ledger, [...prompt, ...late, ...late.map(([one]) => [second(2, one?.intervalIndex ?? 0, 3)])], 3)
    expect(table.size).toBe(intervals)
    for (const [index, rollup] of table) {
      const isLate = late.some(([one]) => one?.intervalIndex === index)
      expect({ index, operations: rollup.operations, workers: rollup.workersReported }).toEqual({
        index,
        operations: isLate ? 6 : 1,
        workers: isLate ? 3 : 1,
      })
    }
    ledger.free()
  })

  it('forgets nothing that is not written', () => {
    const ledger = new RunLedger()
    const intervals = 1_000
    for (let index = 0; index < intervals; index++) ledger.absorb([second(0, index)], 1)
    expect(ledger.unwritten()).toHaveLength(intervals)
    ledger.wrote(ledger.unwritten().at(-1) as Rollup)
    expect(ledger.unwritten()).toHaveLength(intervals - 1)
    ledger.free()
  })

  it('asks for nothing back that it has, or that is new', () => {
    const ledger = new RunLedger()
    expect(ledger.forgotten([second(0, 900)])).toEqual([])
    ledger.absorb([second(0, 900)], 1)
    expect(ledger.forgotten([second(1, 900), second(1, 901)])).toEqual([])
    expect(ledger.forgotten([second(1, 899), second(1, 899), second(1, 10)])).toEqual([899, 10])
    ledger.free()
  })

  it('takes many in portion by portion: what came before one that cannot be read is in, the rest is not', () => {
    const ledger = new RunLedger()
    const bad = { ...second(0, 50), byKind: [{ ...sampleKind([1]), latency: OF_DAYS }] }
    const many = Array.from({ length: 100 }, (_, index) => (index === 50 ? bad : second(0, index)))
    expect(() => ledger.absorb(many, 1)).toThrow()
    expect(ledger.takenUpTo('worker-0', 1)).toBe(31)
    ledger.absorb(ledger.untaken(many.filter(one => one !== bad)), 1)
    expect(ledger.atHand()).toHaveLength(99)
    expect(ledger.result([]).accounting.ended).toBe(99)
    ledger.free()
  })
})
