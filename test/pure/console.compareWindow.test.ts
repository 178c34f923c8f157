import { describe, expect, it } from 'vitest'
import { readingsAt } from '../../client/src/features/compare/chartFacts.ts'
import { METRICS } from '../../client/src/features/compare/chartMetrics.ts'
import type { RunLook } from '../../client/src/features/compare/runLooks.ts'
import { extentOf, firstAt, linearRange, logRange, type Points, refined, valueAt } from '../../client/src/features/compare/seriesPoints.ts'
import {
  askedAround,
  heldWithin,
  isWholeWindow,
  panned,
  serves,
  stretchOf,
  wholeWindow,
  zoomed,
} from '../../client/src/features/compare/timeWindow.ts'
import { pairsOf, pairsWithin, ticksWithin } from '../../client/src/ui/charts/runLinesOption.ts'
import { comparisonOf } from '../kit/comparedRuns.ts'
import { comparedCase } from '../kit/comparedSeries.ts'

const COMPARISON = comparisonOf([comparedCase(0), comparedCase(1, { measuredSeconds: 180 })])
const points = (seconds: readonly number[], values: readonly (number | null)[], isWhole = true): Points => ({ seconds, values, isWhole })

describe('the window of time', () => {
  const whole = { from: -30, to: 300 }
  it('reaches from the first warmup to the end of the longest run', () => {
    const stretches = COMPARISON.spans.map(span => stretchOf(span, 'MEASUREMENT_START'))
    expect(wholeWindow(stretches)).toEqual(whole)
    expect(wholeWindow(COMPARISON.spans.map(span => stretchOf(span, 'RUN_START')))).toEqual({ from: 0, to: 330 })
  })

  it('never leaves the whole, and keeps its width while it is moved', () => {
    expect(panned({ from: 0, to: 100 }, 500, whole)).toEqual({ from: 200, to: 300 })
    expect(panned({ from: 0, to: 100 }, -500, whole)).toEqual({ from: -30, to: 70 })
    expect(heldWithin({ from: -900, to: 900 }, whole)).toEqual(whole)
    expect(heldWithin({ from: 10, to: 10.5 }, whole)).toEqual({ from: 7.75, to: 12.75 })
  })

  it('zooms around what is pointed at, down to a few seconds and out to the whole', () => {
    expect(zoomed({ from: 0, to: 100 }, 0.5, 25, whole)).toEqual({ from: 12.5, to: 62.5 })
    expect(isWholeWindow(zoomed({ from: 0, to: 100 }, 100, 25, whole), whole)).toBe(true)
    const closest = zoomed({ from: 0, to: 10 }, 0.001, 5, whole)
    expect(closest.to - closest.from).toBe(5)
  })

  it('is asked for with its neighbourhood, which serves until it is left or looked at more closely', () => {
    const asked = askedAround({ from: 100, to: 150 }, whole)
    expect(asked).toEqual({ from: 50, to: 200 })
    expect(serves(asked, { from: 110, to: 160 })).toBe(true)
    expect(serves(asked, { from: 160, to: 210 })).toBe(false)
    expect(serves(asked, { from: 110, to: 130 })).toBe(false)
    expect(serves(null, { from: 0, to: 1 })).toBe(false)
  })
})

describe('the points of compared runs', () => {
  it('are replaced by the fine ones in their stretch, and stay elsewhere', () => {
    const coarse = points([0, 10, 20, 30], [1, 2, 3, 4], false)
    expect(refined(coarse, points([10, 12, 20], [20, 21, 22]), { from: 10, to: 20 })).toEqual(
      points([0, 10, 12, 20, 30], [1, 20, 21, 22, 4], false),
    )
  })

  it('are read in the interval that contains the moment, and nowhere in a gap', () => {
    const line = points([1, 2, 3, 6, 9, 10], [10, 20, 30, null, 90, 100])
    expect([0.5, 1, 1.2, 2, 2.9].map(at => valueAt(line, at))).toEqual([10, 10, 20, 20, 30])
    expect([3.1, 4, 6, 7.9].map(at => valueAt(line, at))).toEqual([null, null, null, null])
    expect([8.1, 9, 9.5, 10, 10.1, -0.5].map(at => valueAt(line, at))).toEqual([90, 90, 100, 100, null, null])
    expect(firstAt([1, 2, 3], 2)).toBe(1)
  })

  it('are read at the nearer of two where some were left out, and beside a gap half the way at most', () => {
    const line = points([0, 10, 20, 30, 60, 90], [1, 2, 3, 4, null, 9], false)
    expect([4, 5, 6, 24, 26].map(at => valueAt(line, at))).toEqual([1, 2, 2, 3, 4])
    expect([34, 36, 60, 84, 86, 96].map(at => valueAt(line, at))).toEqual([4, null, null, null, 9, null])
    expect(valueAt(points([], []), 1)).toBeNull()
  })

  it('say nothing of a run that is over, or has not begun', () => {
    const stretch = stretchOf({ runId: 'a', warmupSeconds: 2, measuredSeconds: 10 }, 'MEASUREMENT_START')
    const run = { look: { id: 'a', status: 'COMPLETED' } as RunLook, stretch }
    const all = points([0, 1, 9, 10, 11], [1, 2, 3, 4, 5])
    const read = (at: number) => readingsAt(run, METRICS.qps.lines, () => all, at)
    expect([read(10), read(10.2), read(12), read(-2.1)]).toEqual([[4], [null], [null], [null]])
  })

  it('make one range for all charts, of what the window shows', () => {
    const lines = [points([0, 1, 2], [5, 500, 1]), points([0, 1], [null, 7])]
    expect(extentOf(lines, { from: 0, to: 2 }, false)).toEqual({ least: 1, most: 500 })
    expect(extentOf([points([0], [0])], { from: 0, to: 1 }, true)).toBeNull()
    expect(linearRange(18_000, false)).toEqual({ least: 0, most: 20_000, step: 5_000 })
    expect(linearRange(1, true)).toEqual({ least: 0, most: 2, step: 1 })
    expect(linearRange(0, false)).toEqual({ least: 0, most: 1, step: 0.25 })
    expect(logRange(0.8, 45)).toEqual({ least: 0.1, most: 100, step: null })
  })

  it('are drawn with their gaps, a lonely one as a short stroke, and nothing that a logarithmic axis has no place for', () => {
    const line = { seconds: [1, 2, 3, 4], values: [5, null, 7, null] }
    expect([...pairsOf(line, 0, 9, false)]).toEqual([0.6, 5, 1.4, 5, 2, Number.NaN, 2.6, 7, 3.4, 7, 4, Number.NaN])
    expect([...pairsOf({ seconds: [1, 2], values: [0, 3] }, 0, 9, true)].filter(Number.isNaN)).toHaveLength(1)
  })

  it('are handed over as far as they are seen', () => {
    const pairs = Float64Array.from(Array.from({ length: 1_000 }, (_, at) => [at, at]).flat())
    const seen = pairsWithin(pairs, 500, 600)
    expect(seen[0]).toBeLessThan(500)
    expect(seen.at(-2)).toBeGreaterThan(600)
    expect(seen.length).toBeLessThan(600)
  })

  it('have ticks at whole steps from zero', () => {
    expect(ticksWithin(-30, 300)).toEqual([0, 60, 120, 180, 240, 300])
    expect(ticksWithin(42, 50)).toEqual([42, 43, 44, 45, 46, 47, 48, 49, 50])
  })
})
