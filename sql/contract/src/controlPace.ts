/** The kinds of database that can hold the control tables. */
export type ControlEngine = 'postgres' | 'snowflake'

/**
 * How often workers and orchestrator speak to the control database. An embedded PostgreSQL answers in well under a millisecond and costs nothing; on
 * Snowflake each statement takes tens of milliseconds and is paid for, so there it is asked less often, and what must be fresh comes by the direct way
 * (see `PushedReport`). The tables stay the truth at either pace.
 */
export interface ControlPace {
  /** Worker: between two looks at its run, before the start and after it. A hint by the direct way makes it look at once. */
  readonly followWaitingMs: number
  readonly followMs: number
  /** Worker: between two heartbeats. */
  readonly beatMs: number
  /** Worker: snapshots wait so long at most to be written together; 0 writes each at once. */
  readonly snapshotBatchMs: number
  /** Orchestrator: between two beats, by what the run is doing. */
  readonly startingMs: number
  readonly runningMs: number
  readonly endingMs: number
  /** Orchestrator: between two readings of snapshots from the tables while the direct way delivers them. */
  readonly readSnapshotsMs: number
  /** Orchestrator: between two writings of intervals, of the counts in RUN_STATUS, and of the result so far. */
  readonly rollupMs: number
  readonly progressMs: number
  readonly resultMs: number
  /** Orchestrator: between two looks for runs without an owner. */
  readonly lookForWorkMs: number
  /** Least time between the writing of START and the agreed start: every worker must have seen it by then. */
  readonly startMarginMs: number
  /** Ages of the last heartbeat at which a worker is stale and dead. */
  readonly staleSeconds: number
  readonly deadSeconds: number
}

export const CONTROL_PACE: Readonly<Record<ControlEngine, ControlPace>> = {
  postgres: {
    followWaitingMs: 100,
    followMs: 200,
    beatMs: 1_000,
    snapshotBatchMs: 0,
    startingMs: 40,
    runningMs: 200,
    endingMs: 60,
    readSnapshotsMs: 0,
    rollupMs: 0,
    progressMs: 1_000,
    resultMs: 1_000,
    lookForWorkMs: 1_000,
    startMarginMs: 300,
    staleSeconds: 5,
    deadSeconds: 15,
  },
  snowflake: {
    followWaitingMs: 1_000,
    followMs: 3_000,
    beatMs: 3_000,
    snapshotBatchMs: 5_000,
    startingMs: 500,
    runningMs: 1_000,
    endingMs: 500,
    readSnapshotsMs: 5_000,
    rollupMs: 5_000,
    progressMs: 5_000,
    resultMs: 10_000,
    lookForWorkMs: 5_000,
    startMarginMs: 3_000,
    staleSeconds: 10,
    deadSeconds: 25,
  },
}
