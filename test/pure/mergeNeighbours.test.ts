import { type Rollup, startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { groupRollups, mergeNeighbours, rollUp } from '../../server/src/decide/rollUp.ts'
import { exactPercentile, someLatencies, someRun } from '../kit/sampleFleet.ts'
import { BUSY_CLIENT, encodeLatencies, sampleKind, sampleSnapshot } from '../kit/sampleSnapshot.ts'
import { forAll, type Seeded } from '../kit/seeded.ts'

beforeAll(() => startHistograms())

const someHistory = (random: Seeded, intervals: number): Rollup[] =>
  someRun(random, 1, intervals).flatMap(snapshot => (snapshot.phase === 'PROCESSING' ? [] : [rollUp(null, [snapshot], 1)]))

/** As a history is shown in at most about so many points. */
const inFewer = (rollups: readonly Rollup[], maxPoints: number): Rollup[] => groupRollups(rollups, maxPoints).map(mergeNeighbours)

const total = (rollups: readonly Rollup[], pick: (one: Rollup) => number): number => rollups.reduce((sum, one) => sum + pick(one), 0)

describe('fewer points of a history', () => {
  it('keep every count, mix no phases, lie in order without a gap, and are at most one more than asked for', () => {
    forAll(random => {
      const history = someHistory(random, random.whole(0, 40))
      const maxPoints = random.whole(1, 45)
      const merged = inFewer(history, maxPoints)
      expect(merged.length).toBeLessThanOrEqual(maxPoints + 1)
      for (const pick of ['started', 'operations', 'errors', 'cutOff', 'retriedOperations'] as const) {
        expect(total(merged, one => one[pick])).toBe(total(history, one => one[pick]))
      }
      expect(total(merged, one => one.latency?.count ?? 0)).toBe(total(history, one => one.latency?.count ?? 0))
      const groups = groupRollups(history, maxPoints)
      expect(groups.flat()).toEqual(history)
      expect(Math.max(0, ...groups.map(group => group.length))).toBeLessThanOrEqual(Math.ceil(history.length / maxPoints))
      const errors = (all: readonly Rollup[]) => total(all, one => one.errorsByCategory.reduce((sum, { count }) => sum + count, 0))
      expect(errors(merged)).toBe(errors(history))
      for (const [i, one] of merged.entries()) {
        expect(one.endMs).toBe(merged[i + 1]?.startMs ?? history.at(-1)?.endMs)
        const parts = history.filter(part => part.startMs >= one.startMs && part.endMs <= one.endMs)
        expect(new Set(parts.map(part => part.phase))).toEqual(new Set([one.phase]))
        expect(one.clientLimited).toBe(parts.some(part => part.clientLimited))
      }
    }, 60)
  })

  it('are the history itself where it is short enough', () => {
    forAll(random => {
      const history = someHistory(random, 6)
      expect(inFewer(history, 6)).toEqual(history)
      expect(inFewer(history, 300)).toEqual(history)
    }, 5)
    expect(inFewer([], 10)).toEqual([])
  })

  it('say of the least whole of their intervals how many workers reported of how many', () => {
    const of = (intervalIndex: number, reported: number, expected: number): Rollup => ({
      ...rollUp(null, [sampleSnapshot({ intervalIndex })], expected),
      workersReported: reported,
    })
    const [joined] = inFewer([of(2, 1, 1), of(3, 2, 2)], 1)
    expect(joined).toMatchObject({ workersReported: 2, workersExpected: 2 })
    const [lost] = inFewer([of(2, 2, 3), of(3, 2, 2)], 1)
    expect(lost).toMatchObject({ workersReported: 2, workersExpected: 3 })
  })

  it('have the percentiles of all their operations', () => {
    forAll(random => {
      const samples = Array.from({ length: 6 }, () => someLatencies(random, random.whole(1, 100)))
      const history = samples.map((latencies, i) =>
        rollUp(null, [sampleSnapshot({ intervalIndex: 2 + i, byKind: [sampleKind(latencies)] })], 1),
      )
      const merged = inFewer(history, 2)
      expect(merged).toHaveLength(2)
      for (const [i, one] of merged.entries()) {
        const exact = exactPercentile(samples.slice(i * 3, i * 3 + 3).flat(), 95)
        expect(Math.abs((one.p95Ms ?? Number.NaN) - exact)).toBeLessThanOrEqual(exact * 0.001 + 1e-6)
      }
    }, 20)
  })

  it('have the rate of the whole time, where intervals are of different lengths', () => {
    const point = (intervalIndex: number, operations: number, startMs: number, endMs: number): Rollup =>
      rollUp(
        null,
        [sampleSnapshot({ intervalIndex, byKind: [sampleKind(Array.from({ length: operations }, () => 1))], startMs, endMs })],
        1,
      )
    const merged = inFewer([point(2, 10, 2_000, 3_000), point(3, 5, 3_000, 3_250)], 1)
    expect(merged).toMatchObject([{ qps: 12, startMs: 2_000, endMs: 3_250 }])
  })

  it('mark a point in which the client could be the limit for a part of it', () => {
    const history = [2, 3, 4, 5].map(intervalIndex =>
      rollUp(null, [sampleSnapshot({ intervalIndex, ...(intervalIndex === 3 ? { client: BUSY_CLIENT } : {}) })], 1),
    )
    expect(inFewer(history, 2).map(one => one.clientLimited)).toEqual([true, false])
  })

  it('have as many workers as the fewest of their parts, the newest memory and the mean processor time', () => {
    const point = (intervalIndex: number, workers: number, cpuPercent: number, memoryBytes: number): Rollup =>
      rollUp(
        null,
        Array.from({ length: workers }, (_, workerGroupId) =>
          sampleSnapshot({ intervalIndex, workerGroupId, client: { ...BUSY_CLIENT, cpuPercent, memoryBytes } }),
        ),
        2,
      )
    const [one] = inFewer([point(2, 2, 10, 100), point(3, 1, 80, 300)], 1)
    expect(one).toMatchObject({ workersReported: 1, workersExpected: 2, client: { cpuPercent: 50, memoryBytes: 300 } })
  })

  it('add up what became of arrivals, and have waiting what waited at their end', () => {
    const point = (intervalIndex: number, waiting: number, clockErrorMs: number): Rollup =>
      rollUp(
        null,
        [
          sampleSnapshot({
            intervalIndex,
            openConnections: intervalIndex,
            arrivals: { planned: 10, late: 1, missed: 2, waiting, clockError: encodeLatencies([clockErrorMs]) },
          }),
        ],
        1,
      )
    const [one] = inFewer([point(2, 7, 1), point(3, 4, 3)], 1)
    expect(one).toMatchObject({ openConnections: 3, arrivals: { planned: 20, late: 2, missed: 4, waiting: 4, clockError: { count: 2 } } })
    expect(
      inFewer(
        [2, 3].map(intervalIndex => rollUp(null, [sampleSnapshot({ intervalIndex })], 1)),
        1,
      )[0]?.arrivals,
    ).toBeNull()
  })
})
