import type { HeartbeatRecord, RunRecord } from '@flakebench/contract'
import { putResult, putRunProgress } from '@flakebench/store'
import type { FleetMember } from '../decide/fleet.ts'
import type { OwnedRun } from './ownedRun.ts'
import type { TickDeps } from './tickDeps.ts'

/** Keeps in the tables where the run stands, and the measurement so far: for other servers' views, and so that a crash loses little. */
export const keepProgress = async (
  owned: OwnedRun,
  run: RunRecord,
  heartbeats: readonly HeartbeatRecord[],
  fleet: readonly FleetMember[],
  { db, pace, monotonicMs }: TickDeps,
): Promise<void> => {
  const nowMs = monotonicMs()
  if (nowMs - owned.progressAtMs < pace.progressMs) return
  owned.progressAtMs = nowMs
  const standing = (...which: readonly FleetMember['standing'][]): number => fleet.filter(member => which.includes(member.standing)).length
  await putRunProgress(db, run.id, owned.epoch, {
    workersRegistered: heartbeats.length,
    workersReady: standing('READY', 'WORKING', 'DONE'),
    workersActive: standing('WORKING'),
    workersCompleted: standing('DONE'),
    totalOperations: heartbeats.reduce((total, beat) => total + beat.operations, 0),
    errors: heartbeats.reduce((total, beat) => total + beat.errors, 0),
    currentQps: owned.ledger.newestQps(),
  })
  // A result that an earlier owner kept is not to be made lower.
  if (run.phase === 'MEASUREMENT' && !owned.ledger.isBehind && nowMs - owned.resultAtMs >= pace.resultMs) {
    owned.resultAtMs = nowMs
    const value = owned.ledger.result(heartbeats, run)
    owned.result = { value, atMs: nowMs }
    await putResult(db, run.id, owned.epoch, value)
  }
}
