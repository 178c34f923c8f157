import { type ExecutionRecord, isTerminal, type ExecutionsKept as KeptRecord, type RunPhase, type RunRecord } from '@flakebench/contract'
import type { ExecutionFilter as Filter } from '@flakebench/store'
import type { ExecutionChoice } from '../../exports/executions.ts'
import { refuseOddFilter } from '../filterProblems.ts'
import type { ExecutionFilter, ExecutionSort } from './execution.input.ts'
import type { Execution, ExecutionsKept } from './execution.type.ts'

export const toExecution = (record: ExecutionRecord): Execution => ({
  id: record.id,
  workerId: record.workerId,
  connection: record.connection,
  kind: record.kind,
  label: record.label,
  phase: record.phase,
  counted: record.counted,
  intendedStartSeconds: record.intendedStartMs / 1_000,
  startSeconds: record.startMs / 1_000,
  endSeconds: record.endMs / 1_000,
  responseMs: record.responseMs,
  serviceMs: record.endMs - record.startMs,
  rows: record.rows,
  success: record.success,
  retried: record.retried,
  errorCategory: record.errorCategory,
  error: record.error,
  errorGroup: record.errorGroup,
  queryId: record.queryId,
  server: record.server,
})

const DEFAULT_SORT: ExecutionSort = { field: 'END', direction: 'ASC' }

/** @throws Refusal for values that no column could be compared with */
export const toChoice = (
  run: RunRecord,
  filter: ExecutionFilter | null | undefined,
  sort: ExecutionSort | null | undefined,
): ExecutionChoice => ({
  filter: toStoreFilter(run, filter ?? {}),
  sort: { ...DEFAULT_SORT, ...sort },
})

const toStoreFilter = (run: RunRecord, sent: ExecutionFilter): Filter => {
  refuseOddFilter(sent)
  const { fromSeconds, toSeconds, ...filter } = sent
  const span = spanOfPhase(run, filter.phase ?? null)
  const fromMs = Math.max(span.fromMs, fromSeconds == null ? Number.NEGATIVE_INFINITY : fromSeconds * 1_000)
  const toMs = Math.min(span.toMs, toSeconds == null ? Number.POSITIVE_INFINITY : toSeconds * 1_000)
  const genericLabels = run.plan.operations.filter(({ kind }) => kind === 'GENERIC_SQL').map(({ label }) => label)
  return { ...filter, genericLabels, fromMs: Number.isFinite(fromMs) ? fromMs : null, toMs: Number.isFinite(toMs) ? toMs : null }
}

/** An execution's phase is the worker's word for it: a little beyond the edges by the plan. */
const SLACK_MS = 1_000

/** Where the executions of a phase must be, so that the others need not be read: a run may be stopped, and so processed, in its warmup. */
const spanOfPhase = ({ plan }: RunRecord, phase: RunPhase | null): { readonly fromMs: number; readonly toMs: number } => {
  const warmupMs = plan.load.warmupSeconds * 1_000
  return {
    fromMs: phase === 'MEASUREMENT' ? warmupMs - SLACK_MS : Number.NEGATIVE_INFINITY,
    toMs: phase === 'WARMUP' ? warmupMs + SLACK_MS : Number.POSITIVE_INFINITY,
  }
}

const NOTHING = { loaded: 0, expected: 0, dropped: 0, differences: [], unread: [] }

/** @param kept null: nothing is known of it */
export const toExecutionsKept = (run: RunRecord, kept: KeptRecord | null): ExecutionsKept => {
  const isWanted = run.plan.advanced.keepExecutions ?? false
  if (kept === null) return { state: isWanted && !isTerminal(run.status) ? 'WAITING' : 'NOT_KEPT', ...NOTHING }
  return {
    ...kept,
    differences: kept.differences.map(one => ({ ...one, phase: one.phase === 'CUT_OFF' ? null : one.phase })),
  }
}
