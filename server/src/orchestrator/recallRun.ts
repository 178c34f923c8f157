import type { HeartbeatRecord, Result, Rollup, RunRecord, WorkerSnapshot } from '@flakebench/contract'
import { LEASE_SECONDS } from '@flakebench/store'
import type { ChangedRollups } from '../decide/changedRollups.ts'
import { type OwnedRun, runNow } from './ownedRun.ts'
import { heartbeatsNow } from './readWorkers.ts'

/** What the server that drives a run knows of it: what the tables hold, or will hold in a moment. */
export interface RunMemory {
  /** With its clock as it is now; null: it has been changed since, read it. */
  readonly run: RunRecord | null
  readonly heartbeats: readonly HeartbeatRecord[]
  /** The intervals at hand, in order: a few hundred of the newest. */
  readonly rollups: readonly Rollup[]
  /** What was shown of them. */
  readonly shown: ChangedRollups
  readonly newestByWorker: ReadonlyMap<string, WorkerSnapshot>
  /** The measurement so far; null before it has begun. */
  readonly result: Result | null
}

/** The measurement so far is added up no more often than this. */
const RESULT_MS = 1_000

/**
 * What is known of a run while it is surely ours: from when the last prolongation of its lease was asked for, until somebody else may claim it. Null when
 * somebody may, when it is over, or when not all of it has been taken in yet: then the tables say more.
 */
export const recallRun = (owned: OwnedRun, nowMs: number): RunMemory | null => {
  const { seen, ledger } = owned
  const isOurs = nowMs - owned.renewedAtMs < LEASE_SECONDS * 1_000
  if (seen === null || owned.isClosed || !isOurs) return null
  const hasBegun = seen.run.startAtMs !== null
  if (hasBegun && (!owned.hasCaughtUp || ledger.isBehind)) return null
  const heartbeats = heartbeatsNow(owned, nowMs)
  return {
    run: seen.wakes === owned.wakes ? runNow(seen, nowMs) : null,
    heartbeats,
    rollups: ledger.atHand(),
    shown: owned.shown,
    newestByWorker: ledger.newestByWorker(),
    result: resultNow(owned, seen.run, heartbeats, nowMs),
  }
}

const resultNow = (owned: OwnedRun, run: RunRecord, heartbeats: readonly HeartbeatRecord[], nowMs: number): Result | null => {
  const isMeasured = run.phase === 'MEASUREMENT' || (run.phase === 'PROCESSING' && owned.result !== null)
  if (isMeasured && (owned.result === null || nowMs - owned.result.atMs >= RESULT_MS)) {
    owned.result = { value: owned.ledger.result(heartbeats, run), atMs: nowMs }
  }
  return owned.result?.value ?? null
}
