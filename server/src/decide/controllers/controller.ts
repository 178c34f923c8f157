import type { CompletionReason, ControllerStep, Plan, Rollup } from '@flakebench/contract'

/**
 * What a load controller sees, once for each beat of the run; all of it can be read again after a takeover. Moments are milliseconds from the agreed
 * start, now by the control database's clock.
 */
export interface LoadSight {
  readonly nowMs: number
  readonly plan: Plan
  /** Where the measurement begins. */
  readonly measurementFromMs: number
  /** Intervals that are settled (all workers have reported them, or have had time to), oldest first, without a gap. */
  readonly intervals: readonly Rollup[]
  /** Statements that waited in the warehouse, oldest first; empty where there is none. */
  readonly queueSamples: readonly QueueSample[]
  readonly fleet: FleetSize
  /** The run's workers hold as their targets now, together. */
  readonly targetConnections: number
  /** Connections that guardrails have taken away were last taken then; null: never. What was observed across it is void. */
  readonly backedOffAtMs: number | null
  /** A worker was last lost, or began to serve, then; null: never. */
  readonly fleetChangedAtMs: number | null
}

export interface QueueSample {
  readonly atMs: number
  readonly queued: number
}

export interface FleetSize {
  /** Workers that serve now. */
  readonly serving: number
  /** Started, and not serving yet. */
  readonly joining: number
  /** Serving workers that may be had: bounds, this machine, and those that could not be started considered. */
  readonly most: number
  /** Connections that one worker may hold. */
  readonly connectionsPerWorker: number
  /** Connections that those who serve may hold together, back-offs considered; and that `most` workers may. */
  readonly capacity: number
  readonly mostCapacity: number
}

/** What a controller wants. The fleet's allocation finds out who does it; a wish that holds already changes nothing. */
export interface Wish<State> {
  /** To be remembered; the same object as before: nothing has changed. */
  readonly state: State
  /** Connections that the run is to hold from now on. */
  readonly connections: number
  /** Workers that are to serve. */
  readonly workers: number
  /** Steps that are done with this wish, with their histograms. */
  readonly steps: readonly ControllerStep[]
  /** The run is to end, and why. */
  readonly finish: Finish | null
  /** What a person should know of the decision: a line for the run's log. */
  readonly remarks: readonly string[]
}

export interface Finish {
  readonly reason: CompletionReason
  /** For CANCELLATION_REASON; null when the reason says it all. */
  readonly words: string | null
}
