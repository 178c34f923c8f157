import { putResult, putWorkerResult, renewLease, type SqlClient, StaleEpoch, transitionRun } from '@flakebench/store'
import { nextStatus } from '../decide/runMachine.ts'
import type { OwnedRun, Reading } from './ownedRun.ts'
import { takeInSnapshots } from './takeInSnapshots.ts'

/**
 * PROCESSING: everything that the workers have left behind is taken in, the results of the run and of each worker are written, then the terminal
 * status. Every step may be repeated by whoever takes over in the middle.
 * @returns whether the terminal status was written; false: the run has changed meanwhile, look again
 */
export const finishRun = async (db: SqlClient, owned: OwnedRun, { run, heartbeats }: Reading): Promise<boolean> => {
  if (run.startAtMs !== null) {
    while (!(await takeInSnapshots(db, owned, run, heartbeats))) {
      if (!(await renewLease(db, run.id, owned.epoch))) throw new StaleEpoch(run.id, owned.epoch)
    }
    for (const beat of heartbeats) await putWorkerResult(db, run, owned.epoch, beat, owned.ledger.workerResult(beat))
    await putResult(db, run.id, owned.epoch, owned.ledger.result(heartbeats))
  }
  const status = nextStatus(run.status, 'PROCESSED', run.completionReason)
  if (status === null) return false
  return await transitionRun(db, {
    runId: run.id,
    fromVersion: run.version,
    epoch: owned.epoch,
    set: { status, phase: 'COMPLETED', endedAt: 'now', phaseStartedAt: 'now' },
  })
}
