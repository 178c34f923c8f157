import { setImmediate as nextTurn } from 'node:timers/promises'
import { type HeartbeatRecord, type RunRecord, servingWorkers } from '@flakebench/contract'
import { listRollupShapes, listSnapshotsAfter, readRollup, SNAPSHOTS_AT_ONCE, type SqlClient } from '@flakebench/store'
import type { OwnedRun } from './ownedRun.ts'

/**
 * Reads one portion of the workers' new snapshots from the tables and adds them to the ledger. An owner that takes a run over takes in all that was
 * there first, portion by portion.
 * @returns whether there was nothing more to read
 */
export const readSnapshots = async (
  db: SqlClient,
  owned: OwnedRun,
  run: RunRecord,
  heartbeats: readonly HeartbeatRecord[],
): Promise<boolean> => {
  const { ledger, timesLeftToTables } = owned
  const snapshots = await listSnapshotsAfter(db, run.id, ledger.cursors(heartbeats))
  for (const index of ledger.forgotten(snapshots)) {
    const kept = await readRollup(db, run.id, index)
    if (kept !== null) ledger.restore([kept])
  }
  // Some may have been pushed and taken in while they were being read.
  ledger.absorb(ledger.untaken(snapshots), servingWorkers(run).length)
  const isAll = snapshots.length < SNAPSHOTS_AT_ONCE
  if (isAll && owned.timesLeftToTables === timesLeftToTables) owned.timesLeftToTables = 0
  if (!owned.hasCaughtUp && isAll) {
    for (const shape of await listRollupShapes(db, run.id)) ledger.wroteBefore(shape)
    owned.hasCaughtUp = true
  }
  // Decoding histograms takes its time: whatever else waits comes first.
  await nextTurn()
  return isAll
}

/**
 * Adds what was pushed and follows on what is in the ledger, each snapshot once, whichever way it comes first. What has a gap before it waits: for a
 * push that closes it, or for the tables.
 * @throws when something pushed cannot be read: it is left to the tables
 */
export const takeInPushed = (owned: OwnedRun, run: RunRecord, nowMs: number): void => {
  // The first reading of the tables comes first: what they hold may be more than was pushed to us.
  if (owned.isClosed || owned.isFinishing || !owned.hasCaughtUp) return
  const { ledger, inbox } = owned
  const ready = inbox.take((workerId, attempt) => ledger.takenUpTo(workerId, attempt))
  try {
    // So late that its interval would have to be read back first: what was taken out is a gap from now on, which the tables close.
    if (ledger.forgotten(ready).length > 0) owned.timesLeftToTables += 1
    else ledger.absorb(ready, servingWorkers(run).length)
  } catch (error) {
    owned.timesLeftToTables += 1
    throw error
  } finally {
    if (owned.timesLeftToTables > 0 || inbox.hasGap) owned.gapSinceMs ??= nowMs
    else owned.gapSinceMs = null
  }
}
