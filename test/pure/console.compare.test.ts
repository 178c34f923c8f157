import { describe, expect, it } from 'vitest'
import {
  endsOf,
  hasTime,
  limitBands,
  linesOfRun,
  overBand,
  rangeOf,
  readingsAt,
  seriesCsv,
  warmupBands,
} from '../../client/src/features/compare/chartFacts.ts'
import { linesOf, seriesMetricsOf } from '../../client/src/features/compare/chartMetrics.ts'
import { readView, toggled, viewInUrl, withoutRun, withView } from '../../client/src/features/compare/compareView.ts'
import { errorRows, labelRows, metricCsv, metricRows, settingRows } from '../../client/src/features/compare/figureTables.ts'
import { workerRows } from '../../client/src/features/compare/placeTables.ts'
import { runLooks, underWayWord } from '../../client/src/features/compare/runLooks.ts'
import { deltaOf, unitText } from '../../client/src/features/compare/runTable.ts'
import type { Points } from '../../client/src/features/compare/seriesPoints.ts'
import { stretchOf, wholeWindow } from '../../client/src/features/compare/timeWindow.ts'
import {
  effectText,
  forestPlace,
  intervalText,
  outcomeLook,
  sharedReasons,
  verdictCards,
} from '../../client/src/features/compare/verdictWords.ts'
import { PERCENTILES } from '../../client/src/ui/words/percentiles.ts'
import { comparisonOf } from '../kit/comparedRuns.ts'
import { comparedCase } from '../kit/comparedSeries.ts'

const CASES = [
  comparedCase(0),
  comparedCase(1, { measuredSeconds: 180 }),
  comparedCase(2, { fingerprint: 'configuration 1', name: 'other' }),
]
const COMPARISON = comparisonOf(CASES)
const LOOKS = runLooks(COMPARISON)
const points = (seconds: readonly number[], values: readonly (number | null)[], isWhole = true): Points => ({ seconds, values, isWhole })

describe('the URL of a comparison', () => {
  it('says nothing of what is so at first', () => {
    const view = readView({ ids: 'a,b' })
    expect(view).toMatchObject({ ids: ['a', 'b'], view: 'overlay', metrics: ['qps', 'latency'], percentiles: ['p95'], window: null })
    expect(Object.entries(viewInUrl(view)).filter(([, word]) => word !== undefined)).toEqual([['ids', 'a,b']])
  })

  it.each([
    {
      ids: 'a,b,c',
      baseline: 'b',
      view: 'multiples',
      metrics: 'latency cpu',
      percentiles: 'p50 max',
      hidden: 'c',
      scale: 'log',
      align: 'run',
    },
    { ids: 'a,b', from: '-5', to: '12.5', settings: 'all', metrics: '' },
    { ids: 'a,b', choose: '1', percentiles: '' },
    { ids: 'a,b', verdicts: 'all', method: '1', worker: 'p95' },
  ])('survives the way there and back: %j', words => {
    expect(viewInUrl(readView(words))).toEqual(expect.objectContaining(words))
  })

  it('ignores what it does not know, the sixth run, which it counts, and a window that ends before it begins', () => {
    expect(
      readView({ ids: 'a,b,b,c,d,e,f', baseline: 'x', hidden: 'x,a', metrics: 'qps x', from: '9', to: '1', view: 'x', worker: 'x' }),
    ).toMatchObject({
      ids: ['a', 'b', 'c', 'd', 'e'],
      leftOut: 1,
      workerFigure: 'qps',
      baselineId: null,
      hidden: ['a'],
      metrics: ['qps'],
      window: null,
      view: 'overlay',
    })
  })

  it('changes the percentiles with the view as long as nobody chose them', () => {
    expect(withView(readView({ ids: 'a,b' }), 'multiples').percentiles).toEqual(['p50', 'p95', 'p99'])
    expect(withView(readView({ ids: 'a,b', percentiles: 'max' }), 'multiples').percentiles).toEqual(['max'])
    expect(toggled(PERCENTILES, ['p95'], 'p50')).toEqual(['p50', 'p95'])
  })

  it('forgets all of a run that is taken out', () => {
    expect(withoutRun(readView({ ids: 'a,b,c', baseline: 'b', hidden: 'b' }), 'b')).toMatchObject({
      ids: ['a', 'c'],
      hidden: [],
      baselineId: null,
    })
  })
})

describe('the charts', () => {
  const runs = LOOKS.map((look, at) => {
    const span = COMPARISON.spans[at]
    if (span === undefined) throw new Error('A run has no span.')
    return { look, stretch: stretchOf(span, 'MEASUREMENT_START') }
  })
  const whole = wholeWindow(runs.map(run => run.stretch))

  it('mark where a run ends before the others, and grey what comes after it', () => {
    expect(endsOf(runs, whole)).toEqual([{ run: 1, at: 180, words: 'end, 3:00' }])
    expect(runs.flatMap(run => overBand(run, whole))).toEqual([{ kind: 'over', from: 180, to: 300 }])
    expect(warmupBands(runs)).toEqual([{ kind: 'warmup', from: -30, to: 0 }])
  })

  it('go on with a run that is not over: no end is marked, and what came since counts', () => {
    const [, short] = runs
    if (short === undefined) throw new Error('There is no second run.')
    const going = { ...short, look: { ...short.look, status: 'RUNNING' as const } }
    const pointsOf = () => points([179, 180, 181], [1, 2, 3])
    expect(endsOf([going], whole)).toEqual([])
    expect(overBand(going, whole)).toEqual([])
    expect(readingsAt(going, linesOf('qps', []), pointsOf, 180.5)).toEqual([3])
    expect(readingsAt(short, linesOf('qps', []), pointsOf, 180.5)).toEqual([null])
    expect(linesOfRun('qps', going, linesOf('qps', []), pointsOf)[0]?.measuredTo).toBe(Number.POSITIVE_INFINITY)
    expect(underWayWord([...LOOKS, going.look])).toBe('checkout-mixed #42')
    expect(underWayWord(LOOKS)).toBe('')
  })

  it('mark no end of a run in which nothing was measured, and have no time for one that never began', () => {
    const [run] = runs
    if (run === undefined) throw new Error('There is no run.')
    const warmedUp = { ...run, stretch: { ...run.stretch, endsAt: 0 } }
    expect(endsOf([warmedUp], whole)).toEqual([])
    expect(hasTime(warmedUp)).toBe(true)
    expect(hasTime({ ...run, stretch: { ...run.stretch, startsAt: 0, endsAt: 0 } })).toBe(false)
  })

  it('take the range of their values from the measurements, and from a warmup only where nothing else is to be seen', () => {
    const range = (from: number, to: number) =>
      rangeOf('qps', runs.slice(0, 1), linesOf('qps', []), () => points([-2, -1, 0, 1, 2], [330, 9, 200, 7, 8]), {
        window: { from, to },
        isLog: false,
      }).most
    expect(range(-30, 300)).toBe(10)
    expect(range(-30, -1)).toBe(400)
  })

  it('hatch neighbouring intervals of a limited client as one', () => {
    const at = (elapsedSeconds: number, clientLimited: boolean) => ({ elapsedSeconds, intervalSeconds: 1, clientLimited })
    expect(limitBands([at(1, true), at(2, true), at(3, false), at(4, true)], -30)).toEqual([
      { kind: 'clientLimited', from: -30, to: -28 },
      { kind: 'clientLimited', from: -27, to: -26 },
    ])
  })

  it('ask for the percentiles that are shown, and export every point of them', () => {
    expect(seriesMetricsOf(['qps', 'latency'], ['p50', 'max'])).toEqual(['QPS', 'P50', 'MAX'])
    const csv = seriesCsv('latency', runs.slice(0, 1), linesOf('latency', ['p50', 'p99']), (_, metric) =>
      metric === 'P50' ? points([1, 2], [1, null]) : points([2, 3], [5, 6]),
    )
    expect(csv.columns).toEqual(['Run', 'Elapsed (s)', 'p50 (ms)', 'p99 (ms)'])
    expect(csv.rows.map(row => row.slice(1))).toEqual([
      [1, 1, null],
      [2, null, 5],
      [3, null, 6],
    ])
  })
})

describe('the runs of a comparison', () => {
  it('are told apart by their numbers where they have one name, and trials of one configuration are marked', () => {
    expect(LOOKS.map(look => look.shortName)).toEqual(['checkout-mixed #41', 'checkout-mixed #42', 'other #43'])
    expect(runLooks(comparisonOf(CASES.slice(0, 2))).map(look => look.shortName)).toEqual(['#41', '#42'])
    expect(LOOKS.map(look => look.trial)).toEqual([null, 'A · 1 of 2', 'A · 2 of 2'])
    expect(LOOKS.map(look => look.isBaseline)).toEqual([true, false, false])
    expect(LOOKS[1]?.differences).toContainEqual({ title: 'Duration', value: '180 s' })
  })
})

describe('the tables', () => {
  it('mark the best and tell the difference to the baseline, good or bad', () => {
    const [qps] = metricRows(COMPARISON)
    expect(qps?.cells.map(cell => cell.isBest)).toEqual([false, false, true])
    expect(qps?.cells[0]?.delta).toBeNull()
    expect(qps?.cells[2]?.delta).toEqual({ text: '+18.0 %', tone: 'good' })
    expect(metricCsv(COMPARISON, LOOKS).columns).toHaveLength(2 + 2 * 3)
  })

  it.each([
    [12.34, 'HIGHER', '+12.3 %', 'good'],
    [-12.34, 'HIGHER', '−12.3 %', 'bad'],
    [-12.34, 'LOWER', '−12.3 %', 'good'],
    [0.01, 'LOWER', '±0 %', 'muted'],
    [20_000, 'LOWER', '× 201', 'bad'],
    [5, 'NEITHER', '+5.00 %', 'muted'],
  ] as const)('write a difference of %d, where better is %s, as %s', (percent, better, text, tone) => {
    expect(deltaOf(percent, better)).toEqual({ text, tone })
  })

  it('say nothing of what is not there', () => {
    expect(deltaOf(null, 'LOWER')).toBeNull()
    expect(unitText(null, 'ms')).toBe('—')
    expect(unitText(12.345, 'x')).toBe('12.3 x')
    expect(workerRows({ ...COMPARISON, workers: [{ workerId: null, cells: [null, null, null] }] }, 'qps')[0]?.cells[0]?.text).toBe('—')
  })

  it('group by operation, name errors in words, and end with the total of the workers', () => {
    expect(
      labelRows(COMPARISON)
        .filter(row => row.look === 'head')
        .map(row => row.title),
    ).toEqual(['Point lookup', 'Update'])
    expect(errorRows(COMPARISON).map(row => row.title)).toEqual(['Lock', 'Timeout'])
    expect(workerRows(COMPARISON, 'p95').at(-1)).toMatchObject({ title: 'Total', look: 'total' })
  })

  it('show settings that differ, or all, and mark what is not as in the baseline', () => {
    expect(settingRows(COMPARISON, true).map(row => row.title)).toEqual(['Connections', 'Duration'])
    expect(settingRows(COMPARISON, false)).toHaveLength(COMPARISON.settings.length)
    expect(settingRows(COMPARISON, true)[1]?.cells.map(cell => cell.isMarked)).toEqual([false, true, false])
  })

  it('colour no difference of a metric without a verdict where the verdict that stands for it forbids to compare', () => {
    const failed = comparisonOf([comparedCase(0), comparedCase(1, { status: 'FAILED' })])
    const max = metricRows(failed).find(row => row.key === 'MAX')
    expect(max?.cells.map(cell => cell.doubt)).toEqual(['not comparable by this', 'not comparable by this'])
    expect(metricRows(COMPARISON).find(row => row.key === 'MAX')?.cells[2]?.doubt).toBeUndefined()
  })
})

describe('the verdicts', () => {
  const verdict = COMPARISON.verdicts[0]
  if (verdict === undefined) throw new Error('There is no verdict.')

  it('are a card a metric, those that matter most first', () => {
    expect(verdictCards([...COMPARISON.verdicts].reverse()).map(card => card.metric)).toEqual([
      'QPS',
      'P50',
      'P95',
      'P99',
      'ERROR_RATE',
      'MEAN',
    ])
    expect(verdictCards(COMPARISON.verdicts)[0]?.reachPercent).toBeGreaterThan(12.4)
  })

  it.each([
    ['QPS', 'BETTER', 'Faster', 'good'],
    ['P95', 'WORSE', 'Slower', 'bad'],
    ['ERROR_RATE', 'WORSE', 'More errors', 'bad'],
    ['OPERATIONS', 'WORSE', 'Fewer', 'bad'],
    ['P99', 'NO_EVIDENCE', 'No evidence', 'neutral'],
    ['P99', 'NOT_COMPARABLE', 'Not comparable', 'warn'],
  ] as const)('call %s %s "%s"', (metric, outcome, word, tone) => {
    expect(outcomeLook({ metric, outcome })).toMatchObject({ word, tone })
  })

  it('speak of the run, and not of the system, where the verdict is for two runs alone', () => {
    const alone = { isOfTheseRunsOnly: true }
    expect(outcomeLook({ metric: 'P95', outcome: 'WORSE', ...alone })).toMatchObject({ word: 'Slower run', tone: 'bad' })
    expect(outcomeLook({ metric: 'P95', outcome: 'NO_EVIDENCE', ...alone }).word).toBe('No evidence')
  })

  it('write effects with their sign and unit, and intervals with their confidence', () => {
    expect(effectText({ metric: 'P95', effectPercent: -12.34 })).toBe('−12.3 %')
    expect(effectText({ metric: 'ERROR_RATE', effectPercent: 0.002 })).toBe('+0.002 pp')
    expect(effectText({ metric: 'ERROR_RATE', effectPercent: 0.0001 })).toBe('±0 pp')
    expect(effectText({ metric: 'P95', effectPercent: null })).toBe('—')
    expect(intervalText({ ...verdict, lowPercent: -1.2, highPercent: 3.4 })).toBe('95 %: −1.20 to +3.40 %')
  })

  it('place nothing in the middle of a forest plot, and hold the rest within it', () => {
    expect([-10, 0, 5, 99].map(percent => forestPlace(percent, 10))).toEqual([0, 0.5, 0.75, 1])
  })

  it('say once what holds for every metric', () => {
    const failed = comparisonOf([comparedCase(0), comparedCase(1, { status: 'FAILED' })])
    expect(sharedReasons(failed.verdicts, 'configuration 1')[0]).toBe('The run failed after 120 s.')
    expect(sharedReasons(COMPARISON.verdicts, 'configuration 1')).toEqual([])
  })
})
