import type { CompletionReason, RunStatus } from '@flakebench/contract'

/** What can happen to a run. */
export type RunOccurrence =
  | 'START_REQUESTED'
  | 'WORKERS_READY'
  | 'STOP_REQUESTED'
  /** The measurement has run its course. */
  | 'LOAD_ENDED'
  /** A worker was lost, or the workers did not become ready. */
  | 'FAILED'
  /** All workers are gone and their work is in the tables. */
  | 'PROCESSED'
  /** What the workers left cannot be processed. */
  | 'GIVEN_UP'

/** The one table of transitions; what is not in it is refused. After STOPPING and CANCELLING the completion reason decides (see `finalStatus`). */
const TRANSITIONS: Readonly<Record<RunStatus, Partial<Record<RunOccurrence, RunStatus | 'FINAL'>>>> = {
  PREPARED: { START_REQUESTED: 'STARTING', STOP_REQUESTED: 'CANCELLED' },
  STARTING: { WORKERS_READY: 'RUNNING', STOP_REQUESTED: 'CANCELLING', FAILED: 'STOPPING' },
  RUNNING: { LOAD_ENDED: 'STOPPING', STOP_REQUESTED: 'CANCELLING', FAILED: 'STOPPING' },
  STOPPING: { PROCESSED: 'FINAL', GIVEN_UP: 'FAILED' },
  CANCELLING: { PROCESSED: 'FINAL', GIVEN_UP: 'FAILED' },
  COMPLETED: {},
  CANCELLED: {},
  FAILED: {},
}

const FINAL_STATUS: Readonly<Record<CompletionReason, RunStatus>> = {
  DURATION_ELAPSED: 'COMPLETED',
  BOUNDS_LIMIT_REACHED: 'COMPLETED',
  FIND_MAX_DONE: 'COMPLETED',
  SOFT_GUARDRAIL_DEGRADED: 'COMPLETED',
  RESOURCE_EXHAUSTION: 'FAILED',
  SLO_ABORT: 'FAILED',
  WORKER_FAILURE: 'FAILED',
  STARTUP_FAILURE: 'FAILED',
  USER_REQUESTED: 'CANCELLED',
}

/** The status that a run which ends for this reason gets once it is processed. */
export const finalStatus = (reason: CompletionReason): RunStatus => FINAL_STATUS[reason]

/** Where an occurrence leads; null when it is not allowed in that status. `reason` is the run's completion reason. */
export const nextStatus = (status: RunStatus, occurrence: RunOccurrence, reason: CompletionReason | null): RunStatus | null => {
  const next = TRANSITIONS[status][occurrence]
  if (next === 'FINAL') return finalStatus(reason ?? 'WORKER_FAILURE')
  return next ?? null
}
