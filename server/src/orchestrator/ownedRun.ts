import type { HeartbeatRecord, RunRecord } from '@flakebench/contract'
import { RunLedger } from '../decide/runLedger.ts'

/** A run that this server owns: the epoch of its claim, and what it has taken in so far. Losing it loses nothing; the tables hold the truth. */
export class OwnedRun {
  readonly ledger = new RunLedger()
  /** Monotonic milliseconds of the last time that each was written. */
  renewedAtMs = Number.NEGATIVE_INFINITY
  progressAtMs = Number.NEGATIVE_INFINITY
  resultAtMs = Number.NEGATIVE_INFINITY
  /** Monotonic milliseconds: when the tables were last read, and since when they have been without a gap. */
  readAtMs = Number.NEGATIVE_INFINITY
  listeningSinceMs = Number.NEGATIVE_INFINITY
  /** The newest interval told to those who watch, and when. */
  publishedIndex = -1
  publishedAtMs = Number.NEGATIVE_INFINITY
  /** Whether all snapshots that an earlier owner had taken in are in the ledger. Until then its figures are too low, and none is written. */
  hasCaughtUp = false
  /** Beats in a row that failed, other than for an unreachable database. */
  failures = 0

  constructor(
    readonly runId: string,
    readonly epoch: number,
  ) {}

  free(): void {
    this.ledger.free()
  }
}

/** One reading of the tables. */
export interface Reading {
  readonly run: RunRecord
  readonly heartbeats: readonly HeartbeatRecord[]
}
