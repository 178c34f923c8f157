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
  /**
   * The same, of a run whose connections or shares a controller may change at any moment. On Snowflake the hint says so in time; a worker that is not
   * heard looks more often (see `decidePace`).
   */
  readonly followSteeredMs: number
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
  /** Worker and server: between two writings of lines of a run's log, and two readings by those who watch it. */
  readonly logMs: number
  /** From the end of an interval on: so long whoever shows it, or writes it once, waits for a worker that has to tell of it by way of the tables. */
  readonly settleMs: number
  /** Orchestrator: between two looks for runs without an owner; and while nothing runs, as far as is known here. */
  readonly lookForWorkMs: number
  readonly lookForWorkIdleMs: number
  /** Server: between two readings of a watched run that another server drives; between two looks for runs that have changed, and while nothing runs. */
  readonly watchMs: number
  readonly lookForChangesMs: number
  readonly lookForChangesIdleMs: number
  /** Server: between two questions whether those who follow something still may, while they are told anything; while they are not, `lookForChangesIdleMs`. */
  readonly askRightsMs: number
  /** Between the writing of START and the agreed start, beyond what the statements take: every worker must have seen it by then. */
  readonly startMarginMs: number
  /** Between the writing of new arrival shares and the moment from which they hold: every worker must have heard of them by then. */
  readonly shareMarginMs: number
  /** Ages of the last heartbeat at which a worker is stale and dead. */
  readonly staleSeconds: number
  readonly deadSeconds: number
}

/** Within LEASE_SECONDS and this, and a moment for the claim, an heir has taken a run over. */
const STANDBY_MS = 3_000

/** The pace of a server that is there to take runs over: it looks for them as often while nothing runs, whatever that costs. */
export const standbyPace = (pace: ControlPace): ControlPace => ({
  ...pace,
  lookForWorkMs: Math.min(pace.lookForWorkMs, STANDBY_MS),
  lookForWorkIdleMs: Math.min(pace.lookForWorkIdleMs, STANDBY_MS),
})

/** Each look wakes the warehouse, which then stays awake, and is paid for, until its AUTO_SUSPEND (see sql/schema/snowflake/roles.sql): seldom, then. */
const IDLE_MS = 10 * 60_000

export const CONTROL_PACE: Readonly<Record<ControlEngine, ControlPace>> = {
  postgres: {
    followWaitingMs: 100,
    followMs: 200,
    followSteeredMs: 100,
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
    logMs: 1_000,
    settleMs: 1_500,
    lookForWorkMs: 1_000,
    lookForWorkIdleMs: 1_000,
    watchMs: 1_200,
    lookForChangesMs: 1_000,
    lookForChangesIdleMs: 1_000,
    askRightsMs: 10_000,
    startMarginMs: 300,
    shareMarginMs: 1_000,
    staleSeconds: 5,
    deadSeconds: 15,
  },
  snowflake: {
    followWaitingMs: 1_000,
    followMs: 3_000,
    followSteeredMs: 3_000,
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
    logMs: 5_000,
    settleMs: 8_000,
    lookForWorkMs: 5_000,
    lookForWorkIdleMs: IDLE_MS,
    watchMs: 3_000,
    lookForChangesMs: 5_000,
    lookForChangesIdleMs: IDLE_MS,
    askRightsMs: 60_000,
    startMarginMs: 3_000,
    shareMarginMs: 5_000,
    staleSeconds: 10,
    deadSeconds: 25,
  },
}
