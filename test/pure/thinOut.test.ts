import { describe, expect, it } from 'vitest'
import { runSeriesOf } from '../../server/src/decide/figures/runSeries.ts'
import { intervalValues, type SeriesValue, warehouseValues } from '../../server/src/decide/figures/seriesMetrics.ts'
import { thinOut } from '../../server/src/decide/figures/thinOut.ts'
import { sampleRollup } from '../kit/sampleFigures.ts'
import { forAll, type Seeded } from '../kit/seeded.ts'

const someValues = (random: Seeded, count: number, missing: number, nulls: number): SeriesValue[] =>
  Array.from({ length: count }, (_, i) => ({
    startMs: i * 1_000,
    endMs: (i + 1) * 1_000,
    value: random.fraction() < nulls ? null : random.whole(0, 1_000) + (random.fraction() < 0.01 ? 100_000 : 0),
  })).filter(() => random.fraction() >= missing)

const numbersIn = (values: readonly (number | null)[]): number[] => values.filter(value => value !== null)

describe('a series in fewer points', () => {
  it('keeps the lowest and the highest of each stretch where they were, in order, and is no longer than asked for', () => {
    forAll(random => {
      const values = someValues(random, random.whole(1, 2_000), random.pick([0, 0.02]), random.pick([0, 0.02]))
      const maxPoints = random.whole(10, 500)
      const { atMs, values: kept } = thinOut(values, maxPoints)
      expect(atMs.length).toBe(kept.length)
      expect(kept.length).toBeLessThanOrEqual(maxPoints)
      expect([...atMs].sort((a, b) => a - b)).toEqual(atMs)
      expect([atMs[0], atMs.at(-1)]).toEqual([values[0]?.endMs, values.at(-1)?.endMs])
      const all = numbersIn(values.map(({ value }) => value))
      if (all.length > 0) {
        expect(Math.max(...numbersIn(kept))).toBe(Math.max(...all))
        expect(Math.min(...numbersIn(kept))).toBe(Math.min(...all))
      }
      const byEnd = new Map(values.map(({ endMs, value }) => [endMs, value]))
      for (const [i, value] of kept.entries()) if (value !== null) expect(byEnd.get(atMs[i] as number)).toBe(value)
    }, 100)
  })

  it('keeps every peak that stands alone in its stretch', () => {
    const values = Array.from({ length: 3_600 }, (_, i) => ({
      startMs: i * 1_000,
      endMs: (i + 1) * 1_000,
      value: i % 100 === 37 ? 900 : 10,
    }))
    expect(thinOut(values, 300).values.filter(value => value === 900)).toHaveLength(36)
  })

  it('is the series itself where it is short enough, or all of it is asked for', () => {
    forAll(random => {
      const values = someValues(random, random.whole(0, 50), 0, 0.1)
      for (const maxPoints of [50, null]) {
        expect(thinOut(values, maxPoints)).toEqual({ atMs: values.map(({ endMs }) => endMs), values: values.map(({ value }) => value) })
      }
    }, 20)
  })

  it('has a gap where intervals are missing, and keeps it', () => {
    const missing = (i: number): boolean => i >= 500 && i < 520
    const values = Array.from({ length: 1_000 }, (_, i) => ({ startMs: i * 1_000, endMs: (i + 1) * 1_000, value: 5 + (i % 3) })).filter(
      (_, i) => !missing(i),
    )
    for (const maxPoints of [null, 60]) {
      const { atMs, values: kept } = thinOut(values, maxPoints)
      const gaps = kept.flatMap((value, i) => (value === null ? [atMs[i] as number] : []))
      expect(gaps).toHaveLength(1)
      expect(gaps[0]).toBeGreaterThan(500_000)
      expect(gaps[0]).toBeLessThan(521_000)
    }
  })

  it('keeps each gap where it is, none drawn over, whatever stretch it is in', () => {
    const missing = (i: number): boolean => [500, 504, 508, 700].includes(i) || (i >= 800 && i < 900)
    const values = Array.from({ length: 1_000 }, (_, i) => ({
      startMs: i * 1_000,
      endMs: (i + 1) * 1_000,
      value: i >= 300 && i < 310 ? null : 5 + (i % 3),
    })).filter((_, i) => !missing(i))
    const { atMs, values: kept } = thinOut(values, 60)
    const gaps = kept.flatMap((value, i) => (value === null ? [Math.floor((atMs[i] as number) / 1_000)] : []))
    expect(gaps).toEqual([301, 500, 504, 508, 700, 850])
    expect(kept.length).toBeLessThanOrEqual(60)
  })

  it('is no longer than asked for where gaps are half of it', () => {
    const values = Array.from({ length: 1_000 }, (_, i) => ({ startMs: i * 1_000, endMs: (i + 1) * 1_000, value: i % 2 === 0 ? null : i }))
    const { values: kept } = thinOut(values, 60)
    expect(kept.length).toBeLessThanOrEqual(60)
    expect(kept.filter(value => value === null).length).toBeGreaterThan(15)
  })
})

describe('the values of a metric', () => {
  it('are per second where they are counts', () => {
    const series = runSeriesOf([
      sampleRollup({ startMs: 0, endMs: 500, errors: 2 }),
      sampleRollup({ startMs: 500, endMs: 2_500, errors: 4 }),
    ])
    expect(intervalValues(series, 'ERRORS_PER_SECOND').map(({ value }) => value)).toEqual([4, 2])
    expect(intervalValues(series, 'P95')).toEqual([
      { startMs: 0, endMs: 500, value: 7.5 },
      { startMs: 500, endMs: 2_500, value: 7.5 },
    ])
  })

  it('of a warehouse are those of each look at it', () => {
    const poll = (elapsedSeconds: number, startedClusters: number | null) => ({ elapsedSeconds, startedClusters, running: 3, queued: 1 })
    const polls = [poll(-1, 1), poll(4, null), poll(9, 2)]
    expect(warehouseValues(polls, 'CLUSTERS', 5_000)).toEqual([
      { startMs: -1_000, endMs: -1_000, value: 1 },
      { startMs: -1_000, endMs: 4_000, value: null },
      { startMs: 4_000, endMs: 9_000, value: 2 },
    ])
    expect(warehouseValues(polls, 'QUEUED', 5_000).map(({ value }) => value)).toEqual([1, 1, 1])
  })

  it('of a warehouse are gaps where looks are missing', () => {
    const polls = [0, 5, 11, 40, 45].map(elapsedSeconds => ({ elapsedSeconds, startedClusters: 1, running: 3, queued: 1 }))
    const values = warehouseValues(polls, 'RUNNING', 5_000)
    expect(values.map(({ startMs }) => startMs)).toEqual([0, 0, 5_000, 32_500, 40_000])
    expect(thinOut(values, null).values).toEqual([3, 3, 3, null, 3, 3])
  })
})
