import { describe, expect, it } from 'vitest'
import { historyCsv } from '../../client/src/features/run/chartCsv.ts'
import { callsText, coverageText, dueText, nextLookMs, statementColumns } from '../../client/src/features/run/enrichmentWords.ts'
import { errorCategoryRows, sharesText } from '../../client/src/features/run/errorRows.ts'
import { figuresCsv, missesPlan, readSlice, sliceName, sliceRows } from '../../client/src/features/run/figureRows.ts'
import { pickedPercentile } from '../../client/src/features/run/pickedCell.ts'
import { pickedInterval, pickedPart } from '../../client/src/features/run/pickedInterval.ts'
import { processingView } from '../../client/src/features/run/processingWords.ts'
import { linkOfSlice } from '../../client/src/features/run/sliceLinks.ts'
import { spoolFacts } from '../../client/src/features/run/spoolWords.ts'
import { workerFacts } from '../../client/src/features/run/workerFacts.ts'
import { heatCells, heatShare, nextCell } from '../../client/src/ui/charts/heatCells.ts'
import { heatColour } from '../../client/src/ui/charts/heatColours.ts'
import { logTicks } from '../../client/src/ui/charts/logTicks.ts'
import { barAt, nextPoint, walkedPoints } from '../../client/src/ui/charts/momentPick.ts'
import { curveXs, percentileMarks, percentileText, percentileX } from '../../client/src/ui/charts/percentileAxis.ts'
import { readTags } from '../../client/src/ui/words/annotation.ts'
import { csvName, csvText } from '../../client/src/ui/words/csv.ts'
import { at, atMs, historyPoint, runWorker } from '../kit/sampleConsole.ts'
import { enrichment, errorGroup, sliceFigures } from '../kit/sampleRunParts.ts'

describe('a table as CSV', () => {
  it('quotes what it must, keeps numbers exact and leaves empty what was not measured', () => {
    const table = {
      columns: ['name', 'p95_ms', 'ok'],
      rows: [
        ['a "b", c', 0.123456789, true],
        ['x\ny', null, false],
      ],
    }
    expect(csvText(table)).toBe('name,p95_ms,ok\r\n"a ""b"", c",0.123456789,true\r\n"x\ny",,false\r\n')
  })
  it('hands no formula to a spreadsheet, but keeps negative numbers', () => {
    expect(csvText({ columns: ['a', 'b'], rows: [['=1+1', -1]] })).toBe("a,b\r\n'=1+1,-1\r\n")
  })
  it('names files without what a disk may refuse', () => {
    expect(csvName('checkout: mixed / ü', 41, 'figures')).toBe('checkout-mixed-u-41-figures.csv')
    expect(csvName('///')).toBe('table.csv')
  })
})

describe('the processing', () => {
  it('says in words what is done, and how much of it', () => {
    const view = processingView({ step: 'EXECUTIONS', done: 120_000, total: 500_000 })
    expect(`${view.words} ${view.counts}`).toBe('Loading executions 120,000 of 500,000')
    expect([view.at, view.progress]).toEqual([0, 0.24])
  })
  it('claims no progress where no end is known', () => {
    expect(processingView({ step: 'ENRICHMENT', done: 0, total: null })).toMatchObject({ counts: '', progress: null })
    expect(processingView({ step: 'FIGURES', done: 0, total: 0 })).toMatchObject({ counts: '', progress: null })
  })
})

describe('the spool of a worker', () => {
  it('says nothing of a run that keeps none', () => expect(spoolFacts(null)).toEqual([]))
  it('warns of one that is full, with what was dropped', () => {
    const words = spoolFacts({ state: 'FULL', spooled: 1_000, dropped: 20 }).map(({ word, text, tone }) => [word, text, tone ?? ''])
    expect(words).toEqual([
      ['Executions kept', '1,000', ''],
      ['Spool', 'Full', 'warn'],
      ['Not kept', '20', 'warn'],
    ])
    expect(spoolFacts({ state: 'WRITING', spooled: 1_000, dropped: 0 })).toHaveLength(1)
  })
  it('stands among the facts of a worker, live and ended', () => {
    const worker = runWorker({ spool: { state: 'FAILED', spooled: 1, dropped: 2 } })
    for (const facts of [workerFacts(worker, false), workerFacts({ ...worker, status: 'COMPLETED' }, true)]) {
      expect(facts.filter(fact => fact.word === 'Spool')).toMatchObject([{ text: 'Failed', tone: 'warn' }])
    }
  })
})

describe('the figures by slice', () => {
  const slices = [
    sliceFigures(),
    sliceFigures({ slice: 'KIND', name: 'POINT_LOOKUP' }),
    sliceFigures({ slice: 'KIND', name: 'UPDATE' }),
    sliceFigures({ slice: 'PHASE', name: 'WARMUP' }),
    sliceFigures({ slice: 'PHASE', name: 'MEASUREMENT' }),
  ]
  it('ends with the whole, but for phases, which are parts of the run', () => {
    expect(sliceRows(slices, 'KIND').map(row => row.name)).toEqual(['POINT_LOOKUP', 'UPDATE', 'ALL'])
    expect(sliceRows(slices, 'PHASE').map(row => row.name)).toEqual(['WARMUP', 'MEASUREMENT'])
  })
  it('reads the slice from the URL and falls back to kinds', () => {
    expect([readSlice('operation_type'), readSlice('nonsense'), readSlice(null)]).toEqual(['OPERATION_TYPE', 'KIND', 'KIND'])
  })
  it('calls kinds by their words and statements by their own', () => {
    expect([
      sliceName('LABEL', 'UPDATE'),
      sliceName('LABEL', 'my_SQL'),
      sliceName('OPERATION_TYPE', 'READ'),
      sliceName('WORKER', 'worker-0'),
    ]).toEqual(['Update', 'my_SQL', 'Read', 'worker-0'])
  })
  it('marks a mix that misses the plan by more than chance', () => {
    const row = sliceFigures({ plannedPercent: 20, operations: 20_000, achievedPercent: 20.3 })
    expect(missesPlan(row)).toBe(false)
    expect(missesPlan({ ...row, achievedPercent: 23 })).toBe(true)
    expect(missesPlan({ ...row, operations: 8, achievedPercent: 26 })).toBe(false)
  })
  it('leads from a row to its executions', () => {
    const operations = [
      { label: 'POINT_LOOKUP', operationType: 'READ' as const },
      { label: 'UPDATE', operationType: 'WRITE' as const },
      { label: 'Newest orders', operationType: 'READ' as const },
    ]
    const measured = { phase: 'MEASUREMENT', counted: true }
    expect(linkOfSlice({ slice: 'KIND', name: 'UPDATE' }, operations)).toEqual({ ...measured, kinds: ['UPDATE'] })
    expect(linkOfSlice({ slice: 'PHASE', name: 'WARMUP' }, operations)).toEqual({ phase: 'WARMUP', counted: true })
    expect(linkOfSlice({ slice: 'OPERATION_TYPE', name: 'READ' }, operations)).toEqual({
      ...measured,
      labels: ['POINT_LOOKUP', 'Newest orders'],
    })
  })
  it('puts every slice into the file', () => expect(figuresCsv(slices).rows).toHaveLength(5))
})

describe('a chart over time as a file', () => {
  it('has what the chart draws, and errors by each of their categories', () => {
    const errorsByCategory = [{ category: 'TIMEOUT' as const, count: 2 }]
    const history = [historyPoint(1), historyPoint(2, { errors: 2, errorsByCategory, clientLimited: true })]
    expect(csvText(historyCsv('errors', history)).split('\r\n')).toEqual([
      'elapsed_seconds,interval_seconds,phase,operations,client_limited,errors,timeout_errors',
      '1,1,MEASUREMENT,100,false,0,0',
      '2,1,MEASUREMENT,100,true,2,2',
      '',
    ])
    expect(historyCsv('client', history).columns.slice(5)).toEqual(['cpu_percent', 'event_loop_delay_p99_ms'])
  })
})

describe('the groups of errors', () => {
  it('are ordered by category and count', () => {
    const rows = errorCategoryRows([
      errorGroup({ id: 'a', count: 1 }),
      errorGroup({ id: 'b', category: 'TIMEOUT', count: 9 }),
      errorGroup({ id: 'c', count: 5 }),
    ])
    expect(rows.map(row => [row.category, row.count, row.groups.map(group => group.id)])).toEqual([
      ['TIMEOUT', 9, ['b']],
      ['LOCK', 6, ['c', 'a']],
    ])
  })
  it('tell the shares of the most frequent only', () => {
    const counts = ['a', 'b', 'c'].map((name, place) => ({ name, count: [50, 40, 10][place] ?? 0 }))
    expect(sharesText(counts, name => name, 2)).toBe('a 50.0 %, b 40.0 %, 1 more')
    expect(sharesText(counts.slice(0, 1), name => name)).toBe('a')
  })
})

describe('the enrichments', () => {
  it('say what they cover, and when they are asked next', () => {
    const pending = enrichment({ status: 'PENDING', dueAt: at(90), matched: 923, expected: 1_000, coveragePercent: 92.3 })
    expect(coverageText(pending)).toBe('covers 92.3 % of 1,000 executions')
    const whole = enrichment({ matched: 1_250, expected: 1_000, coveragePercent: 100, fromSeconds: 5, toSeconds: 35 })
    expect(coverageText(whole)).toBe('knows 1,250 executions, 250 more than the 1,000 that were counted, 0:05 to 0:35')
    expect(dueText(pending, atMs(0))).toBe('asked again in 1 min 30 s')
    expect(dueText(pending, atMs(91))).toBe('is being asked')
    expect(dueText(enrichment(), atMs(0))).toBe('')
    expect(nextLookMs([enrichment()], atMs(0))).toBeNull()
    expect([0, 89, 100].map(seconds => nextLookMs([enrichment(), pending], atMs(seconds)))).toEqual([90_000, 5_000, 5_000])
  })
  it('show only columns of which the source knows something, and what was sent where that is known', () => {
    const row = {
      label: 'UPDATE',
      calls: 1,
      executions: 1,
      errors: null,
      rows: null,
      totalMs: 1,
      meanMs: 1,
      p50Ms: null,
      p90Ms: null,
      p99Ms: null,
    }
    const statements = [{ ...row, maxMs: null, cacheHitPercent: 99, blocksRead: null, ioReadMs: null, ioWriteMs: null, walBytes: 0 }]
    expect(statementColumns(enrichment({ statements })).map(column => column.key)).toEqual([
      'totalMs',
      'meanMs',
      'cacheHitPercent',
      'walBytes',
    ])
    expect(statements.map(callsText)).toEqual(['1 calls recorded, 1 executions sent'])
    expect(statements.map(each => callsText({ ...each, executions: null }))).toEqual(['1 calls recorded'])
  })
})

describe('the heat map', () => {
  const cells = heatCells({
    columnEdgesSeconds: [0, 1, 2, 3],
    bandEdgesMs: [1, 2, 4, 8],
    columns: [{ counts: [5, 0, 1] }, { counts: [0, 0, 0] }, { counts: [0, 7, 0] }],
  })
  it('draws only cells with something in them, between their edges', () => {
    expect(cells.map(cell => [cell.fromSeconds, cell.toSeconds, cell.fromMs, cell.toMs, cell.count, cell.columnCount])).toEqual([
      [0, 1, 1, 2, 5, 6],
      [0, 1, 4, 8, 1, 6],
      [2, 3, 2, 4, 7, 7],
    ])
  })
  it('is walked by arrow keys over what is empty', () => {
    expect(nextCell(cells, -1, 'right')).toBe(0)
    expect(nextCell(cells, 0, 'up')).toBe(1)
    expect(nextCell(cells, 1, 'up')).toBe(1)
    expect(nextCell(cells, 0, 'right')).toBe(2)
    expect(nextCell(cells, 2, 'left')).toBe(0)
    expect(nextCell(cells, 2, 'right')).toBe(2)
    expect(nextCell([], -1, 'left')).toBe(-1)
  })
  it('shows a single operation, and gives the most the end of the scale', () => {
    expect([heatShare(1, 1_000), heatShare(1_000, 1_000), heatShare(1, 1)]).toEqual([0, 1, 1])
    expect(heatShare(10, 1_000)).toBeGreaterThan(0.1)
    for (const isDark of [true, false]) expect(heatColour(0, isDark)).not.toBe(heatColour(1, isDark))
  })
  it('has round values on its axis', () => {
    expect(logTicks(0.3, 12)).toEqual([0.5, 1, 2, 5, 10])
    expect(logTicks(0.001, 1_000)).toEqual([0.001, 0.01, 0.1, 1, 10, 100, 1_000])
    expect(logTicks(0, 10)).toEqual([])
  })
})

describe('the percentile curve', () => {
  it('leads to what took at least as long, those at it first', () => {
    expect(pickedPercentile('UPDATE', 10)).toMatchObject({ labels: ['UPDATE'], minMs: 9.99, success: true, field: 'RESPONSE' })
    expect(pickedPercentile(null, 1).labels).toEqual([])
  })
  it('gives each nine the same room', () => {
    expect([0, 90, 99, 99.9].map(percent => percentileX(percent)?.toFixed(6))).toEqual(['0.000000', '1.000000', '2.000000', '3.000000'])
    expect(percentileX(100)).toBeNull()
    expect(percentileMarks(3.2).map(percentileText)).toEqual(['50 %', '90 %', '99 %', '99.9 %'])
  })
  it('keeps the maximum, a little beyond the last percentile', () => {
    const points = curveXs([
      { percent: 0, valueMs: 1 },
      { percent: 90, valueMs: 2 },
      { percent: 100, valueMs: 9 },
    ])
    expect(points.map(([x, value]) => [x.toFixed(3), value])).toEqual([
      ['0.000', 1],
      ['1.000', 2],
      ['1.100', 9],
    ])
  })
})

describe('a moment of a chart', () => {
  it('of errors is of those that failed, and of the bar that was hit', () => {
    const bars = [4, 2].map((height, at) => ({
      key: ['TIMEOUT', 'LOCK'][at],
      isBar: true,
      points: [[1, 0] as const, [2, height] as const],
    }))
    expect([barAt(bars, 1.9, 3), barAt(bars, 1.9, 5), barAt(bars, 1.9, 7), barAt(bars, 1.1, 0.5), barAt([], 1, 1)]).toEqual([
      'TIMEOUT',
      'LOCK',
      null,
      null,
      null,
    ])
    expect(pickedPart({ subject: 'errors', key: 'LOCK' })).toEqual({ success: false, category: 'LOCK' })
    expect(pickedPart({ subject: 'errors', key: null })).toEqual({ success: false, category: null })
    expect(pickedPart({ subject: null, key: null })).toEqual({})
  })
  it('is the interval whose end is nearest, as the crosshair snaps', () => {
    const history = [historyPoint(1), historyPoint(2), historyPoint(5, { intervalSeconds: 3 })]
    expect(pickedInterval(history, 1.4)).toEqual({ fromSeconds: 0, toSeconds: 1 })
    expect(pickedInterval(history, 4.2)).toEqual({ fromSeconds: 2, toSeconds: 5 })
    expect(pickedInterval([], 1)).toBeNull()
  })
  it('is reached by keys, over gaps', () => {
    const walked = walkedPoints([
      { points: [[1, null]] },
      {
        points: [
          [1, 5],
          [2, null],
          [3, 6],
        ],
      },
    ])
    expect(walked).toEqual({ seriesAt: 1, dataAt: [0, 2] })
    expect([
      nextPoint(null, 2, 'ArrowRight'),
      nextPoint(null, 2, 'ArrowLeft'),
      nextPoint(0, 2, 'ArrowRight'),
      nextPoint(1, 2, 'ArrowRight'),
    ]).toEqual([0, 1, 1, 1])
    expect([nextPoint(1, 2, 'Home'), nextPoint(0, 2, 'End'), nextPoint(null, 0, 'End')]).toEqual([0, 1, null])
  })
})

it('takes each tag once, however it is typed', () => expect(readTags(' nightly,, index  v2 ,nightly')).toEqual(['nightly', 'index v2']))
