import type { Evidence } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { readBands } from '../../server/src/decide/compare/bands.ts'
import { drawnLengthOf } from '../../server/src/decide/compare/drawnLength.ts'
import { effectOf } from '../../server/src/decide/compare/effect.ts'
import { drawnBy } from '../../server/src/decide/compare/random.ts'
import { runSpreadOf } from '../../server/src/decide/compare/runSpread.ts'
import { studentT } from '../../server/src/decide/compare/studentT.ts'
import { imagineEvidence } from '../kit/imaginedEvidence.ts'
import { forAll, seeded } from '../kit/seeded.ts'
import { VERDICT_MODELS } from '../kit/verdictRates.ts'

describe("Student's distribution", () => {
  it.each([
    [1, 63.657],
    [2, 9.925],
    [3, 5.841],
    [5, 4.032],
    [10, 3.169],
    [30, 2.75],
    [1_000, 2.581],
    [Number.POSITIVE_INFINITY, 2.576],
  ])('with %s degrees of freedom has 99 %% within %s', (degrees, within) => {
    expect(Math.abs(studentT(99, degrees) / within - 1)).toBeLessThan(0.001)
  })

  it.each([
    [1, 21.205],
    [2, 5.643],
    [3, 3.896],
    [5, 3.003],
    [10, 2.527],
    [Number.POSITIVE_INFINITY, 2.17],
  ])('with %s degrees of freedom has 97 %% within %s', (degrees, within) => {
    expect(Math.abs(studentT(97, degrees) / within - 1)).toBeLessThan(0.001)
  })
})

/** A series whose neighbours correlate. */
const autoregression = (length: number, memory: number, seed: number): Float64Array => {
  const random = seeded(seed)
  let level = random.normal()
  return Float64Array.from({ length }, () => (level = memory * level + Math.sqrt(1 - memory ** 2) * random.normal()))
}

describe('the length of drawn blocks', () => {
  it('grows with memory, and stays between a sixteenth and a fifth of the run', () => {
    forAll(random => {
      const [n, seed] = [random.whole(20, 400), random.whole(0, 1e6)]
      const lengths = [0, 0.5, 0.9].map(memory => drawnLengthOf(autoregression(n, memory, seed)).length)
      expect(Math.min(...lengths)).toBeGreaterThanOrEqual(Math.max(Math.round(n / 16), 1) - 1)
      expect(Math.max(...lengths)).toBeLessThanOrEqual(Math.floor(n / 5))
    })
    const mean = (memory: number): number =>
      Array.from({ length: 50 }, (_, seed) => drawnLengthOf(autoregression(300, memory, seed)).length).reduce((a, b) => a + b, 0) / 50
    expect(mean(0.9)).toBeGreaterThan(1.5 * mean(0.1))
  })

  it('is settled for a series that never changes', () => {
    expect(drawnLengthOf(new Float64Array(64).fill(7))).toEqual({ length: 4, neighbours: 0, added: 1 })
  })
})

/** Percentiles of a run put together anew with its whole histograms added: what the quick way must agree with. */
const addWholeHistograms = ({ bandsMs, blocks, blockSeconds }: Evidence, length: number, share: number): number => {
  const draw = drawnBy('whole')
  const logs = Array.from({ length: 300 }, () => {
    const drawn = []
    while (drawn.length < blocks.length) {
      const from = draw(blocks.length)
      for (let i = 0; i < length && drawn.length < blocks.length; i++) drawn.push(blocks[(from + i) % blocks.length])
    }
    const together = readBands({ bandsMs, blockSeconds, blocks: drawn.filter(block => block !== undefined) })
    return Math.log(together.valueMs(share) ?? Number.NaN)
  })
  const mean = logs.reduce((a, b) => a + b, 0) / logs.length
  return logs.reduce((total, log) => total + (log - mean) ** 2, 0) / (logs.length - 1)
}

describe('the spread of a run', () => {
  const evidence = imagineEvidence({ ...(VERDICT_MODELS[0]?.system as (typeof VERDICT_MODELS)[0]['system']), seconds: 200 }, 5)

  it('of a percentile agrees with that of added histograms', () => {
    const { figures } = runSpreadOf('a', evidence)
    for (const [metric, share] of [
      ['P50', 0.5],
      ['P95', 0.95],
      ['P99', 0.99],
    ] as const) {
      const whole = addWholeHistograms(evidence, 13, share)
      // It is made up for what short runs hide: at most a half more.
      expect(Math.sqrt((figures[metric]?.variance ?? 0) / whole)).toBeGreaterThan(0.85)
      expect(Math.sqrt((figures[metric]?.variance ?? 0) / whole)).toBeLessThan(1.4)
    }
  })

  it('follows from the run alone, and hardly from its seed', () => {
    const [one, same, other] = ['a', 'a', 'b'].map(seed => runSpreadOf(seed, evidence))
    expect(same).toEqual(one)
    expect(other).not.toEqual(one)
    expect(Math.sqrt((other?.figures.P95?.variance ?? 0) / (one?.figures.P95?.variance ?? 1))).toBeCloseTo(1, 0)
  })

  it('leaves out what was not measured', () => {
    const failed = evidence.blocks.map(block => ({ ...block, errors: block.operations, counts: [] }))
    expect(Object.keys(runSpreadOf('a', { ...evidence, blocks: failed }).figures)).toEqual(['ERROR_RATE'])
    expect(runSpreadOf('a', { blockSeconds: 1, bandsMs: [], blocks: [] })).toMatchObject({ blocks: 0, figures: {} })
  })
})

describe('the percentiles of bands', () => {
  it('never fall, and count what they were read from', () => {
    forAll(random => {
      const bands = readBands(
        imagineEvidence(
          { ...(VERDICT_MODELS[0]?.system as (typeof VERDICT_MODELS)[0]['system']), seconds: 20, qps: 30 },
          random.whole(0, 1e6),
        ),
      )
      const shares = Array.from({ length: 30 }, () => random.fraction()).sort((a, b) => a - b)
      const values = shares.map(share => bands.valueMs(share) as number)
      expect(values).toEqual([...values].sort((a, b) => a - b))
      shares.forEach((share, i) => {
        const upTo = Array.from({ length: 20 }, (_, block) => bands.countUpTo(block, values[i] as number)).reduce((a, b) => a + b, 0)
        expect(upTo / bands.total).toBeCloseTo(share, 6)
      })
    }, 30)
  })
})

interface GroupCase {
  readonly trials: readonly [number, number]
  readonly others?: number
  readonly between: number
  readonly within: number
}

describe('the effect of groups of trials', () => {
  /** How often equal groups are told apart that vary from trial to trial as much as said. @param others runs of each group that are not compared */
  const falselyCalled = (trials: readonly [number, number], others: number, between: number, within: number, seed: number): number => {
    const random = seeded(seed)
    const figure = (): number => Math.exp(between * random.normal() + within * random.normal())
    const group = (count: number) => ({
      trials: Array.from({ length: count }, () => ({ figure: figure(), variance: within ** 2, degrees: 20 })),
      others: Array.from({ length: others }, figure),
    })
    const calls = Array.from({ length: 1_000 }, () => effectOf('P95', group(trials[0]), group(trials[1])))
    return calls.filter(effect => effect !== null && (effect.low > 0 || effect.high < 0)).length / calls.length
  }

  it.each([
    { trials: [1, 1], others: 2, between: 0.02, within: 0.01 },
    { trials: [1, 1], others: 2, between: 0.03, within: 0.003 },
    { trials: [1, 1], others: 10, between: 0.03, within: 0.003 },
    { trials: [1, 1], others: 10, between: 0, within: 0.01 },
    { trials: [2, 1], others: 3, between: 0.03, within: 0.003 },
    { trials: [2, 1], between: 0.03, within: 0.003 },
    { trials: [3, 2], between: 0, within: 0.01 },
    { trials: [2, 2], between: 0, within: 0.01 },
    { trials: [2, 1], between: 0, within: 0.01 },
    { trials: [3, 2], between: 0.01, within: 0.01 },
    { trials: [2, 1], between: 0.01, within: 0.01 },
    { trials: [3, 2], between: 0.02, within: 0.01 },
    { trials: [3, 1], between: 0.02, within: 0.01 },
    { trials: [3, 2], between: 0.03, within: 0.003 },
    { trials: [2, 2], between: 0.03, within: 0.003 },
    { trials: [3, 1], between: 0.03, within: 0.003 },
    { trials: [4, 1], between: 0.03, within: 0.003 },
  ] as const satisfies readonly GroupCase[])(
    'is falsely called in at most 5 % of equal groups: $trials trials that differ by $between and vary by $within',
    ({ trials, others = 0, between, within }: GroupCase) => {
      const rate = falselyCalled(trials, others, between, within, 11)
      console.log(
        `seed 11, ${trials.join(' against ')} trials, ${others} others of each, ${between} between, ${within} within: ${(100 * rate).toFixed(1)} %`,
      )
      expect(rate).toBeLessThanOrEqual(0.05)
    },
  )
})
