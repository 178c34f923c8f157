import type { WorkerSnapshot } from '@flakebench/contract'
import { listHeartbeats, listSnapshotsAfter, type SqlClient } from '@flakebench/store'

/** All snapshots of a run, however many. */
export const listAllSnapshots = async (db: SqlClient, runId: string): Promise<readonly WorkerSnapshot[]> => {
  const all: WorkerSnapshot[] = []
  for (const { workerId, attempt } of await listHeartbeats(db, runId)) {
    for (let sequence = -1; ; ) {
      const portion = await listSnapshotsAfter(db, runId, [{ workerId, attempt, sequence }])
      all.push(...portion)
      const last = portion.at(-1)
      if (last === undefined) break
      sequence = last.sequence
    }
  }
  return all
}
