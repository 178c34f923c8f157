import { bucketsOf, LatencyHistogram, percentileCurveOf, startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { someLatencies } from '../kit/sampleFleet.ts'
import { encodeLatencies } from '../kit/sampleSnapshot.ts'
import { forAll } from '../kit/seeded.ts'

beforeAll(() => startHistograms())

const encoded = (latenciesMs: readonly number[]) => {
  const histogram = encodeLatencies(latenciesMs)
  if (histogram === null) throw new Error('nothing was recorded')
  return histogram
}

describe('the buckets of a histogram', () => {
  it('hold every value once, ascending, and give the percentiles that the histogram itself gives', () => {
    forAll(random => {
      const samples = [...someLatencies(random, random.whole(1, 300)), ...(random.fraction() < 0.3 ? [0, 3_600_000] : [])]
      const atRest = encoded(samples)
      const { upToMs, counts } = bucketsOf(atRest)
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(samples.length)
      expect([...upToMs].sort((a, b) => a - b)).toEqual(upToMs)
      const histogram = LatencyHistogram.decode(atRest)
      let upTo = 0
      for (const [i, ms] of upToMs.entries()) {
        upTo += counts[i] as number
        // In the middle of the bucket's own ranks, so that no rounding of percent to ranks decides.
        const rank = upTo - (counts[i] as number) / 2
        expect(histogram.percentileMs((100 * rank) / samples.length)).toBe(ms)
      }
      histogram.free()
    }, 100)
  })

  it('are within 0.1 % of what was recorded', () => {
    for (const ms of [0.000_001, 0.25, 1, 17.3, 999.999, 59_999, 3_600_000]) {
      const { upToMs, counts } = bucketsOf(encoded([ms, ms, ms]))
      expect(counts).toEqual([3])
      expect(Math.abs((upToMs[0] as number) / ms - 1)).toBeLessThan(0.001)
    }
  })
})

describe('the percentile curve', () => {
  it('rises in percent, value and count, ends with the largest value of all, and says the same as the percentiles', () => {
    forAll(random => {
      const samples = someLatencies(random, random.whole(1, 5_000))
      const atRest = encoded(samples)
      const curve = percentileCurveOf(bucketsOf(atRest))
      const histogram = LatencyHistogram.decode(atRest)
      for (const [i, point] of curve.entries()) {
        const before = curve[i - 1]
        if (before !== undefined) {
          expect(point.percent).toBeGreaterThan(before.percent)
          expect(point.valueMs).toBeGreaterThanOrEqual(before.valueMs)
          expect(point.count).toBeGreaterThanOrEqual(before.count)
        }
        expect((100 * point.count) / samples.length).toBeGreaterThanOrEqual(point.percent - 1e-9)
      }
      expect(curve.at(-1)).toEqual({ percent: 100, valueMs: histogram.maxMs(), count: samples.length })
      for (const percent of [50, 75]) {
        const at = curve.find(point => point.percent === percent)
        if (at !== undefined) expect(at.valueMs).toBe(histogram.percentileMs(percent))
      }
      histogram.free()
    }, 30)
  })

  it('grows finer towards 100 %: five steps on each half of what is left', () => {
    const curve = percentileCurveOf(bucketsOf(encoded(Array.from({ length: 10_000 }, (_, i) => 1 + i))))
    const between = (from: number, to: number) => curve.filter(({ percent }) => percent >= from && percent < to).length
    expect([between(0, 50), between(50, 75), between(75, 87.5), between(87.5, 93.75)]).toEqual([5, 5, 5, 5])
  })
})
