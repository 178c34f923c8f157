import { describe, expect, it } from 'vitest'
import type { HistoryPoint } from '../../client/src/api/documents/runFields.ts'
import { comparePath, NOTHING_PICKED, picked, pickHint } from '../../client/src/features/history/comparePick.ts'
import { columnsOf, leastWidthPx } from '../../client/src/features/history/historyColumns.ts'
import { chosenText, STATUS_CHOICES } from '../../client/src/features/history/historyFilters.ts'
import {
  AT_FIRST,
  filterOf,
  type HistoryView,
  historyQuery,
  isFiltered,
  NEWEST_FIRST,
  readHistoryView,
  sortedBy,
  withColumn,
} from '../../client/src/features/history/historyView.ts'
import { MOST_READ_BACK, placeIn, withPlace } from '../../client/src/features/history/listPlace.ts'
import { numberCell } from '../../client/src/features/history/rowCells.ts'
import { durationText, loadNote, loadText, loadTitle, notComparedBecause } from '../../client/src/features/history/rowFacts.ts'
import { rowMenu } from '../../client/src/features/history/rowMenu.ts'
import { leavesGap, mergePoints } from '../../client/src/stores/historyPoints.ts'
import { type ClockOffset, nextOffset } from '../../client/src/stores/nextOffset.ts'
import { measuredOnly, newerState } from '../../client/src/stores/runState.ts'
import { at, atMs, historyOf, historyPoint, metrics, runState, timing } from '../kit/sampleConsole.ts'
import { runPlan } from '../kit/sampleRunDetail.ts'
import { runRow } from '../kit/sampleRunRow.ts'

const seconds = (points: readonly HistoryPoint[]): readonly number[] => points.map(point => point.elapsedSeconds)

describe('the history of a run', () => {
  it.each([
    ['appends', [1, 2], [3], [1, 2, 3]],
    ['starts with nothing', [], [1, 2], [1, 2]],
    ['keeps what it has when nothing comes', [1, 2], [], [1, 2]],
    ['replaces the same moment', [1, 2, 3], [3, 4], [1, 2, 3, 4]],
    ['sorts what comes out of order', [1, 4], [3, 2], [1, 2, 3, 4]],
    ['takes what fills a gap', [1, 2, 5], [3, 4], [1, 2, 3, 4, 5]],
  ])('%s', (_, known, newest, expected) => {
    expect(seconds(mergePoints(historyOf(...known), historyOf(...newest)))).toEqual(expected)
  })

  it('believes the newer of two points of one moment', () => {
    const merged = mergePoints([historyPoint(1), historyPoint(2, { qps: 5 })], [historyPoint(2, { qps: 7 })])
    expect(merged.map(point => point.qps)).toEqual([100, 7])
  })

  it('leaves out a second that lies inside a merged stretch, and takes the one after it', () => {
    const merged = historyPoint(10, { intervalSeconds: 10 })
    expect(seconds(mergePoints([merged], [historyPoint(9), historyPoint(10), historyPoint(11)]))).toEqual([10, 11])
    expect(mergePoints([merged], [historyPoint(10)])).toEqual([merged])
  })

  it.each([
    [[], [1], false],
    [[], [3], true],
    [[1, 2], [], false],
    [[1, 2], [3], false],
    [[1, 2], [2], false],
    [[1, 2], [3.7], false],
    [[1, 2], [3.8], true],
    [[1, 2], [9], true],
  ])('of %j leaves a gap before %j: %s', (known, newest, expected) => {
    expect(leavesGap(historyOf(...known), historyOf(...newest))).toBe(expected)
  })
})

describe('what the server told', () => {
  it('is replaced by what it told later, not by what it told before', () => {
    const [early, late] = [runState({}, { serverNow: at(1) }), runState({}, { serverNow: at(2) })]
    expect(newerState(null, early)).toBe(early)
    expect(newerState(early, late)).toBe(late)
    expect(newerState(late, early)).toBe(late)
  })

  it.each(['COMPLETED', 'CANCELLED', 'FAILED'] as const)('stays %s once it is', status => {
    const over = runState({ status }, { serverNow: at(1) })
    const straggler = runState({ status: 'RUNNING' }, { serverNow: at(2) })
    expect(newerState(over, straggler)).toBe(over)
  })

  it('holds no figures where nothing was measured', () => {
    expect(measuredOnly(null)).toBeNull()
    expect(measuredOnly(metrics({ windowSeconds: 0, qps: 0 }))).toBeNull()
    expect(measuredOnly(metrics({ qps: 0 }))).toMatchObject({ qps: 0 })
  })
})

describe('the offset to the clock of the server', () => {
  const after = (...readings: readonly number[]): ClockOffset | null =>
    readings.reduce<ClockOffset | null>((known, reading) => nextOffset(known, reading), null)

  it.each([
    ['is the first reading', [100], 100],
    ['is the greatest: an answer is late, never early', [100, 140, 90], 140],
    ['ignores a slow answer', [100, -5_000], 100],
    ['ignores two slow answers', [100, -5_000, -5_000], 100],
    ['starts anew after three: the local clock jumped', [100, -5_000, -5_000, -5_100], -5_100],
    ['forgets slow answers when one agrees', [100, -5_000, -5_000, 90, -5_000, -5_000], 100],
    ['follows at once when the local clock was set back', [100, 9_000], 9_000],
  ])('%s', (_, readings, expected) => {
    expect(after(...readings)?.offsetMs).toBe(expected)
  })
})

describe('the view of the list of runs', () => {
  const everything: HistoryView = {
    search: 'orders, big',
    statuses: ['active', 'failed'],
    tableTypes: ['HYBRID', 'POSTGRES'],
    loadModes: ['FIND_MAX_CONCURRENCY'],
    scalings: ['FIXED'],
    sizes: ['X-Small', 'Large'],
    tags: ['index v2', 'nightly'],
    when: 'custom',
    fromDay: '2026-01-01',
    toDay: '2026-01-31',
    baselines: true,
    deleted: true,
    fingerprint: 'abc',
    field: 'P95',
    direction: 'ASC',
    columns: ['name', 'qps', 'p99'],
  }

  it('is written into the URL and read from it unchanged', () => {
    expect(readHistoryView(historyQuery(everything) as Record<string, string>)).toEqual(everything)
    expect(historyQuery(AT_FIRST)).toEqual({})
    expect(readHistoryView({ cols: 'name' }).columns).toEqual(['name'])
    expect(readHistoryView({ cols: 'zzz,p99' }).columns).toEqual(['name', 'p99'])
    expect(readHistoryView({ cols: 'zzz' }).columns).toEqual(AT_FIRST.columns)
    expect(readHistoryView({})).toEqual(AT_FIRST)
  })

  it('ignores what it does not know', () => {
    expect(readHistoryView({ status: 'broken', type: 'x,hybrid', sort: '-nothing', from: '2026-02-31', created: 'never' })).toEqual({
      ...AT_FIRST,
      tableTypes: ['HYBRID'],
    })
  })

  it('asks the server for all that is chosen', () => {
    expect(filterOf({ ...everything, when: null }, 0)).toEqual({
      search: 'orders, big',
      status: ['STARTING', 'RUNNING', 'STOPPING', 'CANCELLING', 'FAILED'],
      tableType: ['HYBRID', 'POSTGRES'],
      loadMode: ['FIND_MAX_CONCURRENCY'],
      scaling: ['FIXED'],
      warehouseSize: ['X-Small', 'Large'],
      tags: ['index v2', 'nightly'],
      isBaseline: true,
      deleted: true,
      fingerprint: 'abc',
    })
    expect(isFiltered(AT_FIRST)).toBe(false)
    expect(isFiltered({ ...AT_FIRST, when: 'week' })).toBe(true)
  })

  it('takes whole days of the calendar that the reader has', () => {
    const dayStart = (month: number, day: number): string => new Date(2026, month - 1, day).toISOString()
    const asked = (change: Partial<HistoryView>) => filterOf({ ...AT_FIRST, ...change }, new Date(2026, 2, 30, 12).getTime())
    expect(asked({ when: 'today' })).toEqual({ createdFrom: dayStart(3, 30) })
    expect(asked({ when: 'week' })).toEqual({ createdFrom: dayStart(3, 24) })
    expect(asked({ when: 'month' })).toEqual({ createdFrom: dayStart(3, 1) })
    expect(asked({ when: 'custom', fromDay: '2026-03-29', toDay: '2026-03-31' })).toEqual({
      createdFrom: dayStart(3, 29),
      createdTo: dayStart(4, 1),
    })
  })

  it('is sorted by a column, then the other way, then newest first again', () => {
    const [p95] = columnsOf(['p95']).filter(column => column.key === 'p95')
    if (p95 === undefined) throw new Error('there is no such column')
    const first = { ...AT_FIRST, ...sortedBy(AT_FIRST, p95) }
    expect(first).toMatchObject({ field: 'P95', direction: 'ASC' })
    const second = { ...first, ...sortedBy(first, p95) }
    expect(second).toMatchObject({ field: 'P95', direction: 'DESC' })
    expect(sortedBy(second, p95)).toEqual(NEWEST_FIRST)
  })

  it('keeps the columns in their order, and always names the run', () => {
    expect(withColumn(['name', 'qps'], 'status')).toEqual(['status', 'name', 'qps'])
    expect(withColumn(['name', 'qps'], 'qps')).toEqual(['name'])
    expect(withColumn(['name', 'qps'], 'name')).toEqual(['name', 'qps'])
    expect(leastWidthPx(columnsOf(AT_FIRST.columns), false)).toBeLessThanOrEqual(1_182)
  })

  it('says on a chip what is chosen', () => {
    expect(chosenText(STATUS_CHOICES, [])).toBe('')
    expect(chosenText(STATUS_CHOICES, ['failed'])).toBe('Failed')
    expect(chosenText(STATUS_CHOICES, ['failed', 'completed'])).toBe('Completed +1')
  })
})

describe('a row of the list of runs', () => {
  const search = (connections: number) =>
    ({ findMax: { result: { connections, qps: 900, p95Ms: 7, errorRate: 0.01 } } }) as ReturnType<typeof runRow>['controller']

  it('shows how long was measured, and of a run under way how long it is on the way', () => {
    expect(durationText(runRow('1'), atMs(100))).toBe('00:00:10')
    expect(durationText(runRow('1', { status: 'RUNNING', phase: 'MEASUREMENT' }), atMs(100))).toBe('00:01:40')
    const prepared = runRow('1', { status: 'PREPARED', timing: timing({ startRequestedAt: null }), aggregateMetrics: null })
    expect(durationText(prepared, atMs(100))).toBe('—')
    expect(numberCell('started', prepared, atMs(100))?.figure.value).toBe('—')
    expect(numberCell('qps', prepared, 0)?.figure.value).toBe('—')
  })

  it('shows of a search its best step', () => {
    const run = runRow('1', { controller: search(64), plan: runPlan({}, { mode: 'FIND_MAX_CONCURRENCY' }) })
    const active = { ...run, status: 'RUNNING' as const }
    expect([loadText(run), loadNote(run)]).toEqual(['best: 64 connections', '900 /s · p95 7.00 ms'])
    expect(loadTitle(run)).toMatch(/^best: 64 connections, 900 \/s · p95 7\.00 ms, /)
    expect([loadText(active), loadNote(active)]).toEqual(['find max connections', 'auto scaling'])
  })

  it('shows in the columns of figures what the server sorts by: of a search all its steps together', () => {
    const run = runRow('1', {
      controller: search(64),
      plan: runPlan({}, { mode: 'FIND_MAX_CONCURRENCY' }),
      aggregateMetrics: metrics({ qps: 500, p99Ms: 31, operations: 5_000, errorRate: 0.02 }),
    })
    expect(numberCell('qps', run, 0)).toMatchObject({ figure: { value: '500', unit: '/s' }, title: 'All steps together: 500 /s' })
    expect(numberCell('p99', run, 0)).toMatchObject({ figure: { value: '31.0', unit: 'ms' }, title: 'All steps together: 31 ms' })
    expect(numberCell('operations', run, 0)?.figure.value).toBe('5,000')
    expect(numberCell('errors', run, 0)).toMatchObject({ figure: { value: '2.00', unit: '%' }, isBad: true })
    expect(numberCell('tags', run, 0)).toBeNull()
  })

  it('offers what can be done to the run as it is', () => {
    const keys = (change: Parameters<typeof runRow>[1]) => rowMenu(runRow('1', change)).map(item => item.key)
    expect(keys({})).toEqual(['open', 'executions', 'same', 'exact', 'latest', 'annotate', 'pin', 'export', 'delete'])
    expect(keys({ status: 'RUNNING' })).toEqual(['open', 'same', 'annotate'])
    expect(keys({ status: 'PREPARED' })).toEqual(['open', 'same', 'annotate', 'delete'])
    expect(keys({ deletedAt: at(0) })).toContain('restore')
    expect(keys({ deletedAt: at(0) })).not.toContain('delete')
  })

  it('is compared only when it is over', () => {
    const why = (status: Parameters<typeof notComparedBecause>[0]['status']) => notComparedBecause({ status })
    expect(['COMPLETED', 'FAILED', 'CANCELLED'].map(status => why(status as 'COMPLETED'))).toEqual([null, null, null])
    expect(why('PREPARED')).toMatch(/has not run yet/)
    for (const status of ['STARTING', 'RUNNING', 'STOPPING', 'CANCELLING'] as const) expect(why(status)).toMatch(/still under way/)
  })

  it('is one of five to compare at most', () => {
    const five = ['1', '2', '3', '4', '5'].reduce((pick, id) => picked(pick, id), NOTHING_PICKED)
    expect(five.ids).toEqual(['1', '2', '3', '4', '5'])
    const sixth = picked(five, '6')
    expect(sixth.ids).toEqual(five.ids)
    expect(pickHint(sixth)).toMatch(/^Five runs is the most/)
    expect(picked(sixth, '2')).toMatchObject({ ids: ['1', '3', '4', '5'], isRefused: false })
  })

  it('is the baseline where it is pinned, the newest of several, and the first where none is', () => {
    const three = picked(picked(picked(NOTHING_PICKED, '1'), '3', true), '2', true)
    expect(comparePath(three).query).toEqual({ ids: '1,3,2', baseline: '3' })
    expect(pickHint(three)).toBe('The pinned run is the baseline.')
    const two = picked(picked(three, '3'), '2')
    expect(comparePath(picked(two, '4'))).toEqual({ path: '/compare', query: { ids: '1,4' } })
    expect(pickHint(picked(two, '4'))).toBe('The first is the baseline.')
  })
})

describe('the place in the list of runs', () => {
  const place = { runId: 'run-90', row: 90, beyondPx: 7, rows: 130 }

  it('is kept with an entry of the browser’s history, beside what else is there, and for one list only', () => {
    const state = withPlace({ position: 3 }, place, '?q=x')
    expect(state).toMatchObject({ position: 3 })
    expect(placeIn(state, '?q=x')).toEqual(place)
    expect(placeIn(state, '')).toBeNull()
    expect(withPlace(state, null, '?q=x')).toEqual({ position: 3 })
    expect(placeIn(null, '')).toBeNull()
  })

  it('is read back to within bounds', () => {
    expect(placeIn(withPlace(null, { ...place, rows: 100_000 }, ''), '')?.rows).toBe(MOST_READ_BACK)
  })
})
