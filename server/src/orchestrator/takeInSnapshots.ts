import type { HeartbeatRecord, RunRecord } from '@flakebench/contract'
import { listRollups, listSnapshotsAfter, putRollup, SNAPSHOTS_AT_ONCE, type SqlClient } from '@flakebench/store'
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
      owned.ledger.restore((await listRollups(db, run.id, index - 1)).filter(rollup => rollup.intervalIndex === index))
    }
    const rollups = owned.ledger.absorb(snapshots, run.workersExpected)
    for (const rollup of rollups) await putRollup(db, owned.epoch, rollup)
    changed ||= rollups.length > 0
    if (snapshots.length < SNAPSHOTS_AT_ONCE) return changed
  }
}
