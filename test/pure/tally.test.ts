import { type Result, startHistograms, type WorkerSnapshot } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { withOpen } from '../../server/src/decide/kindHistograms.ts'
import { NO_TESTIMONY, Tally } from '../../server/src/decide/tally.ts'
import { exactPercentile, shuffled, someLatencies, someRun } from '../kit/sampleFleet.ts'
import { BUSY_CLIENT, sampleKind, sampleSnapshot } from '../kit/sampleSnapshot.ts'
import { forAll } from '../kit/seeded.ts'

beforeAll(() => startHistograms())

const addTo = (tally: Tally, ...snapshots: readonly WorkerSnapshot[]): void =>
  withOpen(snapshots, open => {
    for (const one of open) tally.add(one)
  })

const resultOf = (
  snapshots: readonly WorkerSnapshot[],
  startSkewMs: number | null = null,
  missingSnapshots = 0,
  silentWorkers = 0,
): Result => {
  const tally = new Tally()
  addTo(tally, ...snapshots)
  const result = tally.result({ ...NO_TESTIMONY, startSkewMs, missingSnapshots, silentWorkers })
  tally.free()
  return result
}

describe('a tally', () => {
  it('of nothing is a result of nothing', () => {
    expect(resultOf([])).toEqual({
      measuredSeconds: 0,
      totalOperations: 0,
      failedOperations: 0,
      cutOffOperations: 0,
      retriedOperations: 0,
      qps: 0,
      errorRate: 0,
      p50Ms: null,
      p95Ms: null,
      p99Ms: null,
      p999Ms: null,
      minMs: null,
      maxMs: null,
      meanMs: null,
      clientLimitedSeconds: 0,
      latencyAggregationMethod: 'HDR_MERGE',
      latency: null,
      byKind: [],
      errorsByCategory: [],
      startSkewMs: null,
      accounting: { started: 0, ended: 0, cutOff: 0, missingSnapshots: 0, silentWorkers: 0 },
      arrivals: null,
      slos: [],
      findMax: null,
      lostWorkers: [],
      warmupByKind: [],
    })
  })

  it('counts the measurement only, from its start to the end of the last interval', () => {
    const warmup = sampleSnapshot({ intervalIndex: 1, byKind: [sampleKind([900, 900], 3)], retriedOperations: 4 })
    const first = sampleSnapshot({ intervalIndex: 2, byKind: [sampleKind([1, 3], 1)], retriedOperations: 2 })
    const last = sampleSnapshot({ intervalIndex: 3, byKind: [sampleKind([2, 4], 0, 'UPDATE')], retriedOperations: 1, endMs: 3_250 })
    const result = resultOf([warmup, first, last], 0.5)
    expect(result).toMatchObject({
      measuredSeconds: 1.25,
      totalOperations: 5,
      failedOperations: 1,
      retriedOperations: 3,
      qps: 3.2,
      errorRate: 0.2,
      minMs: 1,
      maxMs: 4,
      meanMs: 2.5,
      startSkewMs: 0.5,
      errorsByCategory: [{ category: 'TIMEOUT', count: 1 }],
    })
    expect(result.byKind.map(({ kind, operations, errors }) => [kind, operations, errors])).toEqual([
      ['POINT_LOOKUP', 3, 1],
      ['UPDATE', 2, 0],
    ])
    expect(result.latency?.count).toBe(4)
  })

  it('accounts for all phases: what was sent has ended, was cut off, or is missing', () => {
    const snapshots = [
      sampleSnapshot({ intervalIndex: 0, byKind: [sampleKind([1, 1])], started: 5 }),
      sampleSnapshot({ intervalIndex: 2, byKind: [sampleKind([1], 1)], started: 4, cutOff: 3 }),
      sampleSnapshot({ intervalIndex: 3, phase: 'PROCESSING', started: 0, cutOff: 2 }),
    ]
    const { accounting, cutOffOperations } = resultOf(snapshots, null, 7, 2)
    expect(accounting).toEqual({ started: 9, ended: 4, cutOff: 5, missingSnapshots: 7, silentWorkers: 2 })
    expect(cutOffOperations).toBe(5)
  })

  it('does not count as cut off from the measurement what the warmup’s own edge would have cut', () => {
    const warmup = sampleSnapshot({ intervalIndex: 1, cutOff: 4 })
    expect(resultOf([warmup])).toMatchObject({ cutOffOperations: 0, accounting: { cutOff: 4 } })
  })

  it('counts an interval in which several workers were busy once', () => {
    const busy = (workerGroupId: number, intervalIndex: number, endMs = (intervalIndex + 1) * 1_000): WorkerSnapshot =>
      sampleSnapshot({ workerGroupId, intervalIndex, endMs, client: BUSY_CLIENT })
    expect(resultOf([busy(0, 2), busy(1, 2), sampleSnapshot({ workerGroupId: 2 })]).clientLimitedSeconds).toBe(1)
    expect(resultOf([busy(0, 2), busy(1, 3), busy(0, 4)]).clientLimitedSeconds).toBe(3)
    expect(resultOf([busy(0, 1), busy(1, 0)]).clientLimitedSeconds, 'in the warmup').toBe(0)
    const [whole, part] = [busy(0, 3), busy(1, 3, 3_250)]
    expect(resultOf([whole, part]).clientLimitedSeconds).toBe(1)
    expect(resultOf([part, whole]).clientLimitedSeconds).toBe(1)
  })

  it('has the percentiles of all samples of all workers and intervals, to a thousandth', () => {
    forAll(random => {
      const samples = Array.from({ length: 8 }, () => someLatencies(random, random.whole(1, 300)))
      const snapshots = samples.map((latencies, i) =>
        sampleSnapshot({ workerGroupId: i % 4, intervalIndex: 2 + Math.floor(i / 4), byKind: [sampleKind(latencies)] }),
      )
      const result = resultOf(snapshots)
      for (const [percent, read] of [
        [50, result.p50Ms],
        [95, result.p95Ms],
        [99, result.p99Ms],
        [99.9, result.p999Ms],
      ] as const) {
        const exact = exactPercentile(samples.flat(), percent)
        expect(Math.abs((read ?? Number.NaN) - exact), `p${percent} is ${read}, not ${exact}`).toBeLessThanOrEqual(exact * 0.001 + 1e-6)
      }
    }, 20)
  })

  it('is the same whatever the order in which snapshots come', () => {
    const sorted = (kinds: Result['byKind']) => [...kinds].sort((a, b) => a.label.localeCompare(b.label))
    const comparable = (result: Result) => ({
      ...result,
      byKind: sorted(result.byKind),
      warmupByKind: sorted(result.warmupByKind),
      clientLimitedSeconds: result.clientLimitedSeconds.toFixed(6),
    })
    forAll(random => {
      const snapshots = someRun(random, random.whole(1, 4), random.whole(2, 8)).map(snapshot =>
        random.fraction() < 0.2 ? { ...snapshot, endMs: snapshot.startMs + random.whole(1, 999) } : snapshot,
      )
      expect(comparable(resultOf(shuffled(random, snapshots)))).toEqual(comparable(resultOf(snapshots)))
    }, 30)
  })

  it('can be asked at any time, and goes on', () => {
    const tally = new Tally()
    addTo(tally, sampleSnapshot({ intervalIndex: 2, byKind: [sampleKind([1])] }))
    expect(tally.result(NO_TESTIMONY)).toMatchObject({ totalOperations: 1, maxMs: 1 })
    addTo(tally, sampleSnapshot({ intervalIndex: 3, byKind: [sampleKind([5])] }))
    expect(tally.result(NO_TESTIMONY)).toMatchObject({ totalOperations: 2, maxMs: 5, measuredSeconds: 2 })
    tally.free()
  })
})
