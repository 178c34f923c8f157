import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { Execution, ExecutionFilter, ExecutionSort } from '../api/documents/executionDocuments.ts'
import { isKind, type OperationKind } from '../ui/words/kinds.ts'
import { inOrder, readAmount } from '../ui/words/ranges.ts'

type Phase = Execution['phase']
type Category = NonNullable<Execution['errorCategory']>

/** Which executions are shown, and in which order; all of it is in the URL. Null: whatever it is. */
export interface ExecutionView {
  readonly kinds: readonly OperationKind[]
  readonly labels: readonly string[]
  readonly workerId: string | null
  readonly success: boolean | null
  readonly category: Category | null
  readonly group: string | null
  readonly minMs: number | null
  readonly maxMs: number | null
  readonly fromSeconds: number | null
  readonly toSeconds: number | null
  readonly phase: Phase | null
  readonly counted: boolean | null
  readonly field: 'END' | 'RESPONSE'
  readonly direction: 'ASC' | 'DESC'
}

export const ALL_EXECUTIONS: ExecutionView = {
  kinds: [],
  labels: [],
  workerId: null,
  success: null,
  category: null,
  group: null,
  minMs: null,
  maxMs: null,
  fromSeconds: null,
  toSeconds: null,
  phase: null,
  counted: null,
  field: 'END',
  direction: 'ASC',
}

export const ERROR_CATEGORIES: readonly Category[] = [
  'AUTHENTICATION',
  'CANCELLED',
  'CONNECTION',
  'CONSTRAINT',
  'DATA',
  'LOCK',
  'MISSING_OBJECT',
  'OTHER',
  'PERMISSION',
  'RESOURCE',
  'SYNTAX',
  'THROTTLED',
  'TIMEOUT',
]
export const EXECUTION_PHASES = ['WARMUP', 'MEASUREMENT', 'PROCESSING'] as const satisfies readonly Phase[]

const upper = (text: string): string => text.toUpperCase()
const lower = (text: string | null): string | undefined => text?.toLowerCase() ?? undefined

const readFlag = (text: string | null): boolean | null => (text === 'yes' ? true : text === 'no' ? false : null)
const flag = (value: boolean | null): string | undefined => (value === null ? undefined : value ? 'yes' : 'no')
const amount = (value: number | null): string | undefined => (value === null ? undefined : String(value))

/** What the URL asks for; what it does not know it ignores. */
export const readExecutionView = (query: LocationQuery): ExecutionView => {
  const read = (key: string): string | null => {
    const value = query[key]
    return typeof value === 'string' && value !== '' ? value : null
  }
  const among = <Word extends string>(words: readonly Word[], key: string): Word | null =>
    words.find(word => word === upper(read(key) ?? '')) ?? null
  const sort = read('sort')
  const [minMs, maxMs] = inOrder(readAmount(read('min')), readAmount(read('max')))
  const [fromSeconds, toSeconds] = inOrder(readAmount(read('from')), readAmount(read('to')))
  return {
    kinds: (read('kind') ?? '').split(' ').map(upper).filter(isKind),
    labels: [query['label']].flat().flatMap(label => (label == null || label === '' ? [] : [label])),
    workerId: read('worker'),
    success: readFlag(read('success')),
    category: among(ERROR_CATEGORIES, 'category'),
    group: read('group'),
    minMs,
    maxMs,
    fromSeconds,
    toSeconds,
    phase: among(EXECUTION_PHASES, 'phase'),
    counted: readFlag(read('counted')),
    field: sort?.endsWith('response') ? 'RESPONSE' : 'END',
    direction: sort?.startsWith('-') ? 'DESC' : 'ASC',
  }
}

/** The URL of a view: only what differs from all executions in the order of time. */
export const executionQuery = (change: Partial<ExecutionView>): LocationQueryRaw => {
  const view = { ...ALL_EXECUTIONS, ...change }
  const sort = `${view.direction === 'DESC' ? '-' : ''}${view.field.toLowerCase()}`
  const query: Readonly<Record<string, LocationQueryRaw[string]>> = {
    kind: view.kinds.length === 0 ? undefined : view.kinds.join(' ').toLowerCase(),
    label: view.labels.length > 1 ? [...view.labels] : view.labels[0],
    worker: view.workerId ?? undefined,
    success: flag(view.success),
    category: lower(view.category),
    group: view.group ?? undefined,
    min: amount(view.minMs),
    max: amount(view.maxMs),
    from: amount(view.fromSeconds),
    to: amount(view.toSeconds),
    phase: lower(view.phase),
    counted: flag(view.counted),
    sort: sort === 'end' ? undefined : sort,
  }
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined))
}

export const executionsPath = (runId: string, change: Partial<ExecutionView> = {}) => ({
  path: `/runs/${runId}/executions`,
  query: executionQuery(change),
})

/** As the server is asked. */
export const filterOf = (view: ExecutionView): ExecutionFilter => ({
  ...(view.kinds.length > 0 ? { kinds: [...view.kinds] } : {}),
  ...(view.labels.length > 0 ? { labels: [...view.labels] } : {}),
  ...(view.workerId === null ? {} : { workerIds: [view.workerId] }),
  ...(view.success === null ? {} : { success: view.success }),
  ...(view.category === null ? {} : { errorCategories: [view.category] }),
  ...(view.group === null ? {} : { errorGroup: view.group }),
  ...(view.minMs === null ? {} : { minResponseMs: view.minMs }),
  ...(view.maxMs === null ? {} : { maxResponseMs: view.maxMs }),
  ...(view.fromSeconds === null ? {} : { fromSeconds: view.fromSeconds }),
  ...(view.toSeconds === null ? {} : { toSeconds: view.toSeconds }),
  ...(view.phase === null ? {} : { phase: view.phase }),
  ...(view.counted === null ? {} : { counted: view.counted }),
})

export const sortOf = ({ field, direction }: ExecutionView): ExecutionSort => ({ field, direction })

/** How many of the filters are set. */
export const filterCount = (view: ExecutionView): number => Object.keys(filterOf(view)).length
