import { type ExecutionSort, executionCursor } from '@flakebench/store'
import { type DocumentNode, print } from 'graphql'
import { compareRunsQuery, compareSeriesQuery } from '../../client/src/api/documents/compareDocuments.ts'
import { executionPageQuery } from '../../client/src/api/documents/executionDocuments.ts'
import { runQuery } from '../../client/src/api/documents/runDocuments.ts'
import { runListQuery } from '../../client/src/api/documents/runListDocuments.ts'
import { percentileCurveQuery, runFiguresQuery, runHeatMapQuery } from '../../client/src/api/documents/runPartDocuments.ts'
import { MEASURED_SECONDS } from './apiData.ts'

/** A document of the console with its variables. */
export interface ApiQuestion {
  readonly name: string
  /** Null: none is set. */
  readonly goalMs: number | null
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

const question = (name: string, goalMs: number | null, document: unknown, variables: Readonly<Record<string, unknown>>): ApiQuestion => ({
  name,
  goalMs,
  query: print(document as DocumentNode),
  variables,
})

const RUN_PAGE_MS = 150
const HISTORY_MS = 100
const DRILL_DOWN_MS = 200
const COMPARE_MS = 500
/** As the console asks for them. */
const HISTORY_POINTS = 900
const RUNS_A_PAGE = 50
const EXECUTIONS_A_PAGE = 100
const MIDDLE_MS = (1_000 * MEASURED_SECONDS) / 2

const BY_END: ExecutionSort = { field: 'END', direction: 'ASC' }
const SLOWEST_FIRST: ExecutionSort = { field: 'RESPONSE', direction: 'DESC' }

/** @param runIds five runs of an hour, the first with executions */
export const apiQuestions = (runIds: readonly string[]): ApiQuestion[] => {
  const [id = ''] = runIds
  const history = (name: string, variables: Readonly<Record<string, unknown>>) =>
    question(`history, ${name}`, HISTORY_MS, runListQuery, { first: RUNS_A_PAGE, after: null, filter: null, sort: null, ...variables })
  const drillDown = (name: string, variables: Readonly<Record<string, unknown>>) =>
    question(`executions, ${name}`, DRILL_DOWN_MS, executionPageQuery, {
      id,
      first: EXECUTIONS_A_PAGE,
      after: null,
      filter: null,
      sort: BY_END,
      ...variables,
    })
  const inTheMiddle = executionCursor(BY_END, { value: MIDDLE_MS, id: 'worker-1.1.1' })
  const amongTheSlow = executionCursor(SLOWEST_FIRST, { value: 3, id: 'worker-1.1.1' })
  return [
    question('run page', RUN_PAGE_MS, runQuery, { id, maxPoints: HISTORY_POINTS }),
    question('run page, figures', RUN_PAGE_MS, runFiguresQuery, { id }),
    question('run page, heat map', RUN_PAGE_MS, runHeatMapQuery, { id }),
    question('run page, percentile curve', RUN_PAGE_MS, percentileCurveQuery, { id, label: null }),
    history('newest first', {}),
    history('by p95', { sort: { field: 'P95', direction: 'DESC' } }),
    history('search', { filter: { search: 'nightly' } }),
    history('search, by p95', { filter: { search: 'orders' }, sort: { field: 'P95', direction: 'ASC' } }),
    history('tag, by table', { filter: { tags: ['release 7'] }, sort: { field: 'TABLE', direction: 'ASC' } }),
    drillDown('first page', {}),
    drillDown('in the middle', { after: inTheMiddle }),
    drillDown('slowest first', { sort: SLOWEST_FIRST }),
    drillDown('slowest first, deep', { sort: SLOWEST_FIRST, after: amongTheSlow }),
    drillDown('one kind, one worker, deep', {
      filter: { kinds: ['INSERT'], workerIds: ['worker-2'] },
      after: inTheMiddle,
    }),
    drillDown('failures', { filter: { success: false } }),
    drillDown('one error group, slowest first', { filter: { errorGroup: '00000000000000aa' }, sort: SLOWEST_FIRST }),
    drillDown('one error category, one kind, deep', { filter: { errorCategories: ['LOCK'], kinds: ['UPDATE'] }, after: inTheMiddle }),
    drillDown('a range of response times, by end', { filter: { minResponseMs: 12, maxResponseMs: 13 } }),
    drillDown('the very slowest, by end, deep', { filter: { minResponseMs: 17 }, after: inTheMiddle }),
    drillDown('a second, slowest first', { filter: { fromSeconds: 1_800, toSeconds: 1_801 }, sort: SLOWEST_FIRST }),
    drillDown('a minute of one kind and worker, slowest first', {
      filter: { fromSeconds: 1_800, toSeconds: 1_860, kinds: ['UPDATE'], workerIds: ['worker-3'], counted: true, phase: 'MEASUREMENT' },
      sort: SLOWEST_FIRST,
    }),
    drillDown('failures of one kind', { filter: { kinds: ['UPDATE'], success: false } }),
    drillDown('failures of a kind that has none', { filter: { kinds: ['RANGE_SCAN'], success: false } }),
    drillDown('failures of a kind that has none, slowest first', {
      filter: { kinds: ['RANGE_SCAN'], success: false },
      sort: SLOWEST_FIRST,
    }),
    drillDown('one kind, worker and error category: none', {
      filter: { kinds: ['UPDATE'], workerIds: ['worker-3'], errorCategories: ['LOCK'] },
    }),
    drillDown('one worker and error category: none', { filter: { workerIds: ['worker-3'], errorCategories: ['LOCK'] } }),
    drillDown('a kind that is never so slow', { filter: { kinds: ['INSERT'], minResponseMs: 12 } }),
    drillDown('a kind and worker that are never so slow, slowest first', {
      filter: { kinds: ['INSERT'], workerIds: ['worker-1'], minResponseMs: 12 },
      sort: SLOWEST_FIRST,
    }),
    drillDown('the slowest of a kind that is never so slow', { filter: { kinds: ['INSERT'] }, sort: SLOWEST_FIRST }),
    drillDown('the very slowest of a kind', { filter: { kinds: ['UPDATE'], minResponseMs: 15 } }),
    drillDown('failures of a second, slowest first', {
      filter: { fromSeconds: 1_800, toSeconds: 1_801, success: false },
      sort: SLOWEST_FIRST,
    }),
    drillDown('failures of a second that are slow', {
      filter: { fromSeconds: 1_800, toSeconds: 1_802, success: false, minResponseMs: 10 },
    }),
    drillDown('successes of a worker, the slowest of half an hour', {
      filter: { fromSeconds: 600, toSeconds: 2_400, success: true, workerIds: ['worker-0'] },
      sort: SLOWEST_FIRST,
    }),
    drillDown('nothing fits', { filter: { workerIds: ['worker-9'] } }),
    question('compare five', COMPARE_MS, compareRunsQuery, { ids: runIds, baselineId: null }),
    question('series of five', COMPARE_MS, compareSeriesQuery, {
      runIds,
      metrics: ['QPS', 'P50', 'P95', 'P99', 'ERRORS_PER_SECOND', 'ACTIVE_CONNECTIONS', 'CPU_PERCENT', 'OVERHEAD'],
      maxPoints: 1_200,
      fromSeconds: null,
      toSeconds: null,
      align: 'MEASUREMENT_START',
    }),
  ]
}
