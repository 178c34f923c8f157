import { type ErrorCategory, OPERATION_KINDS, type OperationKind, type RunPhase } from '@flakebench/contract'
import type { Bind } from '../client/sqlClient.ts'

/** Which executions of a run; null, and of lists the empty one: all. */
export interface ExecutionFilter {
  readonly kinds?: readonly OperationKind[] | null
  readonly labels?: readonly string[] | null
  /** All labels that GENERIC_SQL has in the run's plan, so that kinds are found by their labels; absent: they are not known. */
  readonly genericLabels?: readonly string[]
  readonly workerIds?: readonly string[] | null
  readonly phase?: RunPhase | null
  readonly counted?: boolean | null
  readonly success?: boolean | null
  readonly errorCategories?: readonly ErrorCategory[] | null
  readonly errorGroup?: string | null
  readonly minResponseMs?: number | null
  readonly maxResponseMs?: number | null
  /** It ended at or after / before, milliseconds from the agreed start. */
  readonly fromMs?: number | null
  readonly toMs?: number | null
}

/** What a row must fulfil, of one column of QUERY_EXECUTIONS. */
export interface Condition {
  readonly column: string
  readonly sql: string
  readonly binds: readonly Bind[]
}

export const FAILED = 'NOT success'
export const CUT_OFF = 'NOT counted'

const isKind = (label: string): boolean => (OPERATION_KINDS as readonly string[]).includes(label)

/** What the filter asks of a row, beside its run. */
export const conditionsOf = (filter: ExecutionFilter): Condition[] => {
  const conditions: Condition[] = []
  const where = (column: string, relation: string, value: Bind | undefined): void => {
    if (value !== null && value !== undefined) conditions.push({ column, sql: `${column} ${relation} ?`, binds: [value] })
  }
  const among = (column: string, words: readonly string[] | null | undefined): void => {
    if (words === null || words === undefined || words.length === 0) return
    conditions.push({ column, sql: `${column} IN (${words.map(() => '?').join(', ')})`, binds: words })
  }
  // As words, and not as a value: an index of failures alone is used only where the statement says that it asks for no others.
  const said = (column: string, sql: string): void => void conditions.push({ column, sql, binds: [] })
  const kinds = filter.kinds ?? []
  const { genericLabels: generic } = filter
  // Labels have an index, which kinds have not; of a canonical kind it is the kind itself. To ask for both would have the planner expect far too few.
  if (generic !== undefined && !generic.some(isKind) && (generic.length > 0 || !kinds.includes('GENERIC_SQL')))
    among(
      'label',
      kinds.flatMap(kind => (kind === 'GENERIC_SQL' ? generic : [kind])),
    )
  else among('query_kind', kinds)
  among('label', filter.labels)
  among('worker_id', filter.workerIds)
  among('error_category', filter.errorCategories)
  where('error_group', '=', filter.errorGroup)
  where('phase', '=', filter.phase)
  where('response_ms', '>=', filter.minResponseMs)
  where('response_ms', '<=', filter.maxResponseMs)
  where('end_ms', '>=', filter.fromMs)
  where('end_ms', '<', filter.toMs)
  const wantsError = (filter.errorCategories ?? []).length > 0 || (filter.errorGroup ?? null) !== null
  if (filter.success === true) said('success', 'success')
  if (filter.success === false || wantsError) said('success', FAILED)
  if (filter.counted === true) said('counted', 'counted')
  if (filter.counted === false) said('counted', CUT_OFF)
  return conditions
}
