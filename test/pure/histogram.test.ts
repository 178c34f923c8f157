import { addEncoded, LatencyHistogram, LONGEST_NS, startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Seeded } from '../kit/seeded.ts'
import { forAll } from '../kit/seeded.ts'

const PERCENTS = [1, 25, 50, 75, 90, 95, 99, 99.9, 100]
/** Three significant digits. */
const PRECISION = 0.001

beforeAll(startHistograms)

/** A histogram of these values, given to the check and freed after it. */
const using = <T>(samplesMs: readonly number[], check: (histogram: LatencyHistogram) => T): T => {
  const histogram = new LatencyHistogram()
  try {
    for (const sample of samplesMs) histogram.recordMs(sample)
    return check(histogram)
  } finally {
    histogram.free()
  }
}

/** The nearest-rank percentile of values in rising order. Source: the definition, ⌈p/100 · n⌉-th smallest. */
const nearestRank = (sorted: readonly number[], percent: number): number =>
  sorted[Math.max(Math.ceil(Number(((percent / 100) * sorted.length).toFixed(9))), 1) - 1] as number

const expectWithin = (actual: number | null, expected: number): void => {
  expect(actual).not.toBeNull()
  // Nanoseconds are whole numbers: half of one is added to the relative error.
  expect(Math.abs((actual as number) - expected)).toBeLessThanOrEqual(expected * PRECISION + 1e-6)
}

const expectPercentiles = (histogram: LatencyHistogram, samplesMs: readonly number[]): void => {
  const sorted = [...samplesMs].sort((a, b) => a - b)
  for (const percent of PERCENTS) expectWithin(histogram.percentileMs(percent), nearestRank(sorted, percent))
}

const DISTRIBUTIONS: Readonly<Record<string, (random: Seeded, worker: number) => number>> = {
  'log-normal': random => Math.exp(0.8 + 0.7 * random.normal()),
  uniform: random => 0.05 + 40 * random.fraction(),
  'with one slow worker': (random, worker) => (worker === 3 ? 200 + 50 * random.normal() : 2 + 0.2 * random.normal()),
  'of two humps': random => (random.fraction() < 0.9 ? 1 + 0.1 * random.fraction() : 900 + 100 * random.fraction()),
}

describe('the percentiles of four workers added', () => {
  it.each(Object.entries(DISTRIBUTIONS))('are those of all their samples: %s', (_, draw) => {
    forAll(random => {
      const workers = [0, 1, 2, 3].map(worker =>
        Array.from({ length: random.whole(500, 3_000) }, () => Math.max(draw(random, worker), 0.001)),
      )
      const sum = addEncoded(workers.map(samples => using(samples, histogram => histogram.encode())))
      if (sum === null) throw new Error('Nothing was added')
      const added = LatencyHistogram.decode(sum)
      expectPercentiles(added, workers.flat())
      expect(added.count).toBe(workers.flat().length)
      using(workers.flat(), whole => {
        for (const percent of PERCENTS) expect(added.percentileMs(percent)).toBe(whole.percentileMs(percent))
      })
      added.free()
    }, 5)
  })

  it('are the same in whatever order they are added', () => {
    forAll(random => {
      const parts = Array.from({ length: random.whole(2, 6) }, () => {
        const samples = Array.from({ length: random.whole(0, 200) }, () => 500 * random.fraction() ** 4)
        return using(samples, histogram => histogram.encode())
      })
      const shuffled = parts
        .map(part => ({ part, at: random.fraction() }))
        .sort((a, b) => a.at - b.at)
        .map(({ part }) => part)
      expect(addEncoded(shuffled)).toEqual(addEncoded(parts))
      expect(addEncoded([addEncoded(parts.slice(0, 2)), addEncoded(parts.slice(2))])).toEqual(addEncoded(parts))
    }, 30)
  })
})

describe('a histogram', () => {
  it('gives nearest-rank percentiles for any number of values', () => {
    forAll(random => {
      const samples = Array.from({ length: random.whole(1, 60) }, () => 10 ** random.whole(-3, 5) * (0.1 + random.fraction()))
      using(samples, histogram => expectPercentiles(histogram, samples))
    }, 300)
  })

  it('keeps count, mean, smallest and largest exactly', () => {
    using([1.5, 0.25, 1234.567891], histogram => {
      expect(histogram.count).toBe(3)
      expect(histogram.minMs()).toBe(0.25)
      expect(histogram.maxMs()).toBe(1234.567891)
      expect(histogram.meanMs()).toBeCloseTo((1.5 + 0.25 + 1234.567891) / 3, 9)
      expect(histogram.percentileMs(100)).toBe(1234.567891)
    })
  })

  it('comes back from its encoded form as it was', () => {
    forAll(random => {
      const samples = Array.from({ length: random.whole(1, 500) }, () => 10_000 * random.fraction() ** 6)
      using(samples, histogram => {
        const encoded = histogram.encode()
        if (encoded === null) throw new Error('Nothing was encoded')
        const back = LatencyHistogram.decode(JSON.parse(JSON.stringify(encoded)))
        for (const percent of PERCENTS) expect(back.percentileMs(percent)).toBe(histogram.percentileMs(percent))
        expect([back.count, back.minMs(), back.maxMs(), back.meanMs()]).toEqual([
          histogram.count,
          histogram.minMs(),
          histogram.maxMs(),
          histogram.meanMs(),
        ])
        expect(back.encode()).toEqual(encoded)
        back.free()
      })
    }, 30)
  })

  it('has no figures while it is empty, and none again after a reset', () => {
    using([], histogram => {
      for (let round = 0; round < 2; round++) {
        expect([
          histogram.count,
          histogram.percentileMs(50),
          histogram.meanMs(),
          histogram.minMs(),
          histogram.maxMs(),
          histogram.encode(),
        ]).toEqual([0, null, null, null, null, null])
        histogram.recordMs(5)
        expect(histogram.percentileMs(50)).toBe(5)
        histogram.reset()
      }
    })
    expect(addEncoded([])).toBeNull()
    expect(addEncoded([null, null])).toBeNull()
  })

  it('says its one value at every percentile', () => {
    for (const value of [0, 0.000_001, 0.123_457, 7, 59_999.999_999]) {
      using([value], histogram => {
        for (const percent of [0, ...PERCENTS]) expect(histogram.percentileMs(percent)).toBe(value)
      })
    }
  })

  it('counts what lasted over an hour as an hour, and what was negative as nothing', () => {
    using([3_600_001, 86_400_000, -1], histogram => {
      expect(histogram.count).toBe(3)
      expect(histogram.maxMs()).toBe(LONGEST_NS / 1e6)
      expect(histogram.percentileMs(99)).toBe(3_600_000)
      expect(histogram.minMs()).toBe(0)
    })
  })

  it('is as it was after it was added to another', () => {
    using([1, 2, 3], one =>
      using([10, 20], other => {
        const before = other.encode()
        one.add(other)
        expect(other.encode()).toEqual(before)
        expect([one.count, one.minMs(), one.maxMs()]).toEqual([5, 1, 20])
      }),
    )
  })
})
