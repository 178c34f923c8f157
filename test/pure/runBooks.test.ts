import { type HeartbeatRecord, type Result, type Rollup, startHistograms, type WorkerSnapshot } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { RunLedger } from '../../server/src/decide/runLedger.ts'
import { inPortions, someLatencies, someRun } from '../kit/sampleFleet.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'
import { ofSome, takeIn } from '../kit/sampleLedger.ts'
import { encodeLatencies } from '../kit/sampleSnapshot.ts'
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

/** The same with the figures of an open loop. */
const inOpenLoop = (random: Seeded, snapshot: WorkerSnapshot): WorkerSnapshot => ({
  ...snapshot,
  openConnections: random.whole(0, 9),
  byKind: snapshot.byKind.map(one => ({ ...one, service: encodeLatencies(someLatencies(random, random.whole(0, 20))) })),
  arrivals: {
    planned: random.whole(0, 50),
    late: random.whole(0, 9),
    missed: random.whole(0, 9),
    waiting: random.whole(0, 9),
    clockError: encodeLatencies(someLatencies(random, random.whole(0, 5))),
  },
})

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
  const whole = (one: Result) => ({ ...sorted(one), warmupByKind: sorted({ byKind: one.warmupByKind }).byKind })
  return [table.map(one => ({ ...sorted(one), qps: one.qps.toFixed(6) })), whole(result), workers.map(whole)]
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
      const snapshots = someRun(random, random.whole(1, 4), random.whole(2, 10)).map(one => inOpenLoop(random, one))
      const beats = beatsOf(snapshots)
      const live = booksOf(inPortions(random, asTheyCome(random, snapshots)), beats)
      expect(comparable(live)).toEqual(comparable(booksOf([asTheyAreRead(snapshots)], beats)))
      expect(comparable(live)).toEqual(comparable(booksOf(inPortions(random, asTheyAreRead(snapshots)), beats)))
    }, 12)
  })

  it('have a rollup for each interval, of which the measured ones sum to the result, and so do the workers', () => {
    forAll(random => {
      const snapshots = someRun(random, 3, 7).map(one => inOpenLoop(random, one))
      const { table, result, workers } = booksOf([snapshots], beatsOf(snapshots))
      expect(table.map(one => one.intervalIndex)).toEqual([0, 1, 2, 3, 4, 5, 6])
      expect(table.every(one => one.workersReported === 3)).toBe(true)
      const measured = table.filter(one => one.phase === 'MEASUREMENT')
      expect(measured.reduce((total, one) => total + one.operations, 0)).toBe(result.totalOperations)
      expect(workers.reduce((total, one) => total + one.totalOperations, 0)).toBe(result.totalOperations)
      expect(workers.reduce((total, one) => total + (one.latency?.count ?? 0), 0)).toBe(result.latency?.count ?? 0)
      expect(result.byKind.reduce((total, one) => total + (one.service?.count ?? 0), 0)).toBe(
        measured.flatMap(one => one.byKind).reduce((total, one) => total + (one.service?.count ?? 0), 0),
      )
      expect(result.accounting).toMatchObject({
        started: snapshots.reduce((total, one) => total + one.started, 0),
        ended: snapshots.reduce((total, one) => total + one.operations, 0),
        cutOff: snapshots.reduce((total, one) => total + one.cutOff, 0),
      })
    }, 20)
  })
})

const shapesOf = (table: Iterable<Rollup>) =>
  [...table].map(({ intervalIndex, workersReported, workersExpected, operations }) => ({
    intervalIndex,
    workersReported,
    workersExpected,
    operations,
  }))

describe('the books of a run that is taken over', () => {
  it('are those of its first owner, of which only what has changed is written again', () => {
    forAll(random => {
      const workers = random.whole(1, 3)
      const come = asTheyCome(random, someRun(random, workers, random.whole(2, 10)))
      const first = new RunLedger()
      const before = takeIn(first, inPortions(random, come.slice(0, random.whole(0, come.length))), workers)
      first.free()
      const heir = new RunLedger()
      for (const portion of inPortions(random, asTheyAreRead(come))) {
        expect(heir.forgotten(portion).flatMap(index => before.get(index) ?? [])).toEqual([])
        heir.absorb(portion, workers)
      }
      const all = heir.unwritten()
      for (const shape of shapesOf(before.values())) heir.wroteBefore(shape)
      const again = heir.unwritten()
      const isAsBefore = (one: Rollup): boolean => before.get(one.intervalIndex)?.workersReported === one.workersReported
      expect(shapesOf(again)).toEqual(shapesOf(all.filter(one => !isAsBefore(one))))
      for (const one of again) expect(one.operations).toBeGreaterThanOrEqual(before.get(one.intervalIndex)?.operations ?? 0)
      heir.free()
    }, 25)
  })
})

describe('a worker that lags behind by far more than is kept at hand', () => {
  const LAG = 700

  it('is added to each interval all the same, exactly', () => {
    forAll(random => {
      const intervals = LAG + random.whole(50, 150)
      const operations = Array.from({ length: 2 }, () => Array.from({ length: intervals }, () => random.whole(0, 3)))
      const one = (workerGroupId: number, intervalIndex: number): WorkerSnapshot[] => {
        const count = operations[workerGroupId]?.[intervalIndex] ?? 0
        return intervalIndex < 0 ? [] : [ofSome(workerGroupId, intervalIndex, count)]
      }
      const together = Array.from({ length: intervals }, (_, index) => [...one(0, index), ...one(1, index - LAG)])
      const rest = Array.from({ length: LAG }, (_, i) => one(1, intervals - LAG + i)).flat()
      const ledger = new RunLedger()
      const table = takeIn(ledger, [...together, ...inPortions(random, rest)], 2)
      expect([...table.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: intervals }, (_, index) => index))
      for (const [index, rollup] of table) {
        const exact = (operations[0]?.[index] ?? 0) + (operations[1]?.[index] ?? 0)
        expect([rollup.operations, rollup.latency?.count ?? 0, rollup.workersReported]).toEqual([exact, exact, 2])
      }
      expect(ledger.missing(beatsOf([...together.flat(), ...rest]))).toBe(0)
      expect(ledger.newestComplete()).toBe(intervals - 1)
      ledger.free()
    }, 2)
  })
})
