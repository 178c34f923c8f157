import type { HeartbeatRecord, Result, RunRecord } from '@flakebench/contract'
import { ChangedRollups } from '../decide/changedRollups.ts'
import type { QueueSample } from '../decide/controllers/controller.ts'
import { type LoadMemory, NO_LOAD_MEMORY } from '../decide/decideLoad.ts'
import type { WorkerWord } from '../decide/fleetNews.ts'
import { ReportInbox } from '../decide/reportInbox.ts'
import { RunLedger } from '../decide/runLedger.ts'
import type { UnsureChange } from './change.ts'
import type { Processing } from './processing/processing.ts'
import { type RunLog, SILENT_LOG } from './runLog.ts'

/** A run that this server owns: the epoch of its claim, and what it has taken in so far. Losing it loses nothing; the tables hold the truth. */
export class OwnedRun {
  readonly ledger = new RunLedger()
  /** What its workers have pushed. */
  readonly inbox = new ReportInbox()
  /** The run's row as it was last read; null before. */
  seen: SeenRun | null = null
  /** The heartbeats as the tables had them. */
  beats: SeenBeats = { records: [], readAtMs: Number.NEGATIVE_INFINITY }
  /** Counts the changes that others on this server have made to the run's row: what was read before the last is outdated. */
  wakes = 0
  /** The measurement so far, as it was last added up. */
  result: { readonly value: Result; readonly atMs: number } | null = null
  /** Monotonic milliseconds: when the last prolongation of the lease was asked for that was granted. It lasts from no sooner than then. */
  renewedAtMs = Number.NEGATIVE_INFINITY
  /** Monotonic milliseconds of the last time that each was written. */
  progressAtMs = Number.NEGATIVE_INFINITY
  resultAtMs = Number.NEGATIVE_INFINITY
  rollupsAtMs = Number.NEGATIVE_INFINITY
  /** Monotonic milliseconds: when the tables were last read for snapshots. */
  snapshotsAtMs = Number.NEGATIVE_INFINITY
  /** Since when something pushed waits for what was not, or was left to the tables. */
  gapSinceMs: number | null = null
  /** How often something that was pushed was left to the tables, since all of them was last read. */
  timesLeftToTables = 0
  /** Monotonic milliseconds: when the run was last read, and since when it has been without a gap. */
  readAtMs = Number.NEGATIVE_INFINITY
  listeningSinceMs = Number.NEGATIVE_INFINITY
  /** What those who watch were last told of, and when. */
  publishedIndex = -1
  publishedVersion = -1
  publishedAtMs = Number.NEGATIVE_INFINITY
  readonly shown = new ChangedRollups()
  /** What the log was last told of each worker. */
  readonly told = new Map<string, WorkerWord>()
  /** What decisions about the load remember. */
  loadMemory: LoadMemory = NO_LOAD_MEMORY
  /** What may or may not have been written: its writing failed. */
  unsure: readonly UnsureChange[] = []
  /** Changes in a row that were not written because not all workers might have heard of them in time. */
  timesTooLate = 0
  /** The tables hold more than could be read in a beat: there is no pause before the next one. */
  isCatchingUp = false
  /** The newest complete interval for which a beat was woken. */
  wokenIndex = -1
  /** Since when the tables have held more than is here; null: they do not. */
  behindSinceMs: number | null = null
  /** Looks in a row that found nobody to wait for. */
  freeLooks = 0
  /** Statements that were seen to wait in its warehouse, and when that was last read. */
  queue: SeenQueue = { samples: [], newest: -1, readAtMs: Number.NEGATIVE_INFINITY }
  /** Whether all snapshots that an earlier owner had taken in are in the ledger. Until then its figures are too low, and none is written. */
  hasCaughtUp = false
  /** The result is being written, or has been: what is pushed now comes too late. */
  isFinishing = false
  /** What is done after the load; null before. */
  processing: Processing | null = null
  /** Has the next beat come at once. */
  wake: () => void = () => undefined
  processingAtMs = Number.NEGATIVE_INFINITY
  /** The run is over or no longer ours: nothing is taken in, nothing of it shown. */
  isClosed = false
  /** Beats in a row that failed, other than for an unreachable database. */
  failures = 0

  constructor(
    readonly runId: string,
    readonly epoch: number,
    readonly log: RunLog = SILENT_LOG,
  ) {}

  free(): void {
    this.isClosed = true
    this.processing?.abort()
    this.ledger.free()
  }
}

export interface SeenRun {
  readonly run: RunRecord
  /** Monotonic milliseconds: when it was asked for, and when the answer was there. */
  readonly askedAtMs: number
  readonly readAtMs: number
  /** `OwnedRun.wakes` when it was asked for. */
  readonly wakes: number
}

interface SeenQueue {
  /** Of the step under way. */
  readonly samples: readonly QueueSample[]
  /** The number of the newest look that was read; -1: none. */
  readonly newest: number
  readonly readAtMs: number
}

interface SeenBeats {
  readonly records: readonly HeartbeatRecord[]
  readonly readAtMs: number
}

/** One reading of the tables. */
export interface Reading {
  readonly run: RunRecord
  readonly heartbeats: readonly HeartbeatRecord[]
}

/**
 * The run as it is now: the database's clock and what it has computed from it, carried on by our monotonic clock since the answer was there. So no two
 * machines' clocks are compared.
 */
export const runNow = ({ run, readAtMs }: SeenRun, nowMs: number): RunRecord => {
  const sinceMs = nowMs - readAtMs
  const isCounting = run.startRequestedAtMs !== null && run.endedAtMs === null
  return {
    ...run,
    nowMs: run.nowMs + sinceMs,
    elapsedSeconds: isCounting ? run.elapsedSeconds + sinceMs / 1_000 : run.elapsedSeconds,
  }
}
