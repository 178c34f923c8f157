import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { HeartbeatRecord, RunRecord } from '@flakebench/contract'
import { putResult, putWorkerResults, renewLease, StaleEpoch, transitionRun } from '@flakebench/store'
import { countBeyond } from '../decide/arrivalTally.ts'
import { nextStatus } from '../decide/runMachine.ts'
import { keepRollups } from './keepRollups.ts'
import { noteEnd } from './noteRun.ts'
import type { OwnedRun, Reading } from './ownedRun.ts'
import { foldersHere } from './processing/keepExecutions.ts'
import { type Processing, startProcessing } from './processing/processing.ts'
import { stepsAfterLoad } from './processing/stepsAfterLoad.ts'
import { readSnapshots } from './takeInSnapshots.ts'
import type { TickDeps } from './tickDeps.ts'

/** Every interval that is not written yet, settled or not. */
const AT_ONCE = { rollupMs: 0, settleMs: 0 }

/**
 * PROCESSING: everything that the workers have left behind is taken in and the results of the run and of each worker are written, in this beat; the rest
 * of the processing goes on beside the beats, each of which comes here and looks; then the terminal status. Every step may be repeated by whoever takes
 * over in the middle.
 * @returns whether the terminal status was written; false: look again
 * @throws StaleEpoch
 */
export const finishRun = async (owned: OwnedRun, reading: Reading, deps: TickDeps): Promise<boolean> => {
  owned.processing ??= await beginProcessing(owned, reading, deps)
  const { processing } = owned
  if (processing.staleEpoch !== null) throw processing.staleEpoch
  const stopped = reading.run.processing?.stopped
  if (stopped !== undefined) processing.stop(stopped)
  if (processing.isOver) return await close(owned, reading, deps)
  await keepState(owned, reading.run, processing, deps)
  return false
}

const beginProcessing = async (owned: OwnedRun, reading: Reading, deps: TickDeps): Promise<Processing> => {
  const { run, heartbeats } = reading
  const hasBegun = run.startAtMs !== null
  owned.isFinishing = true
  try {
    if (hasBegun) await keepResults(owned, reading, deps)
    else await removeSpools(run, heartbeats)
  } catch (error) {
    owned.isFinishing = false
    throw error
  }
  const steps = hasBegun ? stepsAfterLoad(run, owned, heartbeats, deps) : []
  return startProcessing(run, steps, { log: owned.log, over: owned.wake })
}

/** Nothing was sent, so nothing is in them. What stays is swept later. */
const removeSpools = async ({ id }: RunRecord, heartbeats: readonly HeartbeatRecord[]): Promise<void> => {
  for (const folder of foldersHere(heartbeats)) await rm(join(folder, id), { recursive: true, force: true }).catch(() => undefined)
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

/** How far it is, for those who wait: no more often than progress is kept. */
const keepState = async (owned: OwnedRun, run: RunRecord, { state }: Processing, { db, pace, monotonicMs }: TickDeps): Promise<void> => {
  const kept = run.processing
  if (kept !== null && kept.step === state.step && kept.done === state.done && kept.total === state.total) return
  const nowMs = monotonicMs()
  if (kept?.step === state.step && nowMs - owned.processingAtMs < pace.progressMs) return
  owned.processingAtMs = nowMs
  await transitionRun(db, { runId: run.id, fromVersion: run.version, epoch: owned.epoch, set: { processing: { ...kept, ...state } } })
}

const close = async (owned: OwnedRun, { run }: Reading, { db }: TickDeps): Promise<boolean> => {
  const status = nextStatus(run.status, 'PROCESSED', run.completionReason)
  if (status === null) return false
  const set = { status, phase: 'COMPLETED', endedAt: 'now', phaseStartedAt: 'now' } as const
  owned.isClosed = await transitionRun(db, { runId: run.id, fromVersion: run.version, epoch: owned.epoch, set })
  if (owned.isClosed) noteEnd(owned.log, run, status)
  return owned.isClosed
}
