import { putResult, putWorkerResults, renewLease, StaleEpoch, transitionRun } from '@flakebench/store'
import { countBeyond } from '../decide/arrivalTally.ts'
import { nextStatus } from '../decide/runMachine.ts'
import { keepRollups } from './keepRollups.ts'
import { noteEnd } from './noteRun.ts'
import type { OwnedRun, Reading } from './ownedRun.ts'
import { readSnapshots } from './takeInSnapshots.ts'
import type { TickDeps } from './tickDeps.ts'

/** Every interval that is not written yet, settled or not. */
const AT_ONCE = { rollupMs: 0, settleMs: 0 }

/**
 * PROCESSING: everything that the workers have left behind is taken in, the results of the run and of each worker are written, then the terminal
 * status. Every step may be repeated by whoever takes over in the middle.
 * @returns whether the terminal status was written; false: the run has changed meanwhile, look again
 */
export const finishRun = async (owned: OwnedRun, reading: Reading, deps: TickDeps): Promise<boolean> => {
  owned.isFinishing = true
  try {
    if (reading.run.startAtMs !== null) await keepResults(owned, reading, deps)
    return await close(owned, reading, deps)
  } finally {
    owned.isFinishing = false
  }
}

const keepResults = async (owned: OwnedRun, { run, heartbeats }: Reading, { db, monotonicMs }: TickDeps): Promise<void> => {
  while (!(await readSnapshots(db, owned, run, heartbeats))) {
    const askedAtMs = monotonicMs()
    if (!(await renewLease(db, run.id, owned.epoch))) throw new StaleEpoch(run.id, owned.epoch)
    owned.renewedAtMs = askedAtMs
  }
  await keepRollups(db, owned, run, AT_ONCE, monotonicMs())
  const workers = heartbeats.map(beat => ({ ...beat, result: owned.ledger.workerResult(beat) }))
  await putWorkerResults(db, run, owned.epoch, workers)
  const result = owned.ledger.result(heartbeats, run)
  const beyond = countBeyond(
    result.arrivals,
    workers.map(one => one.result.arrivals),
  )
  if (beyond > 0) owned.log.note('WARN', 'orchestrator', `${beyond} arrivals beyond the schedule were sent: some were sent by two workers`)
  await putResult(db, run.id, owned.epoch, result)
}

const close = async (owned: OwnedRun, { run }: Reading, { db }: TickDeps): Promise<boolean> => {
  const status = nextStatus(run.status, 'PROCESSED', run.completionReason)
  if (status === null) return false
  const set = { status, phase: 'COMPLETED', endedAt: 'now', phaseStartedAt: 'now' } as const
  owned.isClosed = await transitionRun(db, { runId: run.id, fromVersion: run.version, epoch: owned.epoch, set })
  if (owned.isClosed) noteEnd(owned.log, run, status)
  return owned.isClosed
}
