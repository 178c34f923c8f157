import { setImmediate as nextTurn } from 'node:timers/promises'
import type { HeartbeatRecord, RunRecord } from '@flakebench/contract'
import { listRollupShapes, listSnapshotsAfter, putRollup, readRollup, SNAPSHOTS_AT_ONCE, type SqlClient } from '@flakebench/store'
import type { OwnedRun } from './ownedRun.ts'

/**
 * Reads one portion of the workers' new snapshots, adds them to the ledger and keeps the intervals that changed. An owner that takes a run over takes
 * in all that was there first, portion by portion, and writes only what the tables do not hold yet.
 * @returns whether there was nothing more to read
 * @throws StaleEpoch when the run is no longer ours
 */
export const takeInSnapshots = async (
  db: SqlClient,
  owned: OwnedRun,
  run: RunRecord,
  heartbeats: readonly HeartbeatRecord[],
): Promise<boolean> => {
  const { ledger } = owned
  const snapshots = await listSnapshotsAfter(db, run.id, ledger.cursors(heartbeats))
  for (const index of ledger.forgotten(snapshots)) {
    const kept = await readRollup(db, run.id, index)
    if (kept !== null) ledger.restore([kept])
  }
  ledger.absorb(snapshots, run.workersExpected)
  const isAll = snapshots.length < SNAPSHOTS_AT_ONCE
  if (!owned.hasCaughtUp && isAll) {
    for (const shape of await listRollupShapes(db, run.id)) ledger.wroteBefore(shape)
    owned.hasCaughtUp = true
  }
  if (owned.hasCaughtUp) {
    for (const rollup of ledger.unwritten()) {
      await putRollup(db, owned.epoch, rollup)
      ledger.wrote(rollup)
    }
  }
  // Decoding histograms takes its time: whatever else waits comes first.
  await nextTurn()
  return isAll
}
