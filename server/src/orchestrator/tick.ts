import { type HeartbeatRecord, isTerminal, type RunRecord, type RunStatus } from '@flakebench/contract'
import {
  listHeartbeats,
  putResult,
  putRunProgress,
  readRun,
  renewLease,
  type SqlClient,
  StaleEpoch,
  transitionRun,
} from '@flakebench/store'
import { decideRun, type RunEffect } from '../decide/decideRun.ts'
import { decideFleet, type FleetMember } from '../decide/fleet.ts'
import type { HealthThresholds } from '../decide/workerHealth.ts'
import { finishRun } from './finishRun.ts'
import type { OwnedRun, Reading } from './ownedRun.ts'
import type { Spawner } from './spawners/spawner.ts'
import { takeInSnapshots } from './takeInSnapshots.ts'

export interface TickDeps {
  readonly db: SqlClient
  readonly spawner: Spawner
  readonly thresholds: HealthThresholds
  /** A monotonic clock, in milliseconds. */
  readonly monotonicMs: () => number
  /** Something about the run has changed: whoever shows it may read it again. */
  readonly publish: (runId: string) => void
}

const RENEW_EVERY_MS = 2_000
const PROGRESS_EVERY_MS = 1_000
/** The measurement so far is kept in the result row while it goes on: for the live view, and so that a crash loses little. */
const RESULT_EVERY_MS = 1_000

/** The status in which the beat leaves the run, or that nothing remains to be done. */
export type TickOutcome = RunStatus | 'OVER'

/**
 * One beat of the orchestrator: read, decide, write, tell.
 * @throws StaleEpoch when the run is no longer ours
 */
export const tick = async (owned: OwnedRun, deps: TickDeps): Promise<TickOutcome> => {
  const { db } = deps
  if (deps.monotonicMs() - owned.renewedAtMs >= RENEW_EVERY_MS) {
    if (!(await renewLease(db, owned.runId, owned.epoch))) throw new StaleEpoch(owned.runId, owned.epoch)
    owned.renewedAtMs = deps.monotonicMs()
  }
  const run = await readRun(db, owned.runId)
  if (run === null || run.epoch !== owned.epoch) throw new StaleEpoch(owned.runId, owned.epoch)
  if (isTerminal(run.status)) return 'OVER'
  const { heartbeats, exits } = await readWorkers(run, deps)
  const listenedSeconds = listen(owned, deps.monotonicMs())
  const isAll = run.startAtMs === null || (await takeInSnapshots(db, owned, run, heartbeats))

  const alive = deps.spawner.listAlive(run, heartbeats)
  const fleet = decideFleet(run.workersExpected, heartbeats, exits, deps.thresholds, { alive, listenedSeconds })
  const done = fleet.flatMap(member => (member.standing === 'DONE' && member.heartbeat !== null ? [member.heartbeat] : []))
  const undelivered = isAll ? owned.ledger.missing(done) : null
  const decision = decideRun({ run, fleet, spawned: deps.spawner.started(run.id), undelivered })
  if (decision.set !== null) {
    await transitionRun(db, { runId: run.id, fromVersion: run.version, epoch: owned.epoch, set: decision.set, commands: decision.commands })
  }
  const over = decision.effect !== null && (await carryOut(decision.effect, owned, { run, heartbeats }, deps))
  if (!over && isAll) await keepProgress(owned, run, heartbeats, fleet, deps)
  tell(owned, over || decision.set !== null, deps)
  return over ? 'OVER' : (decision.set?.status ?? run.status)
}

/**
 * The heartbeats, and who is gone. A worker's last heartbeat comes before its exit: one that has just left is asked for again, so that it is not taken
 * for lost.
 */
const readWorkers = async (run: RunRecord, { db, spawner }: TickDeps) => {
  const heartbeats = await listHeartbeats(db, run.id)
  const exits = spawner.listExits(run, heartbeats)
  const hasReported = (workerId: string): boolean =>
    heartbeats.some(beat => beat.workerId === workerId && (beat.status === 'COMPLETED' || beat.status === 'FAILED'))
  if (exits.every(exit => hasReported(exit.workerId))) return { heartbeats, exits }
  return { heartbeats: await listHeartbeats(db, run.id), exits }
}

/** After a gap in our own reading the workers get their time again: their heartbeats may have been kept back by what kept us. */
const GAP_MS = 3_000

const listen = (owned: OwnedRun, nowMs: number): number => {
  if (nowMs - owned.readAtMs > GAP_MS) owned.listeningSinceMs = nowMs
  owned.readAtMs = nowMs
  return (nowMs - owned.listeningSinceMs) / 1_000
}

/** Between two updates for a new interval alone; changes of state are told at once. */
const TELL_EVERY_MS = 800

const tell = (owned: OwnedRun, hasChanged: boolean, deps: TickDeps): void => {
  const newest = owned.ledger.newestComplete()
  const nowMs = deps.monotonicMs()
  const isDue = newest > owned.publishedIndex && nowMs - owned.publishedAtMs >= TELL_EVERY_MS
  if (!hasChanged && !isDue) return
  owned.publishedIndex = newest
  owned.publishedAtMs = nowMs
  deps.publish(owned.runId)
}

/** @returns whether the run is over */
const carryOut = async (effect: RunEffect, owned: OwnedRun, reading: Reading, deps: TickDeps): Promise<boolean> => {
  switch (effect.type) {
    case 'SPAWN':
      for (const groupId of effect.groupIds) deps.spawner.start(reading.run, groupId)
      return false
    case 'SIGNAL':
      deps.spawner.signal(reading.run, reading.heartbeats, effect.workerIds, effect.signal)
      return false
    case 'FINISH':
      return await finishRun(deps.db, owned, reading)
  }
}

const keepProgress = async (
  owned: OwnedRun,
  run: RunRecord,
  heartbeats: readonly HeartbeatRecord[],
  fleet: readonly FleetMember[],
  deps: TickDeps,
): Promise<void> => {
  const nowMs = deps.monotonicMs()
  if (nowMs - owned.progressAtMs < PROGRESS_EVERY_MS) return
  owned.progressAtMs = nowMs
  const standing = (...which: readonly FleetMember['standing'][]): number => fleet.filter(member => which.includes(member.standing)).length
  await putRunProgress(deps.db, run.id, owned.epoch, {
    workersRegistered: heartbeats.length,
    workersReady: standing('READY', 'WORKING', 'DONE'),
    workersActive: standing('WORKING'),
    workersCompleted: standing('DONE'),
    totalOperations: heartbeats.reduce((total, beat) => total + beat.operations, 0),
    errors: heartbeats.reduce((total, beat) => total + beat.errors, 0),
    currentQps: owned.ledger.newestQps(),
  })
  if (run.phase === 'MEASUREMENT' && nowMs - owned.resultAtMs >= RESULT_EVERY_MS) {
    owned.resultAtMs = nowMs
    await putResult(deps.db, run.id, owned.epoch, owned.ledger.result(heartbeats))
  }
}
