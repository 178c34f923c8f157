import { LatencyHistogram, type Rollup, startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { percentilesOf, rollUp } from '../../server/src/decide/rollUp.ts'
import { exactPercentile, inPortions, shuffled, someLatencies, someSnapshot } from '../kit/sampleFleet.ts'
import { BUSY_CLIENT, EASY_CLIENT, encodeLatencies, sampleKind, sampleSnapshot } from '../kit/sampleSnapshot.ts'
import { forAll } from '../kit/seeded.ts'

beforeAll(() => startHistograms())

describe('a rollup', () => {
  it('adds what the workers counted', () => {
    const one = sampleSnapshot({ byKind: [sampleKind([1, 2, 3], 2)], cutOff: 1, retriedOperations: 2 })
    const other = sampleSnapshot({
      workerGroupId: 1,
      byKind: [sampleKind([4], 0), sampleKind([], 1, 'UPDATE')],
      retriedOperations: 1,
      activeConnections: 3,
    })
    const rollup = rollUp(null, [one, other], 2)
    expect(rollup).toMatchObject({
      runId: one.runId,
      intervalIndex: 2,
      startMs: 2_000,
      endMs: 3_000,
      phase: 'MEASUREMENT',
      started: 8,
      operations: 7,
      errors: 3,
      cutOff: 1,
      retriedOperations: 3,
      qps: 4,
      activeConnections: 7,
      targetConnections: 8,
      workersReported: 2,
      workersExpected: 2,
      clientLimited: false,
      p50Ms: expect.closeTo(2, 2),
      maxMs: 4,
      errorsByCategory: [{ category: 'TIMEOUT', count: 3, sample: 'canceling statement due to statement timeout' }],
    })
    expect(rollup.byKind.map(({ kind, operations, errors }) => ({ kind, operations, errors }))).toEqual([
      { kind: 'POINT_LOOKUP', operations: 6, errors: 2 },
      { kind: 'UPDATE', operations: 1, errors: 1 },
    ])
    expect(rollup.byKind[1]?.latency).toBeNull()
    expect(rollup.latency?.count).toBe(4)
  })

  it('adds open connections, service times, and what became of arrivals', () => {
    const arrivals = (planned: number, waiting: number, clockErrorsMs: readonly number[]) => ({
      planned,
      late: 1,
      missed: 2,
      waiting,
      clockError: encodeLatencies(clockErrorsMs),
    })
    const one = sampleSnapshot({
      byKind: [{ ...sampleKind([5, 9]), service: encodeLatencies([1, 2]) }],
      openConnections: 6,
      arrivals: arrivals(10, 3, [0.5]),
    })
    const other = sampleSnapshot({
      workerGroupId: 1,
      byKind: [{ ...sampleKind([7]), service: encodeLatencies([4]) }],
      openConnections: 1,
      arrivals: arrivals(11, 0, []),
    })
    for (const rollup of [
      rollUp(null, [one, other], 2),
      rollUp(rollUp(null, [one], 2), [other], 2),
      rollUp(rollUp(null, [other], 2), [one], 2),
    ]) {
      expect(rollup).toMatchObject({ openConnections: 7, maxMs: 9, arrivals: { planned: 21, late: 2, missed: 4, waiting: 3 } })
      expect(percentilesOf(rollup.byKind[0]?.service ?? null)).toMatchObject({ p50Ms: expect.closeTo(2, 2), maxMs: 4 })
      expect(rollup.arrivals?.clockError).toMatchObject({ count: 1, maxNs: 500_000 })
    }
    expect(rollUp(null, [sampleSnapshot()], 1).arrivals).toBeNull()
  })

  it('expects as many workers as when it was first made, whoever joins or leaves later', () => {
    const before = rollUp(null, [sampleSnapshot()], 3)
    expect(rollUp(before, [sampleSnapshot({ workerGroupId: 1 })], 2)).toMatchObject({ workersReported: 2, workersExpected: 3 })
  })

  it('reads what an earlier version has written, which had none of some figures', () => {
    const without = <T extends object>(one: T, ...names: readonly string[]): T =>
      Object.fromEntries(Object.entries(one).filter(([name]) => !names.includes(name))) as T
    const old = (workerGroupId: number) => {
      const snapshot = sampleSnapshot({ workerGroupId, byKind: [without(sampleKind([3]), 'service')] })
      const client = without(snapshot.client, 'cpuUsedPercent', 'memoryUsedPercent')
      return { ...without(snapshot, 'openConnections', 'arrivals'), client }
    }
    const rollup = rollUp(without(rollUp(null, [old(0)], 2), 'openConnections', 'arrivals'), [old(1)], 2)
    expect(rollup).toMatchObject({ operations: 2, openConnections: 0, arrivals: null, byKind: [{ service: null }] })
    expect(rollup.client).toMatchObject({ cpuUsedPercent: 0, memoryUsedPercent: 0 })
  })

  it('has no percentiles where nothing succeeded', () => {
    const empty = { p50Ms: null, p95Ms: null, p99Ms: null, maxMs: null }
    expect(rollUp(null, [sampleSnapshot({ byKind: [sampleKind([], 5)] })], 1)).toMatchObject({ ...empty, latency: null, qps: 0, errors: 5 })
    expect(rollUp(null, [sampleSnapshot()], 1)).toMatchObject({ ...empty, operations: 0, byKind: [] })
  })

  it('rates a worker over its own part of the interval', () => {
    const half = sampleSnapshot({ byKind: [sampleKind([1, 1, 1])], endMs: 2_500 })
    const whole = sampleSnapshot({ workerGroupId: 1, byKind: [sampleKind([1, 1, 1])] })
    const nothing = sampleSnapshot({ workerGroupId: 2, endMs: 2_000 })
    expect(rollUp(null, [half, whole, nothing], 3)).toMatchObject({ qps: 9, startMs: 2_000, endMs: 3_000 })
  })

  it('keeps generic statements apart by their label', () => {
    const generic = (label: string, latencies: number[]) => ({ ...sampleKind(latencies, 0, 'GENERIC_SQL'), label })
    const byKind = [generic('by customer', [1, 2]), generic('by day', [3])]
    const rollup = rollUp(null, [sampleSnapshot({ byKind }), sampleSnapshot({ workerGroupId: 1, byKind: [generic('by day', [4])] })], 2)
    expect(rollup.byKind.map(({ label, operations }) => ({ label, operations }))).toEqual([
      { label: 'by customer', operations: 2 },
      { label: 'by day', operations: 2 },
    ])
  })

  it('shows the worst of the workers, and their processor time and memory together', () => {
    const late = { ...EASY_CLIENT, cpuPercent: 90, eventLoopDelayP99Ms: 8, eventLoopDelayMaxMs: 30 }
    expect(rollUp(null, [sampleSnapshot(), sampleSnapshot({ workerGroupId: 1, client: late })], 2)).toMatchObject({
      client: {
        cpuPercent: 115,
        memoryBytes: 160_000_000,
        eventLoopUtilizationPercent: 20,
        eventLoopDelayP99Ms: 8,
        eventLoopDelayMaxMs: 30,
      },
      clientLimited: false,
    })
  })

  it.each([
    { what: 'one worker says so', clients: [EASY_CLIENT, BUSY_CLIENT], limited: true },
    {
      what: 'one worker says so for a part of an interval that was easy as a whole',
      clients: [{ ...EASY_CLIENT, limited: true }, EASY_CLIENT],
      limited: true,
    },
    { what: 'none says so', clients: [EASY_CLIENT, { ...EASY_CLIENT, eventLoopDelayP99Ms: 10 }], limited: false },
  ])('says whether the client could be the limit when $what: $limited', ({ clients, limited }) => {
    const snapshots = clients.map((client, workerGroupId) => sampleSnapshot({ workerGroupId, client }))
    expect(rollUp(null, snapshots, snapshots.length)).toMatchObject({ clientLimited: limited, client: { limited } })
    const bitByBit = snapshots.reduce<Rollup | null>((before, snapshot) => rollUp(before, [snapshot], snapshots.length), null)
    expect(bitByBit?.clientLimited).toBe(limited)
  })

  it('is of the warmup where the snapshots are', () => {
    expect(rollUp(null, [sampleSnapshot({ intervalIndex: 0 })], 1).phase).toBe('WARMUP')
  })
})

/** Without what follows from the order in which snapshots come: which sample is kept, and which of equals comes first. */
const withoutOrder = (rollup: Rollup | null) => ({
  ...rollup,
  qps: rollup?.qps.toFixed(6),
  byKind: [...(rollup?.byKind ?? [])].sort((a, b) => a.label.localeCompare(b.label)),
  errorsByCategory: (rollup?.errorsByCategory ?? []).map(({ category, count }) => `${category} ${count}`).sort(),
})

describe('rollups', () => {
  it('are the same whatever the order and the portions in which snapshots come', () => {
    forAll(random => {
      const workers = random.whole(1, 6)
      const snapshots = Array.from({ length: workers }, (_, workerGroupId) => someSnapshot(random, { workerGroupId }))
      const atOnce = rollUp(null, snapshots, workers)
      const portions = inPortions(random, shuffled(random, snapshots))
      const bitByBit = portions.reduce<Rollup | null>((before, portion) => rollUp(before, portion, workers), null)
      expect(withoutOrder(bitByBit)).toEqual(withoutOrder(atOnce))
    }, 40)
  })

  it('of four workers have the percentiles of all their samples, to a thousandth', () => {
    forAll(random => {
      const samples = Array.from({ length: 4 }, () => someLatencies(random, random.whole(1, 500)))
      const snapshots = samples.map((latencies, workerGroupId) => sampleSnapshot({ workerGroupId, byKind: [sampleKind(latencies)] }))
      const rollup = rollUp(null, snapshots, 4)
      const all = samples.flat()
      for (const [percent, read] of [
        [50, rollup.p50Ms],
        [95, rollup.p95Ms],
        [99, rollup.p99Ms],
        [100, rollup.maxMs],
      ] as const) {
        const exact = exactPercentile(all, percent)
        expect(Math.abs((read ?? Number.NaN) - exact), `p${percent} is ${read}, not ${exact}`).toBeLessThanOrEqual(exact * 0.001 + 1e-6)
      }
    }, 40)
  })

  it('have not the mean of the workers’ percentiles', () => {
    const quick = sampleSnapshot({ byKind: [sampleKind(Array.from({ length: 990 }, () => 1))] })
    const slow = sampleSnapshot({ workerGroupId: 1, byKind: [sampleKind(Array.from({ length: 10 }, () => 1_000))] })
    expect(rollUp(null, [quick, slow], 2)).toMatchObject({ p50Ms: expect.closeTo(1, 2), p99Ms: expect.closeTo(1, 2), maxMs: 1_000 })
  })

  it('hold the sum of the histograms, bucket by bucket', () => {
    forAll(random => {
      const samples = [someLatencies(random, 200), someLatencies(random, 200)]
      const snapshots = samples.map((latencies, workerGroupId) => sampleSnapshot({ workerGroupId, byKind: [sampleKind(latencies)] }))
      const together = new LatencyHistogram()
      for (const latencyMs of samples.flat()) together.recordMs(latencyMs)
      const rollup = rollUp(null, snapshots, 2)
      expect(rollup.latency).toEqual(together.encode())
      expect(percentilesOf(together.encode())).toMatchObject({ p50Ms: rollup.p50Ms, maxMs: rollup.maxMs })
      together.free()
    }, 20)
  })
})
