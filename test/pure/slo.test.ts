import { type KindSnapshot, type Slo, type SloJudgement, startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { judgeSlos } from '../../server/src/decide/slo.ts'
import { exactPercentile, someLatencies } from '../kit/sampleFleet.ts'
import { sampleKind } from '../kit/sampleSnapshot.ts'
import { forAll } from '../kit/seeded.ts'

beforeAll(() => startHistograms())

const slo = (change: Partial<Slo>): Slo => ({ kind: 'POINT_LOOKUP', p95Ms: null, p99Ms: null, errorRatePercent: null, ...change })
const judged = (slos: readonly Slo[], byKind: readonly KindSnapshot[]) =>
  judgeSlos(slos, byKind).map(({ kind, bound, limit, observed, verdict }) => [kind, bound, limit, observed, verdict])

const times = (count: number, ms: number): number[] => Array.from({ length: count }, () => ms)

describe('an SLO', () => {
  it('has a judgement for each of its bounds, and none without', () => {
    const slos = [slo({ p95Ms: 5, p99Ms: 3, errorRatePercent: 20 }), slo({ kind: 'UPDATE', p99Ms: 1 }), slo({ kind: 'INSERT' })]
    const byKind = [sampleKind(times(100, 4), 25), sampleKind(times(100, 2), 0, 'UPDATE'), sampleKind([9], 0, 'INSERT')]
    expect(judged(slos, byKind)).toEqual([
      ['POINT_LOOKUP', 'P95', 5, expect.closeTo(4, 2), 'PASS'],
      ['POINT_LOOKUP', 'P99', 3, expect.closeTo(4, 2), 'FAIL'],
      ['POINT_LOOKUP', 'ERROR_RATE', 20, 20, 'PASS'],
      ['UPDATE', 'P99', 1, expect.closeTo(2, 2), 'FAIL'],
    ])
  })

  it('passes at its limit exactly', () => {
    const [p95] = judgeSlos([slo({ p95Ms: 1 })], [sampleKind(times(20, 4))]) as [SloJudgement]
    const limit = p95.observed as number
    expect(judged([slo({ p95Ms: limit, errorRatePercent: 0 })], [sampleKind(times(20, 4))])).toMatchObject([
      [expect.anything(), 'P95', limit, limit, 'PASS'],
      [expect.anything(), 'ERROR_RATE', 0, 0, 'PASS'],
    ])
  })

  it('is pending for a kind that has done nothing, and has no percentile where nothing succeeded', () => {
    const slos = [slo({ p95Ms: 5, errorRatePercent: 1 })]
    for (const nothing of [[], [sampleKind([], 0)], [sampleKind([1], 0, 'UPDATE')]]) {
      expect(judged(slos, nothing)).toEqual([
        ['POINT_LOOKUP', 'P95', 5, null, 'PENDING'],
        ['POINT_LOOKUP', 'ERROR_RATE', 1, null, 'PENDING'],
      ])
    }
    expect(judged(slos, [sampleKind([], 20)])).toEqual([
      ['POINT_LOOKUP', 'P95', 5, null, 'PENDING'],
      ['POINT_LOOKUP', 'ERROR_RATE', 1, 100, 'FAIL'],
    ])
  })

  it('is pending as long as too few have ended to say so, and tells what was observed', () => {
    const slos = [slo({ p95Ms: 5, p99Ms: 5, errorRatePercent: 1 })]
    const verdicts = (latencies: readonly number[], errors = 0) => judged(slos, [sampleKind(latencies, errors)]).map(one => one.slice(3))
    const slow = expect.closeTo(500, 0)
    expect(verdicts([500, 500], 1)).toEqual([
      [slow, 'PENDING'],
      [slow, 'PENDING'],
      [expect.closeTo(33.3, 1), 'PENDING'],
    ])
    expect(verdicts(times(19, 500), 1)).toEqual([
      [slow, 'PENDING'],
      [slow, 'PENDING'],
      [5, 'FAIL'],
    ])
    expect(verdicts(times(99, 500)).map(([, verdict]) => verdict)).toEqual(['FAIL', 'PENDING', 'PASS'])
    expect(verdicts(times(100, 500)).map(([, verdict]) => verdict)).toEqual(['FAIL', 'FAIL', 'PASS'])
  })

  it('of generic SQL holds for all its labels together, exactly', () => {
    forAll(random => {
      const parts = Array.from({ length: random.whole(1, 4) }, () => someLatencies(random, random.whole(20, 80)))
      const byKind = parts.map((latencies, i): KindSnapshot => ({ ...sampleKind(latencies, i, 'GENERIC_SQL'), label: `q-${i}` }))
      const [p95, errors] = judgeSlos([slo({ kind: 'GENERIC_SQL', p95Ms: 1, errorRatePercent: 1 })], byKind) as [SloJudgement, SloJudgement]
      const exact = exactPercentile(parts.flat(), 95)
      expect(Math.abs((p95.observed ?? Number.NaN) - exact)).toBeLessThanOrEqual(exact * 0.001 + 1e-6)
      const failed = byKind.reduce((total, one) => total + one.errors, 0)
      expect(errors.observed).toBeCloseTo((100 * failed) / (failed + parts.flat().length), 9)
    }, 30)
  })
})
