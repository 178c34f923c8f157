import type { FleetNote, GuardrailStatus, LoadBounds, LoadController, SloJudgement, WaitedRun } from '../api/documents/loadFields.ts'
import type { RunDetail, RunStatus, RunUpdate } from '../api/documents/runDocuments.ts'
import type { Metrics, Processing, ResultArrivals, RunTiming } from '../api/documents/runFields.ts'

/** What changes about a run while it goes on; the query and the subscription both tell all of it. */
export interface RunState {
  readonly status: RunStatus
  readonly phase: RunDetail['phase']
  readonly completionReason: RunDetail['completionReason']
  readonly cancellationReason: string | null
  readonly workerCount: number
  readonly workersReady: number | null
  readonly timing: RunTiming
  /** How far the processing is; null before and after it. */
  readonly processing: Processing | null
  readonly aggregateMetrics: Metrics | null
  readonly measurementMetrics: Metrics | null
  /** Of the measurement so far, or as a whole; null before, and in a closed loop. */
  readonly arrivals: ResultArrivals | null
  /** What steers the load; null for a run that holds its connections. */
  readonly controller: LoadController | null
  readonly bounds: LoadBounds | null
  readonly guardrail: GuardrailStatus | null
  readonly fleetNotes: readonly FleetNote[]
  readonly waitsFor: WaitedRun | null
  /** Of the measurement so far, or as a whole. */
  readonly slos: readonly SloJudgement[]
  /** Of the newest interval; empty when the run is over. */
  readonly slosNow: readonly SloJudgement[]
}

const TERMINAL: ReadonlySet<RunStatus> = new Set<RunStatus>(['COMPLETED', 'CANCELLED', 'FAILED'])

export const isTerminal = (status: RunStatus): boolean => TERMINAL.has(status)
export const isActive = (status: RunStatus): boolean => status !== 'PREPARED' && !isTerminal(status)

/** Figures of an interval in which nothing was measured, as when a run ends during warmup, are no figures. */
export const measuredOnly = <Figures extends { readonly windowSeconds: number }>(figures: Figures | null): Figures | null =>
  figures === null || figures.windowSeconds === 0 ? null : figures

type LoadState = Pick<RunState, 'controller' | 'bounds' | 'guardrail' | 'fleetNotes' | 'waitsFor'>

const loadStateOf = ({ controller, bounds, guardrail, fleetNotes, waitsFor }: LoadState): LoadState => ({
  controller,
  bounds,
  guardrail,
  fleetNotes,
  waitsFor,
})

type ToldByUpdates = Pick<RunState, 'workersReady' | 'measurementMetrics' | 'arrivals' | 'slos' | 'slosNow'>

const NOTHING_TOLD: ToldByUpdates = { workersReady: null, measurementMetrics: null, arrivals: null, slos: [], slosNow: [] }

const wholeOf = ({ aggregateMetrics }: RunDetail): Metrics | null =>
  aggregateMetrics?.scope === 'MEASUREMENT' ? measuredOnly(aggregateMetrics) : null

/** Of a run that goes on the query leaves out what only updates tell: that stays as it was `known`. */
const toldByUpdates = (run: RunDetail, known: ToldByUpdates | null): ToldByUpdates => {
  if (!isTerminal(run.status)) {
    const { workersReady, measurementMetrics, arrivals, slos, slosNow } = known ?? NOTHING_TOLD
    return { workersReady, measurementMetrics: wholeOf(run) ?? measurementMetrics, arrivals, slos, slosNow }
  }
  return {
    ...NOTHING_TOLD,
    measurementMetrics: wholeOf(run),
    arrivals: run.result?.arrivals ?? null,
    slos: run.result?.slos ?? [],
  }
}

/** @param known of the same run, from before */
export const stateOfDetail = (run: RunDetail, known: RunState | null = null): RunState => ({
  ...loadStateOf(run),
  ...toldByUpdates(run, known),
  status: run.status,
  phase: run.phase,
  completionReason: run.completionReason,
  cancellationReason: run.cancellationReason,
  workerCount: run.workerCount,
  timing: run.timing,
  processing: run.processing,
  aggregateMetrics: measuredOnly(run.aggregateMetrics),
})

export const stateOfUpdate = ({ run }: RunUpdate): RunState => ({
  ...loadStateOf(run),
  slos: run.slos,
  slosNow: run.slosNow,
  status: run.status,
  phase: run.phase,
  completionReason: run.completionReason,
  cancellationReason: run.cancellationReason,
  workerCount: run.workerCount,
  workersReady: run.workersReady,
  timing: run.timing,
  processing: run.processing,
  aggregateMetrics: measuredOnly(run.aggregateMetrics),
  measurementMetrics: measuredOnly(run.measurementMetrics),
  arrivals: run.arrivals,
})

/** Of two states the one that the server told later; an end is never taken back. */
export const newerState = (known: RunState | null, told: RunState): RunState => {
  if (known === null) return told
  if (isTerminal(known.status) && !isTerminal(told.status)) return known
  return Date.parse(told.timing.serverNow) >= Date.parse(known.timing.serverNow) ? told : known
}
