import type { Interval, RunSchedule } from '@flakebench/contract'
import { intervalContaining, measurementEndMs, shareEvenly } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { forAll } from '../kit/seeded.ts'

/** Every interval of a schedule, each asked for where the one before ended. */
const walk = (schedule: RunSchedule, untilMs: number): Interval[] => {
  const intervals: Interval[] = []
  for (let at = 0; at < untilMs; ) {
    const interval = intervalContaining(schedule, at)
    if (interval === null) break
    intervals.push(interval)
    at = interval.endMs
  }
  return intervals
}

const schedule = (warmupMs: number, measurementMs: number | null, intervalMs: number): RunSchedule => ({
  startAtMs: 0,
  warmupMs,
  measurementMs,
  intervalMs,
})

describe('the intervals of a schedule', () => {
  const drawn = (intervals: readonly Interval[]) => intervals.map(({ index, phase, startMs, endMs }) => [index, phase, startMs, endMs])

  it('begin anew with the measurement, so that none spans two phases', () => {
    expect(drawn(walk(schedule(2_500, 1_500, 1_000), 9_000))).toEqual([
      [0, 'WARMUP', 0, 1_000],
      [1, 'WARMUP', 1_000, 2_000],
      [2, 'WARMUP', 2_000, 2_500],
      [3, 'MEASUREMENT', 2_500, 3_500],
      [4, 'MEASUREMENT', 3_500, 4_000],
    ])
  })

  it('are of the measurement from the first on without a warmup', () => {
    expect(drawn(walk(schedule(0, 2_000, 1_000), 9_000))).toEqual([
      [0, 'MEASUREMENT', 0, 1_000],
      [1, 'MEASUREMENT', 1_000, 2_000],
    ])
  })

  it('are over with the measurement, and never when that is open', () => {
    expect(intervalContaining(schedule(0, 2_000, 1_000), 2_000)).toBeNull()
    expect(intervalContaining(schedule(1_000, null, 1_000), 1e9 + 1)).toEqual({
      index: 1_000_000,
      phase: 'MEASUREMENT',
      startMs: 1e9,
      endMs: 1e9 + 1_000,
    })
    expect(measurementEndMs(schedule(1_000, null, 1_000))).toBe(Number.POSITIVE_INFINITY)
  })

  it('take what comes before the start for the first', () => {
    expect(intervalContaining(schedule(0, 2_000, 1_000), -5)?.index).toBe(0)
    expect(intervalContaining(schedule(500, 2_000, 1_000), -5)?.phase).toBe('WARMUP')
  })

  it('tile the time: no gap, no overlap, indices without a hole, and every moment in the one that holds it', () => {
    forAll(random => {
      const intervalMs = random.pick([100, 250, 1_000, 1_500, random.whole(100, 60_000)])
      const warmupMs = random.pick([0, intervalMs, intervalMs * random.whole(1, 9), random.whole(1, 20) * 1_000])
      const measurementMs = random.pick([null, random.whole(1, 60) * 1_000])
      const plan = schedule(warmupMs, measurementMs, intervalMs)
      const endMs = measurementMs === null ? warmupMs + 20 * intervalMs : measurementEndMs(plan)
      const intervals = walk(plan, endMs)
      intervals.forEach((interval, i) => {
        expect(interval.index).toBe(i)
        expect(interval.startMs).toBe(i === 0 ? 0 : intervals[i - 1]?.endMs)
        expect(interval.endMs).toBeGreaterThan(interval.startMs)
        expect(interval.endMs - interval.startMs).toBeLessThanOrEqual(intervalMs)
        expect(interval.phase).toBe(interval.startMs < warmupMs ? 'WARMUP' : 'MEASUREMENT')
        if (interval.phase === 'WARMUP') expect(interval.endMs).toBeLessThanOrEqual(warmupMs)
        const within = interval.startMs + random.fraction() * (interval.endMs - interval.startMs)
        expect(intervalContaining(plan, Math.min(within, interval.endMs - 1e-6))).toEqual(interval)
      })
      if (measurementMs !== null) expect(intervals.at(-1)?.endMs).toBe(endMs)
    }, 300)
  })
})

describe('shares', () => {
  it('give the remainder to the lowest group ids', () => {
    expect(shareEvenly(32, 2)).toEqual([16, 16])
    expect(shareEvenly(11, 4)).toEqual([3, 3, 3, 2])
    expect(shareEvenly(2, 4)).toEqual([1, 1, 0, 0])
    expect(shareEvenly(0, 3)).toEqual([0, 0, 0])
  })

  it('sum to the whole, differ by one at most and never rise', () => {
    forAll(random => {
      const [total, workers] = [random.whole(0, 100_000), random.whole(1, 100)]
      const shares = shareEvenly(total, workers)
      expect(shares).toHaveLength(workers)
      expect(shares.reduce((a, b) => a + b, 0)).toBe(total)
      expect((shares[0] as number) - (shares.at(-1) as number)).toBeLessThanOrEqual(1)
      expect([...shares].sort((a, b) => b - a)).toEqual(shares)
    })
  })
})
