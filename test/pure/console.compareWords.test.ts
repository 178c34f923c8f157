import { describe, expect, it } from 'vitest'
import type { Comparison } from '../../client/src/api/documents/compareDocuments.ts'
import { metricCsv, metricRows } from '../../client/src/features/compare/figureTables.ts'
import { findMaxRows, resourceRows, workerRows } from '../../client/src/features/compare/placeTables.ts'
import { runLooks } from '../../client/src/features/compare/runLooks.ts'
import { settingTitleText, settingValueText } from '../../client/src/features/compare/settingWords.ts'
import { verdictCsv } from '../../client/src/features/compare/verdictWords.ts'
import { comparisonOf } from '../kit/comparedRuns.ts'
import { comparedCase } from '../kit/comparedSeries.ts'

const PAIR = comparisonOf([comparedCase(0), comparedCase(1)])
const rowOf = (comparison: Comparison, metric: string) => metricRows(comparison).find(row => row.key === metric)?.cells ?? []
const withValues = (metric: string, values: readonly number[], best: readonly boolean[]): Comparison => ({
  ...comparisonOf(values.map((_, at) => comparedCase(at))),
  metrics: PAIR.metrics.map(row =>
    row.metric === metric ? { ...row, values: [...values], best: [...best], deltasPercent: values.map(() => null) } : row,
  ),
})

describe('the figures of compared runs', () => {
  it('tell points where the baseline had no errors', () => {
    expect(rowOf(withValues('ERROR_RATE', [0, 15], [true, false]), 'ERROR_RATE')[1]?.delta).toEqual({ text: '+15.0 pp', tone: 'bad' })
    expect(rowOf(withValues('ERROR_RATE', [0, 0], [false, false]), 'ERROR_RATE')[1]?.delta?.text).toBe('±0 pp')
  })

  it('call none the best where most are equal', () => {
    const best = (values: readonly number[], flags: readonly boolean[]) =>
      rowOf(withValues('QPS', values, flags), 'QPS').map(cell => cell.isBest)
    expect(best([9, 9, 9], [true, true, true])).toEqual([false, false, false])
    expect(best([9, 9, 5], [true, true, false])).toEqual([false, false, false])
    expect(best([9, 7, 5], [true, false, false])).toEqual([true, false, false])
  })

  it('are without colour where the verdict is that they may not be compared', () => {
    const failed = comparisonOf([comparedCase(0), comparedCase(1), comparedCase(2, { status: 'FAILED' })])
    expect(rowOf(failed, 'QPS').map(cell => cell.doubt)).toEqual([undefined, undefined, 'not comparable by this'])
    const alone = comparisonOf([comparedCase(0), comparedCase(2, { status: 'FAILED' })])
    expect(rowOf(alone, 'QPS').map(cell => cell.doubt)).toEqual(['not comparable by this', 'not comparable by this'])
  })

  it('are without colour where the verdict is that there is no evidence of a difference', () => {
    const runs = comparisonOf([comparedCase(0), comparedCase(1)])
    const even = {
      ...runs,
      verdicts: runs.verdicts.map(each => (each.metric === 'QPS' ? { ...each, outcome: 'NO_EVIDENCE' as const } : each)),
    }
    expect(rowOf(even, 'QPS').map(cell => cell.doubt)).toEqual(['no evidence of a difference', 'no evidence of a difference'])
    expect(rowOf(even, 'P95')[1]?.doubt).toBeUndefined()
  })

  it('mark the rate of a worker that was lost', () => {
    const lost = {
      ...PAIR,
      runs: PAIR.runs.map((run, at) => ({
        ...run,
        result: { findMax: null, lostWorkers: at === 0 ? [{ workerId: 'worker-1', elapsedSeconds: 11.2 }] : [] },
      })),
    }
    const row = workerRows(lost, 'qps').find(each => each.key === 'worker-1')
    expect(row?.cells.map(cell => cell.delta?.text)).toEqual(['over the whole measurement; lost at 0:11', undefined])
  })

  it('head what was used by whoever used it', () => {
    const server = { kind: 'WAREHOUSE' as const, title: 'Write-ahead log', unit: 'MB', values: [1, 2] }
    const heads = (resources: Comparison['resources']) =>
      resourceRows({ ...PAIR, resources }).flatMap(row => (row.look === 'head' ? [row.title] : []))
    expect(heads([server, ...PAIR.resources])).toEqual(['Server', 'Load generator'])
    expect(heads([{ ...server, title: 'Clusters, mean' }, server])).toEqual(['Warehouse'])
  })

  it('keep reasons apart in the file', () => {
    const failed = comparisonOf([comparedCase(0), comparedCase(2, { status: 'FAILED' })])
    const { columns, rows } = verdictCsv(failed, runLooks(failed))
    expect(rows[0]?.[columns.indexOf('Reasons')]).toContain('120 s.; It has')
  })
})

describe('the settings of compared runs', () => {
  it('are said as one says them', () => {
    const said: readonly (readonly [string, string, string])[] = [
      ['target.rows', '50000', '50,000'],
      ['seed', '2114483612', '2114483612'],
      ['load.mode', 'FIND_MAX_CONCURRENCY', 'Find max connections'],
      ['target.table', 'POINT_LOOKUP', 'POINT_LOOKUP'],
      ['target.tableType', 'POSTGRES', 'PostgreSQL'],
      ['slos', 'POINT_LOOKUP: p95 5 ms', 'Point lookup: p95 5 ms'],
      ['target.useCachedResult', 'yes', 'yes'],
    ]
    expect(said.map(([path, value]) => settingValueText(path, value))).toEqual(said.map(([, , text]) => text))
    expect(settingTitleText('POINT_LOOKUP: share (%)')).toBe('Point lookup: share (%)')
  })

  it('are on a chip in the order of what they tell', () => {
    const row = (path: string, title: string) => ({ path, title, values: ['1', '2'], differs: true })
    const paths = ['target.database', 'target.rows', 'workerCount', 'load.targetConnections', 'operations.UPDATE.weight', 'template.name']
    const looks = runLooks({ ...PAIR, settings: paths.map(path => row(path, path)) })
    expect(looks[0]?.differences.map(each => each.title)).toEqual([
      'template.name',
      'operations.Update.weight',
      'load.targetConnections',
      'workerCount',
      'target.rows',
      'target.database',
    ])
  })
})

describe('what searches found', () => {
  it('begins the figures, and marks the step it was found at', () => {
    const searches = comparisonOf([comparedCase(0, { found: 6 }), comparedCase(1, { found: 21 }), comparedCase(2)])
    const rows = metricRows(searches)
    expect(rows[0]).toMatchObject({
      title: 'Most connections that held',
      cells: [{ text: '6', delta: null }, { text: '21', delta: { text: '+250 %', tone: 'muted' } }, { text: '—' }],
    })
    expect(rows[3]?.cells.map(cell => cell.text)).toEqual(['True max', 'True max', '—'])
    expect(rows.slice(1, 6).map(row => row.title)).toEqual([
      'Throughput with them',
      'p95 with them',
      'Kind of maximum',
      'Whole measurement, of a search all its steps together',
      'QPS',
    ])
    expect(metricCsv(searches, runLooks(searches)).rows[0]).toEqual(['Most connections that held', '', 6, null, 21, 250, null, null])
    expect(findMaxRows(searches).map(row => [row.key, row.cells.map(cell => cell.isBest === true)])).toEqual([
      ['6', [true, false, false]],
      ['12', [false, false, false]],
      ['21', [false, true, false]],
      ['42', [false, false, false]],
    ])
    expect(metricRows(PAIR)[0]?.title).toBe('QPS')
  })

  it('says of a step that did not hold why', () => {
    const cell = { qps: 900, p95Ms: 12, errorRate: 0, outcome: 'LATENCY_RISE' as const }
    const [row] = findMaxRows({ ...PAIR, findMax: [{ connections: 1, cells: [cell, { ...cell, outcome: 'STABLE' }, null] }] })
    expect(row?.title).toBe('1 connection')
    expect(row?.cells.map(each => each.delta?.text)).toEqual(['Latency rise', undefined, undefined])
  })
})
