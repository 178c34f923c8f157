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
  /** Worker: between two readings of the database's clock, while it waits for the start. */
  readonly clockMs: number
  /** Worker: between two heartbeats. */
  readonly beatMs: number
  /** Worker: snapshots wait so long at most to be written together; 0 writes each at once. */
  readonly snapshotBatchMs: number
  /** Orchestrator: between two beats, by what the run is doing. */
  readonly startingMs: number
  readonly runningMs: number
  readonly endingMs: number
  /** Orchestrator: between two prolongations of a lease; well below how long it lasts. */
  readonly renewLeaseMs: number
  /** Orchestrator: readings of a run that lie further apart than this are a gap, after which its workers get their time to be heard again. */
  readonly gapMs: number
  /** Orchestrator: between two readings of snapshots and heartbeats from the tables while the direct way delivers them; 0: at each beat. */
  readonly readSnapshotsMs: number
  /** Orchestrator: between two writings of intervals, of the counts in RUN_STATUS, and of the result so far. */
  readonly rollupMs: number
  readonly progressMs: number
  readonly resultMs: number
  /** From the end of an interval on: so long whoever shows it, or writes it once, waits for a worker that has to tell of it by way of the tables. */
  readonly settleMs: number
  /** Orchestrator: between two looks for runs without an owner; and while nothing runs, as far as is known here. */
  readonly lookForWorkMs: number
  readonly lookForWorkIdleMs: number
  /** Server: between two readings of a watched run that another server drives; between two looks for runs that have changed, and while nothing runs. */
  readonly watchMs: number
  readonly lookForChangesMs: number
  readonly lookForChangesIdleMs: number
  /** Between the writing of START and the agreed start, beyond what the statements take: every worker must have seen it by then. */
  readonly startMarginMs: number
  /** Ages of the last heartbeat at which a worker is stale and dead. */
  readonly staleSeconds: number
  readonly deadSeconds: number
}

/** Each look wakes the warehouse, which then stays awake, and is paid for, until its AUTO_SUSPEND (see sql/schema/snowflake/roles.sql): seldom, then. */
const IDLE_MS = 10 * 60_000

export const CONTROL_PACE: Readonly<Record<ControlEngine, ControlPace>> = {
  postgres: {
    followWaitingMs: 100,
    followMs: 200,
    clockMs: 2_000,
    beatMs: 1_000,
    snapshotBatchMs: 0,
    startingMs: 40,
    runningMs: 200,
    endingMs: 60,
    renewLeaseMs: 2_000,
    gapMs: 3_000,
    readSnapshotsMs: 0,
    rollupMs: 0,
    progressMs: 1_000,
    resultMs: 1_000,
    settleMs: 1_500,
    lookForWorkMs: 1_000,
    lookForWorkIdleMs: 1_000,
    watchMs: 1_200,
    lookForChangesMs: 1_000,
    lookForChangesIdleMs: 1_000,
    startMarginMs: 300,
    staleSeconds: 5,
    deadSeconds: 15,
  },
  snowflake: {
    followWaitingMs: 1_000,
    followMs: 3_000,
    clockMs: 5_000,
    beatMs: 3_000,
    snapshotBatchMs: 5_000,
    startingMs: 500,
    runningMs: 1_000,
    endingMs: 500,
    renewLeaseMs: 3_000,
    gapMs: 6_000,
    readSnapshotsMs: 5_000,
    rollupMs: 5_000,
    progressMs: 5_000,
    resultMs: 10_000,
    settleMs: 8_000,
    lookForWorkMs: 5_000,
    lookForWorkIdleMs: IDLE_MS,
    watchMs: 3_000,
    lookForChangesMs: 5_000,
    lookForChangesIdleMs: IDLE_MS,
    startMarginMs: 3_000,
    staleSeconds: 10,
    deadSeconds: 25,
  },
}
