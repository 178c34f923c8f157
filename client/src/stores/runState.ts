import type { RunDetail, RunStatus, RunUpdate } from '../api/documents/runDocuments.ts'
import type { Metrics, RunTiming } from '../api/documents/runFields.ts'

/** What changes about a run while it goes on; the query and the subscription both tell all of it. */
export interface RunState {
  readonly status: RunStatus
  readonly phase: RunDetail['phase']
  readonly completionReason: RunDetail['completionReason']
  readonly cancellationReason: string | null
  readonly workerCount: number
  readonly workersReady: number | null
  readonly timing: RunTiming
  readonly aggregateMetrics: Metrics | null
  readonly measurementMetrics: Metrics | null
}

const TERMINAL: ReadonlySet<RunStatus> = new Set<RunStatus>(['COMPLETED', 'CANCELLED', 'FAILED'])

export const isTerminal = (status: RunStatus): boolean => TERMINAL.has(status)
export const isActive = (status: RunStatus): boolean => status !== 'PREPARED' && !isTerminal(status)

/** Figures of an interval in which nothing was measured, as when a run ends during warmup, are no figures. */
export const measuredOnly = <Figures extends { readonly windowSeconds: number }>(figures: Figures | null): Figures | null =>
  figures === null || figures.windowSeconds === 0 ? null : figures

export const stateOfDetail = (run: RunDetail): RunState => ({
  status: run.status,
  phase: run.phase,
  completionReason: run.completionReason,
  cancellationReason: run.cancellationReason,
  workerCount: run.workerCount,
  workersReady: null,
  timing: run.timing,
  aggregateMetrics: measuredOnly(run.aggregateMetrics),
  measurementMetrics: run.aggregateMetrics?.scope === 'MEASUREMENT' ? measuredOnly(run.aggregateMetrics) : null,
})

export const stateOfUpdate = ({ run }: RunUpdate): RunState => ({
  status: run.status,
  phase: run.phase,
  completionReason: run.completionReason,
  cancellationReason: run.cancellationReason,
  workerCount: run.workerCount,
  workersReady: run.workersReady,
  timing: run.timing,
  aggregateMetrics: measuredOnly(run.aggregateMetrics),
  measurementMetrics: measuredOnly(run.measurementMetrics),
})

/** Of two states the one that the server told later; an end is never taken back. */
export const newerState = (known: RunState | null, told: RunState): RunState => {
  if (known === null) return told
  if (isTerminal(known.status) && !isTerminal(told.status)) return known
  return Date.parse(told.timing.serverNow) >= Date.parse(known.timing.serverNow) ? told : known
}
