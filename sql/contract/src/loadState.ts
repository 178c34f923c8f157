import type { ControllerStep } from './controllerStep.ts'
import type { GuardrailStateWord, MaxType, StepPurpose } from './enums.ts'

/**
 * What the controllers of a run remember, in RUN_STATUS: whoever takes a run over goes on from it. All moments are milliseconds from the agreed start.
 * Only what cannot be read from the intervals again is here.
 */

/** Where a worker stands that is not an ordinary member of the fleet from start to end. */
export interface WorkerNote {
  /** JOINING: started during the run, does not serve yet. LEAVING: told to retire. LOST: dead, and the run goes on without it. */
  readonly standing: 'JOINING' | 'LEAVING' | 'LOST'
  readonly atMs: number
  readonly reason: string | null
}

/** By worker id; who is not named is an ordinary member. */
export type FleetNotes = Readonly<Record<string, WorkerNote>>

/** The search for the most connections that hold: RUN_STATUS.FIND_MAX_STATE. */
export interface FindMaxState {
  /** The step under way; null: it is over. */
  readonly step: FindMaxStep | null
  /** Done steps, oldest first, without their histograms. */
  readonly steps: readonly DoneStep[]
  /** Of the first step that held: what later ones are compared with. Corrected when a later one, or the first held once more, shows it to have been cold. */
  readonly baselineP95Ms: number | null
  /** Largest target that held, and smallest that did not (for a reason that speaks of the database). */
  readonly lastGood: number | null
  readonly firstBad: number | null
  /** Set when it is over. Null then too: nothing held. */
  readonly result: FindMaxResult | null
  /** In words, when it is over. */
  readonly endedBecause: string | null
}

export type DoneStep = Omit<ControllerStep, 'latency'>

export interface FindMaxStep {
  readonly stepNumber: number
  readonly purpose: StepPurpose
  readonly targetConnections: number
  readonly workers: number
  readonly startMs: number
  /** When its figures begin to count; null: connections are still being opened, or workers started. */
  readonly observeFromMs: number | null
  /** When it is judged, unless it is extended; null as long as `observeFromMs` is. */
  readonly endsAtMs: number | null
  /** So often it was extended for want of samples, or, the first, observed anew because it was still becoming faster. */
  readonly extensions: number
  /** So often this target was begun anew, because what was observed did not speak of the database. */
  readonly repeats: number
  /** Targets of the next step, if this one holds, and if not; null: then the search ends. */
  readonly nextIfGood: number | null
  readonly nextIfBad: number | null
}

/** The best step: its connections with its own figures. */
export interface FindMaxResult {
  readonly connections: number
  readonly workers: number
  readonly qps: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  readonly errorRate: number
  readonly stepNumber: number
  readonly maxType: MaxType
  /** It was held once more, and held. */
  readonly isConfirmed: boolean
  readonly reason: string
}

/** The controller of a rate: RUN_STATUS.QPS_CONTROLLER_STATE. */
export interface QpsState {
  readonly targetConnections: number
  readonly workers: number
  /** When either was last changed. Intervals before it, and until the connections stand, say nothing about it. */
  readonly changedAtMs: number
  /** Changes so far. */
  readonly stepNumber: number
  /** Why, in words. */
  readonly reason: string | null
  /** The newest changes, oldest first, at most ten; all are in CONTROLLER_STEP_HISTORY. */
  readonly recent: readonly DoneStep[]
}

/** The run met its bounds: RUN_STATUS.BOUNDS_STATE. */
export interface BoundsState {
  readonly atMs: number
  readonly achievedQps: number
  readonly targetQps: number
  readonly targetConnections: number
  /** Workers and connections that the bounds allow. */
  readonly maxWorkers: number
  readonly ceilingConnections: number
  readonly words: string
}

/** What the guardrails have done: RUN_STATUS.GUARDRAIL_STATE. Counts of intervals are not kept: they begin anew with a new owner. */
export interface GuardrailState {
  readonly state: GuardrailStateWord
  /** Connections that a worker which was backed off may hold at most, by worker id: no controller undoes it. */
  readonly ceilings: Readonly<Record<string, number>>
  /** Workers over a bound when this was written. */
  readonly workersOverCpu: number
  readonly workersOverMemory: number
  /** Oldest first, at most twenty. */
  readonly actions: readonly GuardrailAction[]
}

export interface GuardrailAction {
  readonly atMs: number
  readonly workerId: string
  readonly fromConnections: number
  readonly toConnections: number
  /** In words, with the figure and the bound. */
  readonly reason: string
}

/** Ids of the workers that serve the run now, by group id: those that are expected, without those that join, leave or are lost. */
export const servingWorkers = (run: { readonly workersExpected: number; readonly fleetNotes: FleetNotes }): string[] =>
  Array.from({ length: run.workersExpected }, (_, groupId) => `worker-${groupId}`).filter(id => run.fleetNotes[id] === undefined)
