import {
  CONTROL_PACE,
  type HeartbeatRecord,
  isTerminal,
  type Result,
  type Rollup,
  type RunRecord,
  type WorkerSnapshot,
} from '@flakebench/contract'
import {
  listHeartbeats,
  listNewestRollups,
  listSnapshotsAfter,
  type NewestWarehousePoll,
  readNewestWarehousePoll,
  readResults,
  readWorkerResults,
  type SqlClient,
} from '@flakebench/store'
import { isSettled } from '../decide/settled.ts'

/** All that a RunUpdate shows: the same whichever server owns the run. */
export interface RunLiveView {
  readonly run: RunRecord
  readonly heartbeats: readonly HeartbeatRecord[]
  /** The newest intervals, and those that have changed lately, oldest first. */
  readonly newest: readonly Rollup[]
  /** The measurement: so far while it goes on, as a whole afterwards. */
  readonly result: Result | null
  readonly workers: WorkerFigures
  /** The newest looks at its warehouse; null: it has none. */
  readonly warehouse: NewestWarehousePoll | null
}

/** What each worker did: its newest interval, and the whole of its measurement once the run is over. By worker id. */
export interface WorkerFigures {
  readonly newest: ReadonlyMap<string, WorkerSnapshot>
  readonly results: ReadonlyMap<string, Result>
}

const FEWEST_NEWEST = 3
const NEWEST_MS = 2_500

/** How many of the newest intervals are enough that none is missed between two updates, when they come to be known so far apart. */
export const newestOf = (run: RunRecord, apartMs = 0): number =>
  Math.max(FEWEST_NEWEST, Math.ceil((NEWEST_MS + apartMs) / 1_000 / run.plan.advanced.metricsIntervalSeconds))

/** As the tables have it. @param run as it was just read */
export const readLiveView = async (db: SqlClient, run: RunRecord): Promise<RunLiveView> => {
  const pace = CONTROL_PACE[db.engine]
  const begun = run.startAtMs !== null
  const [heartbeats, newest, results, warehouse] = await Promise.all([
    listHeartbeats(db, run.id),
    // Written that far apart, and once more when a worker is late.
    begun ? listNewestRollups(db, run.id, newestOf(run, 2 * pace.rollupMs)) : [],
    begun ? readResults(db, [run.id]) : new Map<string, Result>(),
    run.plan.target.warehouse === null ? null : readNewestWarehousePoll(db, run.id),
  ])
  const workers = await readWorkerFigures(db, run, heartbeats)
  return {
    run,
    heartbeats,
    newest: newest.filter(rollup => isSettled(run, rollup, pace)),
    result: results.get(run.id) ?? null,
    workers,
    warehouse,
  }
}

/** A worker's newest interval may not have been written yet, so the one before is asked for as well. */
const LOOK_BACK = 3

export const readWorkerFigures = async (db: SqlClient, run: RunRecord, heartbeats: readonly HeartbeatRecord[]): Promise<WorkerFigures> => {
  if (run.startAtMs === null) return { newest: new Map(), results: new Map() }
  if (isTerminal(run.status)) return { newest: new Map(), results: await readWorkerResults(db, run.id) }
  const cursors = heartbeats.map(beat => ({ workerId: beat.workerId, attempt: beat.attempt, sequence: beat.snapshotsTaken - LOOK_BACK }))
  const snapshots = await listSnapshotsAfter(db, run.id, cursors)
  return { newest: new Map(snapshots.map(snapshot => [snapshot.workerId, snapshot])), results: new Map() }
}
