import type { RunRow } from '../../api/documents/runListDocuments.ts'
import { measuredOnly } from '../../stores/runState.ts'
import { clockText, spanText } from '../../ui/words/durations.ts'
import { isOnSnowflake } from '../../ui/words/kinds.ts'
import { NOT_MEASURED } from '../../ui/words/numbers.ts'
import { computeText, connectionsText, loadGoalText, loadTimeText, spreadText } from '../../ui/words/plans.ts'
import { ACTIVE_STATUSES, SCALING_WORDS } from './historyFilters.ts'

/** The figures of a row; null: not measured. */
export interface RowFigures {
  readonly qps: number
  readonly operations: number | null
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  readonly errorRate: number | null
}

export const isActiveRow = (run: Pick<RunRow, 'status'>): boolean => ACTIVE_STATUSES.some(status => status === run.status)
export const isOverRow = (run: Pick<RunRow, 'status'>): boolean => run.status !== 'PREPARED' && !isActiveRow(run)

/** Of a search that found something: its best step. */
export const bestStepOf = (run: RunRow) => (isActiveRow(run) ? null : (run.controller?.findMax?.result ?? null))

/** Of the measurement; of a search its best step's, which has no others. */
export const figuresOf = (run: RunRow): RowFigures | null => {
  const best = bestStepOf(run)
  if (best === null) return measuredOnly(run.aggregateMetrics)
  return { qps: best.qps, p95Ms: best.p95Ms, errorRate: best.errorRate, operations: null, p50Ms: null, p99Ms: null }
}

/** What a tooltip says before a figure where it is not of the whole run. */
export const figuresPrefix = (run: RunRow): string => {
  const best = bestStepOf(run)
  if (best !== null) return `Best step, ${connectionsText(best.connections)}: `
  if (isActiveRow(run)) return 'Now: '
  return run.plan.load.mode === 'FIND_MAX_CONCURRENCY' ? 'All steps together: ' : ''
}

/** What is driven: 2 × 16 connections, 2.00 k/s on a schedule, or what was best in a search. */
export const loadText = (run: RunRow): string => {
  const best = bestStepOf(run)
  if (best !== null) return `best: ${connectionsText(best.connections)}`
  const { load, workerCount, targetConnections } = run.plan
  return load.mode === 'CONCURRENCY' ? spreadText(workerCount, targetConnections) : loadGoalText(load)
}

/** How it is driven: auto scaling · 5 min. */
export const loadNote = ({ plan }: RunRow): string => {
  const scaling = `${SCALING_WORDS[plan.scaling.mode].toLowerCase()} scaling`
  return plan.load.mode === 'FIND_MAX_CONCURRENCY' ? scaling : `${scaling} · ${spanText(plan.load.durationSeconds)}`
}

export const loadTitle = (run: RunRow): string => `${loadText(run)}, ${loadTimeText(run.plan.load)}\n${run.plan.summary}`

export const warehouseText = ({ plan: { target } }: RunRow): string =>
  isOnSnowflake(target.tableType) ? computeText(target) || NOT_MEASURED : NOT_MEASURED

/** How long was measured, by which the server sorts; of a run under way how long it is on the way. */
export const durationText = (run: RunRow, nowMs: number): string => {
  if (isActiveRow(run)) return run.timing.startRequestedAt === null ? NOT_MEASURED : clockText((nowMs - startedMs(run)) / 1_000)
  const measured = measuredOnly(run.aggregateMetrics)
  return measured === null ? NOT_MEASURED : clockText(measured.windowSeconds)
}

export const durationTitle = (run: RunRow): string => {
  if (run.timing.startRequestedAt === null) return 'It has not been started'
  if (isActiveRow(run)) return 'Since the start was asked for'
  return `Measured; ${clockText(run.timing.elapsedSeconds)} from the start asked for to the end`
}

const startedMs = (run: RunRow): number => Date.parse(run.timing.startRequestedAt ?? run.createdAt)

/** When its start was asked for; null before. */
export const startedAtMs = (run: RunRow): number | null => (run.timing.startRequestedAt === null ? null : startedMs(run))

export const fullName = ({ name, number }: Pick<RunRow, 'name' | 'number'>): string => `${name} #${number}`
