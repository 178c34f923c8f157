import type { ArrivalShare } from './arrivalShare.ts'
import type { CompletionReason } from './enums.ts'
import type { LoadPhase, RunSchedule } from './schedule.ts'

/**
 * A command to the workers of a run: a row of RUN_CONTROL_EVENTS. Sequence ids rise by one per run, taken in the transaction of the state change.
 * Commands are absolute: hearing one twice, or late, or never (RUN_STATUS says the same) changes nothing.
 */
export type ControlEvent = { readonly sequenceId: number } & ControlCommand

export type ControlCommand =
  /** Begin at the agreed moment. */
  | { readonly type: 'START'; readonly data: RunSchedule }
  /** The run is in this phase since the offset `atMs` from the agreed start. */
  | { readonly type: 'SET_PHASE'; readonly data: { readonly phase: LoadPhase | 'PROCESSING'; readonly atMs: number } }
  /** Connections to hold, by worker id; a worker that is not named keeps its target. */
  | { readonly type: 'SET_WORKER_TARGET'; readonly data: { readonly targets: WorkerTargets } }
  /** Of a run with an arrival schedule: who sends which arrivals, over its whole course (see `ArrivalShare`). */
  | { readonly type: 'SET_ARRIVAL_SHARES'; readonly data: { readonly shares: readonly ArrivalShare[] } }
  /** These workers are needed no more: each sends no further operation, drains, reports and exits; the run goes on. */
  | { readonly type: 'RETIRE'; readonly data: { readonly workerIds: readonly string[]; readonly drainTimeoutSeconds: number } }
  /** Send no further operation; let those in flight end for up to `drainTimeoutSeconds`, then cancel them, report and exit. */
  | { readonly type: 'STOP'; readonly data: { readonly reason: CompletionReason; readonly drainTimeoutSeconds: number } }

export type ControlEventType = ControlCommand['type']

/** Target connections by worker id; absolute. */
export type WorkerTargets = Readonly<Record<string, number>>
