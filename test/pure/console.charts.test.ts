import { describe, expect, it } from 'vitest'
import {
  bandsOf,
  clientLimitedSeconds,
  drawableHistory,
  errorCategories,
  meanOf,
  measuredPoints,
  pointsOf,
  retriedOperations,
  retriedSentence,
  sparkHistory,
} from '../../client/src/features/run/chartPoints.ts'
import { percentilesInUrl, readPercentiles, togglePercentile } from '../../client/src/features/run/percentiles.ts'
import { clickedPoint, steppedPoint } from '../../client/src/ui/charts/pointPick.ts'
import { sparkPath } from '../../client/src/ui/charts/sparkPath.ts'
import { liveRangeSeconds, tickStepSeconds } from '../../client/src/ui/charts/timeAxis.ts'
import { PERCENTILES } from '../../client/src/ui/words/percentiles.ts'
import { at, historyOf, historyPoint, timing } from '../kit/sampleConsole.ts'

describe('the points of a chart', () => {
  it.each([
    [1, [1, 1, 1], [1, 2, 3]],
    [1, [1, 1, 0.035], [1, 2]],
    [1, [1, 1, 0.249], [1, 2]],
    [1, [1, 1, 0.25], [1, 2, 3]],
    [1, [1, 0.1, 1], [1, 3]],
    [1, [0.1], []],
    [0.1, [0.1, 0.1, 0.03], [1, 2, 3]],
    [1, [10, 10, 1], [1, 2, 3]],
  ])('leave out what is shorter than a quarter of %d s: intervals %j', (usual, intervals, kept) => {
    const history = intervals.map((intervalSeconds, i) => historyPoint(i + 1, { intervalSeconds }))
    expect(drawableHistory(history, usual).map(point => point.elapsedSeconds)).toEqual(kept)
  })

  it('break the line where an interval is missing, and only there', () => {
    expect(pointsOf(historyOf(1, 2, 5), point => point.qps)).toEqual([
      [1, 100],
      [2, 100],
      [3, null],
      [5, 100],
    ])
    expect(pointsOf(historyOf(1, 2.6), point => point.qps)).toHaveLength(2)
    expect(pointsOf([historyPoint(1, { p95Ms: null })], point => point.p95Ms)).toEqual([[1, null]])
    expect(pointsOf([], point => point.qps)).toEqual([])
  })

  it('are the last minute of a live run in a sparkline, and the measurement of one that is over', () => {
    const history = [historyPoint(1, { phase: 'WARMUP' }), ...historyOf(2, 30, 61, 62)]
    expect(sparkHistory(history, false).map(point => point.elapsedSeconds)).toEqual([30, 61, 62])
    expect(sparkHistory(history, true).map(point => point.elapsedSeconds)).toEqual([2, 30, 61, 62])
    expect(sparkHistory([], false)).toEqual([])
  })

  it('make a path from zero to the greatest value', () => {
    const line = [
      [0, 0],
      [1, 10],
      [2, 5],
    ] as const
    expect(sparkPath(line, 100, 20)).toBe('M0.0 20.0L50.0 0.0L100.0 10.0')
    expect(sparkPath([[0, 1] as const, [1, null] as const, [2, 1] as const], 100, 20)).toBe('M0.0 0.0M100.0 0.0')
    expect(sparkPath([[3, 0] as const], 100, 20)).toBe('M100.0 20.0')
    expect(sparkPath([], 100, 20)).toBe('')
  })
})

describe('the bands of a chart', () => {
  it('are grey for the warmup as it was, or as it is planned before the start', () => {
    const warmup = (toSeconds: number) => [{ kind: 'warmup', fromSeconds: 0, toSeconds }]
    expect(bandsOf([], timing({ measurementStartsAt: at(9) }))).toEqual(warmup(7))
    expect(bandsOf([], timing({ startedAt: null, measurementStartsAt: null }))).toEqual(warmup(5))
    expect(bandsOf([], timing({ measurementStartsAt: at(2) }))).toEqual([])
  })

  it('are hatched where the client may be the limit, one band for seconds in a row', () => {
    const history = [1, 2, 3, 4, 5].map(second => historyPoint(second, { clientLimited: second !== 3 }))
    expect(bandsOf(history, timing({ measurementStartsAt: at(2) }))).toMatchObject([
      { kind: 'clientLimited', fromSeconds: 0, toSeconds: 2 },
      { kind: 'clientLimited', fromSeconds: 3, toSeconds: 5 },
    ])
  })

  it('say what limited the client in each interval', () => {
    const history = [historyPoint(1, { clientLimited: true }), historyPoint(2, { clientLimited: true, eventLoopDelayP99Ms: 14.2 })]
    const [band] = bandsOf(history, timing({ measurementStartsAt: at(2) }))
    expect([...(band?.reasons ?? [])]).toEqual([
      [1, 'a worker’s CPU or event loop was full'],
      [2, 'event loop late by 14.2 ms at p99'],
    ])
  })
})

describe('what the history adds up to', () => {
  const history = [
    historyPoint(1, { phase: 'WARMUP', clientLimited: true, activeConnections: 1 }),
    historyPoint(2, { clientLimited: true, activeConnections: 4, errorsByCategory: [{ category: 'TIMEOUT', count: 2 }] }),
    historyPoint(4, {
      intervalSeconds: 2,
      activeConnections: 1,
      errorsByCategory: [
        { category: 'CONSTRAINT', count: 3 },
        { category: 'TIMEOUT', count: 2 },
      ],
    }),
  ]
  it('counts measured seconds only', () => {
    expect(clientLimitedSeconds(history)).toEqual({ limited: 1, measured: 3 })
    const active = (points: typeof history): number | null => meanOf(measuredPoints(points), point => point.activeConnections)
    expect(active(history)).toBe(2)
    expect(active(history.slice(0, 1))).toBeNull()
  })

  it('says how many operations of the measurement the driver has sent again, and what that did to their times', () => {
    const history = [
      historyPoint(1, { phase: 'WARMUP', retriedOperations: 5 }),
      historyPoint(2, { retriedOperations: 11 }),
      historyPoint(3, { retriedOperations: 1 }),
    ]
    expect(retriedSentence(retriedOperations(history))).toBe(
      '12 operations were sent again by the driver; its pauses of 1 to 16 s are in their response times',
    )
    expect(retriedSentence(1)).toBe('1 operation was sent again by the driver; its pauses of 1 to 16 s are in its response time')
    expect(retriedSentence(retriedOperations(historyOf(1, 2)))).toBeNull()
  })

  it('names the most frequent error first', () => {
    expect(errorCategories(history)).toEqual(['TIMEOUT', 'CONSTRAINT'])
    expect(errorCategories([])).toEqual([])
  })
})

describe('the time axis', () => {
  it.each([
    [0, 60, 15],
    [15, 60, 15],
    [15.1, 60, 30],
    [31, 65, 60],
    [61, 65, 65],
    [66, 65, 120],
    [5, 10, 10],
    [4_000, 86_400, 5_400],
    [100_000, 90_000, 100_000],
  ])('of a live run at %d s of %d s reaches to %d s', (elapsed, planned, range) => {
    expect(liveRangeSeconds(elapsed, planned)).toBe(range)
  })

  it.each([
    [1, 1],
    [7, 1],
    [8, 2],
    [60, 10],
    [65, 10],
    [300, 60],
    [3_600, 600],
    [9e6, 86_400],
  ])('of %d s has a tick each %d s', (range, step) => {
    expect(tickStepSeconds(range)).toBe(step)
  })
})

describe('the percentiles in the URL', () => {
  it.each([
    [null, ['p50', 'p95', 'p99']],
    ['p95', ['p95']],
    ['max p50', ['p50', 'max']],
    ['p95 p95 nonsense', ['p95']],
    ['', []],
  ])('%j show %j', (inUrl, shown) => {
    expect(readPercentiles(inUrl)).toEqual(shown)
  })

  it('say nothing where the first choice is shown, and survive the way there and back', () => {
    expect(percentilesInUrl(['p50', 'p95', 'p99'])).toBeNull()
    for (const each of PERCENTILES) {
      const shown = togglePercentile(readPercentiles(null), each)
      expect(shown.includes(each)).toBe(each === 'max')
      expect(readPercentiles(percentilesInUrl(shown))).toEqual(shown)
      expect(percentilesInUrl(togglePercentile(shown, each))).toBeNull()
    }
  })
})

describe('a point of a chart', () => {
  const points = [0, 1].flatMap(line =>
    [0, 1, 2].map(dataIndex => ({ x: dataIndex + line / 10, y: 10 * line, axis: 0 as const, line, seriesIndex: line, dataIndex })),
  )
  it('is the one at the place of the pointer whose line is nearest', () => {
    expect([clickedPoint(points, 1.4, 2), clickedPoint(points, 1.4, 9), clickedPoint([], 1, 1)]).toEqual([1, 4, -1])
    const steps = [3, 8].map(y => ({ x: 1, y, line: 0 }))
    expect([clickedPoint(steps, 1, 4), clickedPoint(steps, 1, 7)]).toEqual([0, 1])
  })
  it('is reached by keys, along its line and from line to line', () => {
    const walk = (...keys: readonly string[]): number => keys.reduce((at, key) => steppedPoint(points, at, key), -1)
    expect([walk('ArrowRight', 'ArrowRight'), walk('ArrowLeft'), walk('End', 'ArrowRight'), walk('End', 'ArrowDown')]).toEqual([1, 2, 2, 5])
    expect([walk('Home', 'ArrowUp'), walk('End', 'ArrowDown', 'Home'), steppedPoint([], -1, 'ArrowRight')]).toEqual([0, 3, -1])
  })
})
