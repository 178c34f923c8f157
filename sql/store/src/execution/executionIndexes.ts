import { type Condition, CUT_OFF, FAILED } from './executionFilter.ts'

export type OrderColumn = 'end_ms' | 'response_ms'

/** An index of QUERY_EXECUTIONS on PostgreSQL, as 100_indexes.sql makes it: of the rows of a run with one value of a column, in an order. */
export interface ExecutionIndex {
  /** It holds only rows of which this is said; null: all. */
  readonly only: typeof FAILED | typeof CUT_OFF | null
  readonly equal: string | null
  readonly order: OrderColumn
}

const index = (only: ExecutionIndex['only'], equal: string | null, order: OrderColumn): ExecutionIndex => ({ only, equal, order })

/** Those of few rows first. */
export const INDEXES: readonly ExecutionIndex[] = [
  ...(['label', 'worker_id', 'error_category', 'error_group', null] as const).flatMap(equal => [
    index(FAILED, equal, 'end_ms'),
    ...(equal === 'worker_id' ? [] : [index(FAILED, equal, 'response_ms')]),
  ]),
  index(CUT_OFF, null, 'end_ms'),
  index(null, 'label', 'end_ms'),
  index(null, 'label', 'response_ms'),
  index(null, 'worker_id', 'end_ms'),
  index(null, null, 'response_ms'),
  index(null, null, 'end_ms'),
]

/** A part of an index that holds every row that is asked for, and others. */
export interface Stretch {
  /** Those of the conditions that it begins and ends by. */
  readonly within: readonly Condition[]
  /** How its rows follow one another. */
  readonly order: string
}

/**
 * The stretches in which rows that fulfil all conditions are to be found, none within another; none where an index has just these rows in the order that
 * is asked for.
 */
export const stretchesOf = (conditions: readonly Condition[], order: OrderColumn): Stretch[] => {
  const found = INDEXES.flatMap(one => {
    const isFit = isSaid(conditions, one.only) && (one.equal === null || conditions.some(({ column }) => column === one.equal))
    const within = conditions.filter(({ sql, column }) => sql === one.only || column === one.equal || column === one.order)
    return isFit && within.length > 0 ? [{ one, within }] : []
  })
  const isExact = found.some(
    ({ one, within }) =>
      within.length === conditions.length &&
      one.order === order &&
      within.every(({ column, binds }) => column !== one.equal || binds.length === 1),
  )
  if (isExact) return []
  return found
    .filter(
      ({ within }, at) =>
        !found.some((other, place) => isPart(within, other.within) && (within.length < other.within.length || place < at)),
    )
    .map(({ one, within }) => ({ within, order: [one.equal, one.order, 'execution_id'].filter(column => column !== null).join(', ') }))
}

const isSaid = (conditions: readonly Condition[], only: ExecutionIndex['only']): boolean =>
  only === null || conditions.some(({ sql }) => sql === only)

const isPart = (some: readonly Condition[], all: readonly Condition[]): boolean => some.every(one => all.includes(one))
