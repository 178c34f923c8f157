import { isDeepStrictEqual } from 'node:util'
import { addEncoded, type KindSnapshot, LatencyHistogram, type Result, type Rollup, startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { evidenceMaker } from '../../server/src/decide/figures/evidence.ts'
import { heatMapMaker } from '../../server/src/decide/figures/heatMap.ts'
import { historyMaker } from '../../server/src/decide/figures/mergedHistory.ts'
import type { PhaseSpan } from '../../server/src/decide/figures/phaseSpan.ts'
import { bandCountsOf, bandOf, upperEdgeMs } from '../../server/src/decide/figures/responseBands.ts'
import { runSeriesOf } from '../../server/src/decide/figures/runSeries.ts'
import { summaryOf } from '../../server/src/decide/figures/summary.ts'
import { groupRollups, mergeNeighbours, rollUp } from '../../server/src/decide/rollUp.ts'
import { sampleResult } from '../kit/sampleFigures.ts'
import { someLatencies, someRun } from '../kit/sampleFleet.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { sampleKind } from '../kit/sampleSnapshot.ts'
import { forAll, type Seeded } from '../kit/seeded.ts'

beforeAll(() => startHistograms())

const WARMUP_MS = 2_000
const INTERVAL_MS = 1_000

/** A run of one worker with two intervals of warmup, some of it missing. */
const someIntervals = (random: Seeded, intervals: number): Rollup[] =>
  someRun(random, 1, intervals)
    .filter(snapshot => snapshot.phase !== 'PROCESSING' && random.fraction() < 0.9)
    .map(snapshot => rollUp(null, [snapshot], 1))

const spansOf = (intervals: readonly Rollup[]): PhaseSpan[] =>
  (['WARMUP', 'MEASUREMENT'] as const).flatMap(phase => {
    const own = intervals.filter(one => one.phase === phase)
    const [first, last] = [own[0], own.at(-1)]
    if (first === undefined || last === undefined) return []
    const [firstIndex, lastIndex] = [first.intervalIndex, last.intervalIndex]
    return [{ phase, intervals: own.length, firstIndex, lastIndex, startMs: first.startMs, endMs: last.endMs }]
  })

const total = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0)
const successful = (intervals: readonly Rollup[]): number => total(intervals.map(one => one.operations - one.errors))

describe('bands of response times', () => {
  it('hold what is above the edge before them and not above their own', () => {
    forAll(random => {
      const ms = 10 ** (random.fraction() * 11 - 5)
      const band = bandOf(ms)
      expect(ms).toBeLessThanOrEqual(upperEdgeMs(band))
      if (band > 0) expect(ms).toBeGreaterThan(upperEdgeMs(band - 1))
    }, 500)
    for (const band of [0, 1, 70, 697, 1_500, 2_211]) {
      expect(bandOf(upperEdgeMs(band))).toBe(band)
      expect(bandOf(upperEdgeMs(band) * 1.000_001)).toBe(band + 1)
    }
    expect(bandOf(0)).toBe(0)
  })
})

describe('the heat map', () => {
  const mapOf = (intervals: readonly Rollup[]) => {
    const maker = heatMapMaker(spansOf(intervals), WARMUP_MS, INTERVAL_MS)
    for (const one of intervals) maker.add(one, bandCountsOf(one.latency))
    return maker.done()
  }

  it('has every successful operation of every column of time once, in at most 240 columns and 48 bands', () => {
    forAll(random => {
      const intervals = someIntervals(random, random.whole(0, 30))
      const { columnEdgesMs, bandEdgesMs, counts } = mapOf(intervals)
      expect(total(counts.flat())).toBe(successful(intervals))
      expect(counts.length).toBeLessThanOrEqual(240)
      expect(columnEdgesMs.length).toBe(counts.length === 0 ? 0 : counts.length + 1)
      expect(bandEdgesMs.length).toBeLessThanOrEqual(49)
      for (const [i, column] of counts.entries()) {
        expect(column.length).toBe(Math.max(0, bandEdgesMs.length - 1))
        const [from, to] = [columnEdgesMs[i] as number, columnEdgesMs[i + 1] as number]
        expect(to).toBeGreaterThan(from)
        expect(total(column)).toBe(successful(intervals.filter(one => one.startMs >= from && one.endMs <= to)))
      }
    }, 40)
  })

  it('spans two phases in no column, however long the run', () => {
    const lasting = (seconds: number): PhaseSpan[] => [
      { phase: 'WARMUP', intervals: 7, firstIndex: 0, lastIndex: 6, startMs: 0, endMs: 7_000 },
      { phase: 'MEASUREMENT', intervals: seconds, firstIndex: 7, lastIndex: 6 + seconds, startMs: 7_000, endMs: 7_000 + 1_000 * seconds },
    ]
    for (const seconds of [1, 232, 233, 234, 3_600, 86_400]) {
      const { columnEdgesMs } = heatMapMaker(lasting(seconds), 7_000, INTERVAL_MS).done()
      expect(columnEdgesMs.length).toBeLessThanOrEqual(241)
      expect(columnEdgesMs).toContain(7_000)
      expect(columnEdgesMs[0]).toBe(0)
      expect(columnEdgesMs.at(-1)).toBe(7_000 + 1_000 * seconds)
    }
  })

  it('spaces its bands evenly on a logarithmic scale, around all that was measured', () => {
    forAll(random => {
      const samples = someLatencies(random, 200)
      const [one] = someIntervals(random, 3)
      if (one === undefined) return
      const { bandEdgesMs } = mapOf([{ ...one, ...sampleKindRollup(sampleKind(samples)) }])
      const steps = bandEdgesMs.slice(1).map((edge, i) => Math.log(edge / (bandEdgesMs[i] as number)))
      for (const step of steps) expect(step).toBeCloseTo(steps[0] as number, 9)
      expect(bandEdgesMs[0]).toBeLessThan(Math.min(...samples) * 1.001)
      expect(bandEdgesMs.at(-1)).toBeGreaterThanOrEqual(Math.max(...samples) * 0.999)
    }, 30)
  })
})

const sampleKindRollup = (kind: KindSnapshot): Partial<Rollup> => ({
  operations: kind.operations,
  errors: kind.errors,
  latency: kind.latency,
})

describe('evidence', () => {
  it('adds up to the totals of the measurement, in at most 400 blocks of whole intervals', () => {
    forAll(random => {
      const intervals = someIntervals(random, random.whole(2, 30))
      const measured = intervals.filter(one => one.phase === 'MEASUREMENT')
      const maker = evidenceMaker(spansOf(intervals).find(span => span.phase === 'MEASUREMENT') ?? null, INTERVAL_MS)
      for (const one of measured) maker.add(one, bandCountsOf(one.latency))
      const { bandsMs, blocks } = maker.done()
      const of = (pick: (one: (typeof blocks)[number]) => number) => total(blocks.map(pick))
      expect(of(block => block.operations)).toBe(total(measured.map(one => one.operations)))
      expect(of(block => block.errors)).toBe(total(measured.map(one => one.errors)))
      expect(of(block => block.seconds)).toBe(measured.length)
      expect(of(block => block.clientLimitedSeconds)).toBe(measured.filter(one => one.clientLimited).length)
      for (const block of blocks) {
        const pairs = block.counts.filter((_, i) => i % 2 === 1)
        expect(total(pairs)).toBe(block.operations - block.errors)
        for (const [i, band] of block.counts.entries()) if (i % 2 === 0) expect(bandsMs[band]).toBeDefined()
      }
    }, 40)
  })

  it('has blocks of one interval up to 400, and of equally many beyond', () => {
    const lengths = [1, 400, 401, 3_600, 86_400].map(seconds => {
      const span: PhaseSpan = { phase: 'MEASUREMENT', intervals: seconds, firstIndex: 9, lastIndex: 8 + seconds, startMs: 0, endMs: 0 }
      const maker = evidenceMaker(span, INTERVAL_MS)
      const figures = { operations: 1, errors: 0, clientLimited: false }
      for (let i = 0; i < seconds; i++)
        maker.add({ intervalIndex: 9 + i, startMs: i * 1_000, endMs: (i + 1) * 1_000, ...figures }, new Map())
      const { blockSeconds, blocks } = maker.done()
      expect(blocks.slice(0, -1).every(block => block.seconds === blockSeconds)).toBe(true)
      return [blockSeconds, blocks.length]
    })
    expect(lengths).toEqual([
      [1, 1],
      [1, 400],
      [2, 201],
      [9, 400],
      [216, 400],
    ])
  })

  it('makes nothing up where intervals are missing', () => {
    const span: PhaseSpan = { phase: 'MEASUREMENT', intervals: 2, firstIndex: 0, lastIndex: 800, startMs: 0, endMs: 801_000 }
    const maker = evidenceMaker(span, INTERVAL_MS)
    const figures = { operations: 5, errors: 1, clientLimited: true }
    maker.add({ intervalIndex: 0, startMs: 0, endMs: 1_000, ...figures }, new Map([[700, 4]]))
    maker.add({ intervalIndex: 800, startMs: 800_000, endMs: 800_250, ...figures }, new Map([[702, 4]]))
    expect(maker.done()).toEqual({
      blockSeconds: 3,
      bandsMs: [upperEdgeMs(700), upperEdgeMs(701), upperEdgeMs(702)],
      blocks: [
        { seconds: 1, operations: 5, errors: 1, clientLimitedSeconds: 1, counts: [0, 4] },
        { seconds: 0.25, operations: 5, errors: 1, clientLimitedSeconds: 0.25, counts: [2, 4] },
      ],
    })
  })
})

describe('the history that is kept', () => {
  it('is what would be added of all intervals, but for the histograms', () => {
    forAll(random => {
      const intervals = someIntervals(random, random.whole(0, 40)).map(one => ({ ...one, byKind: [] }))
      const maxPoints = random.whole(1, 45)
      const maker = historyMaker(intervals.length, maxPoints)
      for (const one of intervals) maker.add(one)
      expect(maker.done().intervals).toEqual(
        groupRollups(intervals, maxPoints).map(group => ({ ...mergeNeighbours(group), latency: null })),
      )
    }, 30)
  })
})

describe('the columns of a run', () => {
  it('are its intervals, none left out', () => {
    forAll(random => {
      const intervals = someIntervals(random, 12)
      const series = runSeriesOf(intervals)
      for (const column of Object.values(series)) expect(column).toHaveLength(intervals.length)
      expect(series.qps).toEqual(intervals.map(one => one.qps))
      expect(series.p99Ms).toEqual(intervals.map(one => one.p99Ms))
    }, 5)
  })
})

describe('the summary', () => {
  const LABELS = ['by name', 'by day', 'totals'] as const
  const someResult = (random: Seeded): Result => {
    const byKind: KindSnapshot[] = [
      sampleKind(someLatencies(random, random.whole(0, 80)), random.whole(0, 3)),
      ...LABELS.slice(0, 2).map(label => ({
        ...sampleKind(someLatencies(random, random.whole(0, 80)), random.whole(0, 3), 'GENERIC_SQL' as const),
        label,
      })),
    ]
    return sampleResult({ byKind, measuredSeconds: 10, warmupByKind: [sampleKind(someLatencies(random, 20), 1)] })
  }
  const plan = (() => {
    const base = samplePlan()
    const [lookup] = base.operations
    if (lookup === undefined) throw new Error('the plan has no operation')
    const generic = LABELS.map((label, i) => ({
      ...lookup,
      kind: 'GENERIC_SQL' as const,
      label,
      operationType: i === 2 ? ('WRITE' as const) : ('READ' as const),
      weight: [20.1, 10.2, 19.7][i] as number,
    }))
    return { ...base, operations: [{ ...lookup, weight: 50 }, ...generic] }
  })()

  it('has of each part the percentiles of its own added histograms, and parts that add up to the whole', () => {
    forAll(random => {
      const [result, worker] = [someResult(random), someResult(random)]
      const { slices } = summaryOf({
        plan,
        result,
        workers: new Map([
          ['worker-10', worker],
          ['worker-2', result],
        ]),
        warmupSeconds: 2,
        errorGroups: [],
        areErrorsWhole: true,
      })
      const of = (slice: string) => slices.filter(one => one.slice === slice)
      const [all] = of('ALL')
      for (const slice of ['KIND', 'LABEL', 'OPERATION_TYPE'] as const) {
        for (const figure of ['operations', 'errors', 'qps'] as const) {
          expect(total(of(slice).map(one => one[figure]))).toBeCloseTo(all?.[figure] as number, 9)
        }
        expect(total(of(slice).map(one => one.plannedPercent ?? 0))).toBeCloseTo(100, 9)
      }
      const reads = result.byKind
      expect(of('OPERATION_TYPE').map(one => [one.name, one.operations])).toEqual([
        ['READ', total(reads.map(one => one.operations))],
        ['WRITE', 0],
      ])
      expect(of('LABEL').map(one => [one.name, one.plannedPercent])).toEqual([
        ['POINT_LOOKUP', 50],
        ['by name', 20.1],
        ['by day', 10.2],
        ['totals', 19.7],
      ])
      expect(of('KIND').map(one => one.plannedPercent)).toEqual([50, 50])
      expect(of('PHASE').map(one => [one.name, one.operations, one.qps])).toEqual([
        ['WARMUP', 21, 10],
        ['MEASUREMENT', all?.operations, all?.qps],
      ])
      expect(of('WORKER').map(one => one.name)).toEqual(['worker-2', 'worker-10'])
      const encoded = addEncoded(result.byKind.filter(one => one.kind === 'GENERIC_SQL').map(one => one.latency))
      const generic = of('KIND').find(one => one.name === 'GENERIC_SQL')
      if (encoded === null) return expect(generic?.p50Ms).toBeNull()
      const histogram = LatencyHistogram.decode(encoded)
      expect(generic).toMatchObject({
        p50Ms: histogram.percentileMs(50),
        p90Ms: histogram.percentileMs(90),
        p95Ms: histogram.percentileMs(95),
        p99Ms: histogram.percentileMs(99),
        p999Ms: histogram.percentileMs(99.9),
        minMs: histogram.minMs(),
        maxMs: histogram.maxMs(),
        meanMs: histogram.meanMs(),
      })
      histogram.free()
    }, 30)
  })

  it('has no warmup where there was none, and no figure of what never came', () => {
    const result = sampleResult({ byKind: [], totalOperations: 0, measuredSeconds: 0 })
    const { slices } = summaryOf({ plan, result, workers: new Map(), warmupSeconds: 0, errorGroups: [], areErrorsWhole: false })
    expect(slices.some(one => one.name === 'WARMUP')).toBe(false)
    const { slice, name, plannedPercent, ...rest } = slices[0] as (typeof slices)[number]
    expect([slice, name, plannedPercent]).toEqual(['ALL', '', null])
    expect(isDeepStrictEqual(new Set(Object.values(rest)), new Set([0, null]))).toBe(true)
  })
})
