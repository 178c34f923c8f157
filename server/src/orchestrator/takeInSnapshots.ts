import type { HeartbeatRecord, RunRecord } from '@flakebench/contract'
import { listSnapshotsAfter, putRollup, readRollup, SNAPSHOTS_AT_ONCE, type SqlClient } from '@flakebench/store'
import type { OwnedRun } from './ownedRun.ts'

/**
 * Reads the workers' new snapshots, adds them to the ledger and keeps the intervals that changed. All that is there, in portions.
 * @throws StaleEpoch when the run is no longer ours
 */
export const takeInSnapshots = async (
  db: SqlClient,
  owned: OwnedRun,
  run: RunRecord,
  heartbeats: readonly HeartbeatRecord[],
): Promise<boolean> => {
  let changed = false
  for (;;) {
    const snapshots = await listSnapshotsAfter(db, run.id, owned.ledger.cursors(heartbeats))
    for (const index of owned.ledger.forgotten(snapshots)) {
      const kept = await readRollup(db, run.id, index)
      if (kept !== null) owned.ledger.restore([kept])
    }
    owned.ledger.absorb(snapshots, run.workersExpected)
    for (const rollup of owned.ledger.unwritten()) {
      await putRollup(db, owned.epoch, rollup)
      owned.ledger.wrote(rollup)
      changed = true
    }
    if (snapshots.length < SNAPSHOTS_AT_ONCE) return changed
  }
}
