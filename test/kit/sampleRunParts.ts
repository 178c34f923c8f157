import type { Execution, ExecutionFilter, ExecutionSort, ExecutionsHead } from '../../client/src/api/documents/executionDocuments.ts'
import type {
  Enrichment,
  ErrorGroup,
  ExecutionsKept,
  HeatMap,
  PercentilePoint,
  RunFigures,
  SliceFigures,
} from '../../client/src/api/documents/runPartDocuments.ts'
import { at } from './sampleConsole.ts'

export interface ExecutionQuestion {
  readonly first: number
  readonly after?: string | null
  readonly filter?: ExecutionFilter | null
  readonly sort?: ExecutionSort | null
}

/** What the page of a run asks for apart from the run itself. */
export interface RunParts {
  readonly executionsKept: ExecutionsKept
  readonly figures: RunFigures | null
  readonly heatMap: HeatMap | null
  readonly percentileCurve: (asked: { readonly label?: string | null }) => readonly PercentilePoint[]
  readonly enrichments: readonly Enrichment[]
  readonly statements: ExecutionsHead['statements']
  readonly executions: (question: ExecutionQuestion) => unknown
}

export const executionsKept = (change: Partial<ExecutionsKept> = {}): ExecutionsKept => ({
  state: 'NOT_KEPT',
  loaded: 0,
  expected: 0,
  dropped: 0,
  differences: [],
  unread: [],
  ...change,
})

/** Of a run of which nothing more is known. */
export const noParts = (): RunParts => ({
  executionsKept: executionsKept(),
  figures: null,
  heatMap: null,
  percentileCurve: () => [],
  enrichments: [],
  statements: [],
  executions: () => executionPages([])({ first: 1 }),
})

export const sliceFigures = (change: Partial<SliceFigures> = {}): SliceFigures => ({
  slice: 'ALL',
  name: 'ALL',
  operations: 6_000,
  errors: 0,
  errorRate: 0,
  qps: 100,
  achievedPercent: 100,
  plannedPercent: null,
  p50Ms: 1,
  p90Ms: 1.6,
  p95Ms: 2,
  p99Ms: 3,
  p999Ms: 4,
  minMs: 0.5,
  maxMs: 5,
  meanMs: 1.1,
  ...change,
})

export const errorGroup = (change: Partial<ErrorGroup> = {}): ErrorGroup => ({
  id: 'group-1',
  category: 'LOCK',
  message: 'deadlock detected',
  sample: 'deadlock detected: process 4711 waits',
  count: 12,
  byLabel: [{ name: 'UPDATE', count: 12 }],
  byWorker: [{ name: 'worker-0', count: 12 }],
  firstSeconds: 6,
  lastSeconds: 40,
  ...change,
})

export const runFigures = (change: Partial<RunFigures> = {}): RunFigures => ({
  slices: [sliceFigures()],
  errorGroups: [],
  areErrorsWhole: true,
  ...change,
})

export const enrichment = (change: Partial<Enrichment> = {}): Enrichment => ({
  source: 'STATEMENT_STATISTICS',
  status: 'COMPLETED',
  note: null,
  matched: null,
  expected: null,
  coveragePercent: null,
  attempts: 1,
  dueAt: null,
  updatedAt: at(70),
  fromSeconds: null,
  toSeconds: null,
  statements: [],
  clusters: [],
  overhead: [],
  ...change,
})

export const execution = (number: number, change: Partial<Execution> = {}): Execution => ({
  id: `worker-0.1.${number}`,
  workerId: 'worker-0',
  connection: number % 4,
  kind: 'POINT_LOOKUP',
  label: 'POINT_LOOKUP',
  phase: 'MEASUREMENT',
  counted: true,
  intendedStartSeconds: 5 + number / 100,
  startSeconds: 5 + number / 100,
  endSeconds: 5.001 + number / 100,
  responseMs: 1 + number / 1_000,
  serviceMs: 1 + number / 1_000,
  rows: 1,
  success: true,
  retried: false,
  errorCategory: null,
  error: null,
  errorGroup: null,
  queryId: null,
  server: null,
  ...change,
})

const isWanted = (each: Execution, filter: ExecutionFilter): boolean =>
  (filter.kinds == null || filter.kinds.includes(each.kind)) &&
  (filter.labels == null || filter.labels.includes(each.label)) &&
  (filter.workerIds == null || filter.workerIds.includes(each.workerId)) &&
  (filter.phase == null || filter.phase === each.phase) &&
  (filter.counted == null || filter.counted === each.counted) &&
  (filter.success == null || filter.success === each.success) &&
  (filter.errorGroup == null || filter.errorGroup === each.errorGroup) &&
  (filter.minResponseMs == null || each.responseMs >= filter.minResponseMs) &&
  (filter.maxResponseMs == null || each.responseMs <= filter.maxResponseMs) &&
  (filter.fromSeconds == null || each.endSeconds >= filter.fromSeconds) &&
  (filter.toSeconds == null || each.endSeconds < filter.toSeconds)

/** Answers for these executions by filter, order and page as the server does. */
export const executionPages =
  (all: readonly Execution[], asked: ExecutionQuestion[] = []) =>
  (question: ExecutionQuestion) => {
    asked.push(question)
    const keyOf = (each: Execution): number => (question.sort?.field === 'RESPONSE' ? each.responseMs : each.endSeconds)
    const turn = question.sort?.direction === 'DESC' ? -1 : 1
    const wanted = all.filter(each => isWanted(each, question.filter ?? {})).toSorted((a, b) => turn * (keyOf(a) - keyOf(b)))
    const from = question.after == null ? 0 : wanted.findIndex(each => each.id === question.after) + 1
    const page = wanted.slice(from, from + question.first)
    return {
      edges: page.map(node => ({ node, cursor: node.id })),
      pageInfo: { hasNextPage: from + page.length < wanted.length, endCursor: page.at(-1)?.id ?? null },
    }
  }
