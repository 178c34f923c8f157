import { type KindSnapshot, type Rollup, type Slo, startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { rollUp } from '../../server/src/decide/rollUp.ts'
import { judgeSlos } from '../../server/src/decide/slo.ts'
import { decideSloAbort } from '../../server/src/decide/sloAbort.ts'
import { someLatencies } from '../kit/sampleFleet.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { sampleKind, sampleSnapshot } from '../kit/sampleSnapshot.ts'
import { forAll } from '../kit/seeded.ts'

beforeAll(() => startHistograms())

const slo = (change: Partial<Slo>): Slo => ({ kind: 'POINT_LOOKUP', p95Ms: null, p99Ms: null, errorRatePercent: null, ...change })
const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one)

type Second = () => readonly KindSnapshot[]
const SLOW: Second = () => [sampleKind(times(10, 50))]
const FAST: Second = () => [sampleKind(times(10, 1))]
const ERRORS: Second = () => [sampleKind(times(5, 1), 5)]
const NOTHING: Second = () => []
const UPDATES: Second = () => [sampleKind(times(10, 50), 5, 'UPDATE')]
const ONE_UPDATE: Second = () => [sampleKind([500], 0, 'UPDATE')]

const plan = (graceSeconds = 3, slos: readonly Slo[] = [slo({ p95Ms: 20, errorRatePercent: 10 })], enabled = true) => ({
  slos,
  sloAbort: { enabled, graceSeconds },
  load: samplePlan().load,
})
const search = () => ({ ...plan(), load: samplePlan({ load: { mode: 'FIND_MAX_CONCURRENCY' } }).load })
/** From interval 2, where the measurement begins, or from another. */
const intervals = (all: readonly Second[], from = 2): Rollup[] =>
  all.map((byKind, i) => rollUp(null, [sampleSnapshot({ intervalIndex: from + i, byKind: byKind() })], 1))

describe('ending a run for its SLOs', () => {
  it('says which bound was broken, and what was observed over the grace', () => {
    expect(decideSloAbort(plan(), intervals([SLOW, SLOW, SLOW]))).toEqual({
      reason: 'SLO_ABORT',
      words: expect.stringMatching(/^SLO: p95 of point lookups was 50(\.\d+)? ms over the last 3 s, its bound is 20 ms$/),
    })
    expect(decideSloAbort(plan(2), intervals([FAST, ERRORS, ERRORS]))?.words).toBe(
      'SLO: error rate of point lookups was 50 % over the last 2 s, its bound is 10 %',
    )
  })

  it.each<[string, () => Parameters<typeof decideSloAbort>]>([
    ['it is not asked for', () => [plan(3, undefined, false), intervals([SLOW, SLOW, SLOW])]],
    ['the run is a search, which breaks them on purpose', () => [search(), intervals([SLOW, SLOW, SLOW])]],
    ['there is no bound', () => [plan(3, []), intervals([SLOW, SLOW, SLOW])]],
    ['nothing has settled', () => [plan(), []]],
    ['the measurement has not lasted so long', () => [plan(), intervals([SLOW, SLOW])]],
    ['a part of the time was warmup', () => [plan(), intervals([SLOW, SLOW, SLOW], 1)]],
    ['all of it was warmup', () => [plan(2), intervals([SLOW, SLOW], 0)]],
    ['a third of the time held', () => [plan(), intervals([SLOW, SLOW, SLOW, FAST, SLOW])]],
    ['one bound was broken first, and then another', () => [plan(), intervals([SLOW, SLOW, ERRORS])]],
    ['nothing was done all the time', () => [plan(), intervals([NOTHING, NOTHING, NOTHING])]],
    ['nothing was done for a third of the time', () => [plan(), intervals([SLOW, SLOW, SLOW, NOTHING])]],
    ['another kind is slow', () => [plan(), intervals([UPDATES, UPDATES, UPDATES])]],
  ])('is not done where %s', (_, args) => {
    expect(decideSloAbort(...args())).toBeNull()
  })

  it('is not done for a single slow operation, or for a few', () => {
    const updates = plan(30, [slo({ kind: 'UPDATE', p95Ms: 100 })])
    expect(decideSloAbort(updates, intervals([...times(29, FAST), ONE_UPDATE]))).toBeNull()
    expect(decideSloAbort(updates, intervals([...times(15, FAST), ...times(15, ONE_UPDATE)]))).toBeNull()
    expect(decideSloAbort(updates, intervals([...times(6, FAST), ...times(5, ONE_UPDATE), ...times(19, FAST)]))).toBeNull()
    expect(decideSloAbort(updates, intervals(times(30, ONE_UPDATE)))).toMatchObject({ reason: 'SLO_ABORT' })
    expect(decideSloAbort(plan(30, [slo({ kind: 'UPDATE', p99Ms: 100 })]), intervals(times(30, ONE_UPDATE)))).toBeNull()
  })

  it('is not done for a stall of a second, which moves the percentile of the whole grace', () => {
    const stalled = intervals([...times(20, FAST), () => [sampleKind(times(10, 900))], ...times(9, FAST)])
    const sums = judgeSlos([slo({ p99Ms: 20 })], [sampleKind([...times(290, 1), ...times(10, 900)])])
    expect(sums).toMatchObject([{ verdict: 'FAIL' }])
    expect(decideSloAbort(plan(30, [slo({ p99Ms: 20 })]), stalled)).toBeNull()
  })

  it('is done when intervals without data, or lucky ones, lie between', () => {
    const sparse = intervals(Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? SLOW : i % 3 === 0 ? FAST : NOTHING)))
    expect(decideSloAbort(plan(12), sparse)).toMatchObject({ reason: 'SLO_ABORT' })
  })

  it('judges again what has changed', () => {
    const [one, two, three] = intervals([SLOW, SLOW, SLOW]) as [Rollup, Rollup, Rollup]
    expect(decideSloAbort(plan(), [one, two, three])).not.toBeNull()
    const late = sampleSnapshot({ intervalIndex: 3, workerGroupId: 1, byKind: [sampleKind(times(300, 1))] })
    expect(decideSloAbort(plan(), [one, rollUp(two, [late], 2), three])).toBeNull()
    expect(decideSloAbort(plan(3, [slo({ p95Ms: 60 })]), [one, two, three])).toBeNull()
  })

  it('never happens while the percentile over the grace keeps its bound', () => {
    forAll(random => {
      const all = Array.from({ length: 6 }, () => someLatencies(random, random.whole(0, 40)))
      const limit = random.pick(all.flat().length === 0 ? [1] : all.flat())
      const slos = [slo({ p95Ms: limit, p99Ms: limit })]
      const finish = decideSloAbort(plan(6, slos), intervals(all.map(latencies => () => [sampleKind(latencies)])))
      const verdicts = judgeSlos(slos, [sampleKind(all.flat())]).map(one => one.verdict)
      if (!verdicts.includes('FAIL')) expect(finish).toBeNull()
    }, 40)
  })
})
