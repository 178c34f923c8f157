import { type HeartbeatRecord, type Result, type Rollup, startHistograms, type WorkerSnapshot } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { RunLedger } from '../../server/src/decide/runLedger.ts'
import { inPortions, someRun } from '../kit/sampleFleet.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'
import { sampleKind, sampleSnapshot } from '../kit/sampleSnapshot.ts'
import { forAll, type Seeded } from '../kit/seeded.ts'

beforeAll(() => startHistograms())

const beatsOf = (snapshots: readonly WorkerSnapshot[]): HeartbeatRecord[] =>
  [...new Set(snapshots.map(one => one.workerGroupId))].map(workerGroupId =>
    sampleHeartbeat({
      workerGroupId,
      snapshotsTaken: snapshots.filter(one => one.workerGroupId === workerGroupId).length,
      startOffsetMs: workerGroupId / 8,
    }),
  )

/** The rollups as the tables would have them: written when they change, read back where the ledger has forgotten them. */
const takeIn = (ledger: RunLedger, portions: readonly (readonly WorkerSnapshot[])[], workers: number): Map<number, Rollup> => {
  const table = new Map<number, Rollup>()
  for (const portion of portions) {
    ledger.restore(ledger.forgotten(portion).flatMap(index => table.get(index) ?? []))
    ledger.absorb(portion, workers)
    for (const rollup of ledger.unwritten()) {
      table.set(rollup.intervalIndex, rollup)
      ledger.wrote(rollup)
    }
  }
  return table
}

interface Books {
  readonly table: readonly Rollup[]
  readonly result: Result
  readonly workers: readonly Result[]
}

const booksOf = (portions: readonly (readonly WorkerSnapshot[])[], beats: readonly HeartbeatRecord[]): Books => {
  const ledger = new RunLedger()
  const table = [...takeIn(ledger, portions, beats.length).values()].sort((a, b) => a.intervalIndex - b.intervalIndex)
  const books = { table, result: ledger.result(beats), workers: beats.map(beat => ledger.workerResult(beat)) }
  ledger.free()
  return books
}

/** Without what follows from the order in which snapshots come: which of equals comes first, and the last bit of sums of fractions. */
const comparable = ({ table, result, workers }: Books): unknown => {
  const sorted = <T extends { readonly byKind: readonly { readonly label: string }[] }>(one: T) => ({
    ...one,
    byKind: [...one.byKind].sort((a, b) => a.label.localeCompare(b.label)),
  })
  return [table.map(one => ({ ...sorted(one), qps: one.qps.toFixed(6) })), sorted(result), workers.map(sorted)]
}

/** Each worker's snapshots in order, as it writes them; the workers mixed as they come. */
const asTheyCome = (random: Seeded, snapshots: readonly WorkerSnapshot[]): WorkerSnapshot[] => {
  const queues = new Map<string, WorkerSnapshot[]>()
  for (const snapshot of snapshots) queues.set(snapshot.workerId, [...(queues.get(snapshot.workerId) ?? []), snapshot])
  const come: WorkerSnapshot[] = []
  while (come.length < snapshots.length) {
    const next = random.pick([...queues.values()].filter(queue => queue.length > 0)).shift()
    if (next !== undefined) come.push(next)
  }
  return come
}

/** As listSnapshotsAfter gives them to one who reads from the beginning. */
const asTheyAreRead = (snapshots: readonly WorkerSnapshot[]): WorkerSnapshot[] =>
  [...snapshots].sort((a, b) => a.intervalIndex - b.intervalIndex || a.workerGroupId - b.workerGroupId)

describe('the books of a run', () => {
  it('come out the same in whatever portions snapshots are taken in, and when they are made anew from all of them', () => {
    forAll(random => {
      const snapshots = someRun(random, random.whole(1, 4), random.whole(2, 10))
      const beats = beatsOf(snapshots)
      const live = booksOf(inPortions(random, asTheyCome(random, snapshots)), beats)
      expect(comparable(live)).toEqual(comparable(booksOf([asTheyAreRead(snapshots)], beats)))
      expect(comparable(live)).toEqual(comparable(booksOf(inPortions(random, asTheyAreRead(snapshots)), beats)))
    }, 25)
  })

  it('have a rollup for each interval, of which the measured ones sum to the result, and so do the workers', () => {
    forAll(random => {
      const snapshots = someRun(random, 3, 7)
      const { table, result, workers } = booksOf([snapshots], beatsOf(snapshots))
      expect(table.map(one => one.intervalIndex)).toEqual([0, 1, 2, 3, 4, 5, 6])
      expect(table.every(one => one.workersReported === 3)).toBe(true)
      const measured = table.filter(one => one.phase === 'MEASUREMENT')
      expect(measured.reduce((total, one) => total + one.operations, 0)).toBe(result.totalOperations)
      expect(workers.reduce((total, one) => total + one.totalOperations, 0)).toBe(result.totalOperations)
      expect(workers.reduce((total, one) => total + (one.latency?.count ?? 0), 0)).toBe(result.latency?.count ?? 0)
      expect(result.accounting).toMatchObject({
        started: snapshots.reduce((total, one) => total + one.started, 0),
        ended: snapshots.reduce((total, one) => total + one.operations, 0),
        cutOff: snapshots.reduce((total, one) => total + one.cutOff, 0),
      })
    }, 20)
  })
})

describe('a ledger', () => {
  const second = (workerGroupId: number, intervalIndex: number, operations = 1): WorkerSnapshot =>
    sampleSnapshot({ workerGroupId, intervalIndex, byKind: [sampleKind(Array.from({ length: operations }, () => 1))] })

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
})
