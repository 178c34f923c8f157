import { describe, expect, it } from 'vitest'
import { csvWords, momentOfRun, outcomeWord, serverFacts } from '../../client/src/features/executions/executionWords.ts'
import { filterLines } from '../../client/src/features/executions/filterLines.ts'
import { pickedCell } from '../../client/src/features/run/pickedCell.ts'
import {
  ALL_EXECUTIONS,
  type ExecutionView,
  executionQuery,
  executionsPath,
  filterCount,
  filterOf,
  readExecutionView,
} from '../../client/src/stores/executionView.ts'
import { rowsInSight } from '../../client/src/ui/parts/useRowWindow.ts'
import { keptWords, uncountedNote } from '../../client/src/ui/words/executionsKept.ts'
import { readRange, roundedOutwards } from '../../client/src/ui/words/ranges.ts'
import { execution, executionsKept } from '../kit/sampleRunParts.ts'

const all: ExecutionView = {
  kinds: ['POINT_LOOKUP', 'UPDATE'],
  labels: ['Newest orders | 10 %', 'a, b'],
  workerId: 'worker-1',
  success: false,
  category: 'MISSING_OBJECT',
  group: 'g1',
  minMs: 0,
  maxMs: 12.5,
  fromSeconds: 5,
  toSeconds: 6.25,
  phase: 'WARMUP',
  counted: true,
  field: 'RESPONSE',
  direction: 'DESC',
}

describe('the view of the executions', () => {
  it('is whole in the URL', () => {
    expect(readExecutionView(executionQuery(all) as Record<string, string>)).toEqual(all)
    expect(readExecutionView({})).toEqual(ALL_EXECUTIONS)
    expect(executionQuery({})).toEqual({})
  })
  it('ignores what an address says wrongly', () => {
    const wrong = { kind: 'nonsense', min: '-3', max: 'x', phase: 'nonsense', category: '?', success: 'maybe', sort: 'up', from: '' }
    expect(readExecutionView(wrong)).toEqual(ALL_EXECUTIONS)
  })
  it('asks the server for what is set and for nothing else', () => {
    expect(filterOf(ALL_EXECUTIONS)).toEqual({})
    expect(filterOf(all)).toEqual({
      kinds: ['POINT_LOOKUP', 'UPDATE'],
      labels: ['Newest orders | 10 %', 'a, b'],
      workerIds: ['worker-1'],
      success: false,
      errorCategories: ['MISSING_OBJECT'],
      errorGroup: 'g1',
      minResponseMs: 0,
      maxResponseMs: 12.5,
      fromSeconds: 5,
      toSeconds: 6.25,
      phase: 'WARMUP',
      counted: true,
    })
    expect([filterCount(ALL_EXECUTIONS), filterCount(all)]).toEqual([0, 12])
  })
  it('is of what was cut off by the end, too', () => {
    expect(readExecutionView({ phase: 'processing' })).toMatchObject({ phase: 'PROCESSING' })
    expect(filterOf({ ...ALL_EXECUTIONS, phase: 'PROCESSING' })).toEqual({ phase: 'PROCESSING' })
  })
  it('turns ends round that stand the wrong way', () => {
    expect(readExecutionView({ min: '50', max: '10', from: '6', to: '5' })).toMatchObject({
      minMs: 10,
      maxMs: 50,
      fromSeconds: 5,
      toSeconds: 6,
    })
    expect(readRange('50', ' 10')).toEqual({ range: [10, 50] })
    expect(readRange('', '1e3')).toEqual({ range: [null, 1_000] })
    expect(readRange('abc', '10')).toEqual({ problem: 'Not used: “abc” is no number from 0 up' })
    expect(readRange('-1', 'x')).toEqual({ problem: 'Not used: “-1” and “x” are no numbers from 0 up' })
  })
  it('has a line of its own for what no box can show', () => {
    const lines = (change: Partial<ExecutionView>) =>
      filterLines({ ...ALL_EXECUTIONS, ...change }, ['POINT_LOOKUP', 'GENERIC_SQL'], ['Newest orders']).map(line => [
        line.intro,
        line.text,
        line.clear,
      ])
    expect(lines({})).toEqual([])
    expect(lines({ kinds: ['POINT_LOOKUP'], labels: ['Newest orders'] })).toEqual([])
    expect(lines({ kinds: ['POINT_LOOKUP', 'GENERIC_SQL'] })).toEqual([['Of the kinds', 'Point lookup, Generic SQL', { kinds: [] }]])
    expect(lines({ kinds: ['UPDATE'] })).toEqual([['Only of the kind', 'Update', { kinds: [] }]])
    expect(lines({ labels: ['POINT_LOOKUP', 'Newest orders'] })).toEqual([
      ['Only the operations', 'Point lookup, Newest orders', { labels: [] }],
    ])
    expect(lines({ labels: ['POINT_LOOKUP'] })).toEqual([['Only the operation', 'Point lookup', { labels: [] }]])
  })
  it('has an address for each moment of a run', () => {
    expect(executionsPath('01RUN', { fromSeconds: 5, toSeconds: 6 })).toEqual({
      path: '/runs/01RUN/executions',
      query: { from: '5', to: '6' },
    })
  })
})

describe('whether executions are kept', () => {
  it('is said for each state, and only where there are some they are shown', () => {
    const states = ['NOT_KEPT', 'WAITING', 'COMPLETE', 'INCOMPLETE', 'REMOVED'] as const
    const words = states.map(state =>
      keptWords(executionsKept({ state, loaded: state === 'NOT_KEPT' ? 0 : 90, expected: 100, dropped: 10 })),
    )
    expect(words.map(each => each.hasExecutions)).toEqual([false, true, true, true, false])
    expect(words[3]?.text).toContain('90 executions of 100 (90.0 %) are kept; 10 were dropped by workers.')
    expect(new Set(words.map(each => each.look.word)).size).toBe(5)
  })

  it('calls the figures whole only where the histograms lack nothing', () => {
    const row = (counted: number, loaded: number) => ({
      workerId: 'worker-1',
      phase: 'MEASUREMENT' as const,
      label: 'UPDATE',
      counted,
      loaded,
      why: 'worker-1 was lost before its last snapshot was delivered',
    })
    const kept = executionsKept({ state: 'INCOMPLETE', dropped: 0, differences: [row(171, 1_000)], unread: [] })
    expect(keptWords(kept).text).toBe(
      '829 more executions were kept than the histograms counted: worker-1 was lost before its last snapshot was delivered. Result and Figures leave them out.',
    )
    expect(uncountedNote(kept)).toContain('829 more executions were kept than the histograms counted, and are in no figure')
    const short = executionsKept({ state: 'INCOMPLETE', dropped: 0, differences: [row(1_000, 171)], unread: [] })
    expect(keptWords(short).text).toContain('whole all the same')
    expect(uncountedNote(short)).toBe('')
    const both = executionsKept({ state: 'INCOMPLETE', dropped: 0, differences: [row(1_000, 171), row(3, 4)], unread: [] })
    expect(keptWords(both).text).toMatch(/^1 more execution was kept .* some are not kept\.$/)
  })
})

describe('the jump from a cell of the heat map', () => {
  const cell = { column: 0, band: 0, fromSeconds: 5, toSeconds: 6.25, fromMs: 1.2345678, toMs: 1.3456789, count: 3, columnCount: 9 }
  it('asks for what the cell counts, rounded outwards', () => {
    expect(pickedCell(cell)).toMatchObject({ fromSeconds: 5, toSeconds: 6.25, minMs: 1.234, maxMs: 1.346, success: true, counted: true })
    expect(roundedOutwards(0, 0.000123456)).toEqual([0, 0.0001235])
    expect(roundedOutwards(12.3, 98_765)).toEqual([12.3, 98_770])
    expect(roundedOutwards(0.1 + 0.2, 0.7 + 0.1)).toEqual([0.3, 0.8])
  })
})

describe('one execution', () => {
  it('is placed in the run to the millisecond', () => {
    expect([5.0314, 65.2, 3_725.001, -0.25].map(momentOfRun)).toEqual(['0:05.031', '1:05.200', '1:02:05.001', '−0:00.250'])
  })
  it('says how it went', () => {
    expect(outcomeWord(execution(1))).toBe('OK')
    expect(outcomeWord(execution(1, { success: false, errorCategory: 'MISSING_OBJECT' }))).toBe('Missing object')
    expect(outcomeWord(execution(1, { success: false }))).toBe('Failed')
  })
  it('tells what the server recorded, and the overhead beside it', () => {
    expect(serverFacts(execution(1))).toEqual([])
    const server = {
      totalMs: 3,
      compilationMs: null,
      executionMs: 2,
      queuedOverloadMs: null,
      queuedProvisioningMs: null,
      blockedMs: null,
      bytesScanned: 2_048,
      rowsProduced: null,
      clusterNumber: 2,
    }
    expect(serverFacts(execution(1, { responseMs: 5, server })).map(fact => `${fact.word} ${fact.text}`)).toEqual([
      'Total 3.00 ms',
      'Overhead 2.00 ms',
      'Executing 2.00 ms',
      'Scanned 2.00 KB',
      'Cluster 2',
    ])
  })
  it('is in the file with all that match, or with all', () => {
    expect(csvWords(0)).toMatchObject({ word: 'CSV of all', title: expect.stringContaining('Every execution of the run') })
    expect(csvWords(2)).toMatchObject({ word: 'CSV of all that match', title: expect.stringContaining('the filter lets through') })
  })
})

describe('a long list', () => {
  it('draws the rows in sight and some beside them, and never beyond its ends', () => {
    expect(rowsInSight(10_000, 28, 28_000, 800)).toEqual({ from: 980, to: 1_049 })
    expect(rowsInSight(10, 28, 0, 800)).toEqual({ from: 0, to: 10 })
    expect(rowsInSight(0, 28, 0, 800)).toEqual({ from: 0, to: 0 })
    expect(rowsInSight(100, 28, 1_000_000, 800)).toEqual({ from: 99, to: 100 })
  })
})
