import type { RunRow } from '../../api/documents/runListDocuments.ts'
import { measuredOnly } from '../../stores/runState.ts'
import { clockText, spanText } from '../../ui/words/durations.ts'
import { isOnSnowflake } from '../../ui/words/kinds.ts'
import { msText, NOT_MEASURED, qpsText } from '../../ui/words/numbers.ts'
import { computeText, connectionsText, loadGoalText, loadTimeText, spreadText } from '../../ui/words/plans.ts'
import { ACTIVE_STATUSES, SCALING_WORDS } from './historyFilters.ts'

export const isActiveRow = (run: Pick<RunRow, 'status'>): boolean => ACTIVE_STATUSES.some(status => status === run.status)
export const isOverRow = (run: Pick<RunRow, 'status'>): boolean => run.status !== 'PREPARED' && !isActiveRow(run)

/** Why a run cannot be compared, in words; null: it can. */
export const notComparedBecause = (run: Pick<RunRow, 'status'>): string | null => {
  if (run.status === 'PREPARED') return 'It has not run yet: there is nothing to compare'
  return isActiveRow(run) ? 'It is still under way: compare it when it is over' : null
}

/** Of a search that found something: its best step. */
const bestStepOf = (run: RunRow) => (isActiveRow(run) ? null : (run.controller?.findMax?.result ?? null))

/** Of the whole measurement, by which the server sorts; null: nothing was measured. */
export const figuresOf = (run: RunRow) => measuredOnly(run.aggregateMetrics)

/** What a tooltip says before a figure where it needs it. */
export const figuresPrefix = (run: RunRow): string => {
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

/** How it is driven: auto scaling · 5 min; of a search that found something what its best step held. */
export const loadNote = (run: RunRow): string => {
  const best = bestStepOf(run)
  if (best !== null) return `${qpsText(best.qps)} · p95 ${msText(best.p95Ms)}`
  const { plan } = run
  const scaling = `${SCALING_WORDS[plan.scaling.mode].toLowerCase()} scaling`
  return plan.load.mode === 'FIND_MAX_CONCURRENCY' ? scaling : `${scaling} · ${spanText(plan.load.durationSeconds)}`
}

export const loadTitle = (run: RunRow): string => {
  const what = bestStepOf(run) === null ? loadText(run) : `${loadText(run)}, ${loadNote(run)}`
  return `${what}, ${loadTimeText(run.plan.load)}\n${run.plan.summary}`
}

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
