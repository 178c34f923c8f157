import { type HeartbeatRecord, isTerminal, type RunRecord, type RunStatus } from '@flakebench/contract'
import { readRun, renewLease, StaleEpoch, transitionRun } from '@flakebench/store'
import { decideRun, type RunDecision, type RunEffect } from '../decide/decideRun.ts'
import { decideFleet } from '../decide/fleet.ts'
import { decideStartMargin, isStartShort } from '../decide/startMargin.ts'
import { areTablesDue } from '../decide/tablesDue.ts'
import { finishRun } from './finishRun.ts'
import { keepProgress } from './keepProgress.ts'
import { keepRollups } from './keepRollups.ts'
import { type OwnedRun, type Reading, runNow, type SeenRun } from './ownedRun.ts'
import { readWorkers } from './readWorkers.ts'
import { readSnapshots, takeInPushed } from './takeInSnapshots.ts'
import { tell } from './tell.ts'
import type { TickDeps } from './tickDeps.ts'

/** The status in which the beat leaves the run, or that nothing remains to be done. */
export type TickOutcome = RunStatus | 'OVER'

/**
 * One beat of the orchestrator: read, decide, write, tell.
 * @throws StaleEpoch when the run is no longer ours
 */
export const tick = async (owned: OwnedRun, deps: TickDeps): Promise<TickOutcome> => {
  const { db, pace } = deps
  const beganAtMs = deps.monotonicMs()
  if (beganAtMs - owned.renewedAtMs >= pace.renewLeaseMs) {
    if (!(await renewLease(db, owned.runId, owned.epoch))) throw new StaleEpoch(owned.runId, owned.epoch)
    owned.renewedAtMs = beganAtMs
  }
  const seen = await see(owned, deps)
  const { run } = seen
  if (isTerminal(run.status)) return 'OVER'
  const { heartbeats, exits } = await readWorkers(owned, run, deps)
  const listenedSeconds = listen(owned, deps.monotonicMs(), pace.gapMs)
  const isAll = run.startAtMs === null || (await takeIn(owned, seen, heartbeats, deps))

  const alive = deps.spawner.listAlive(run, heartbeats)
  const fleet = decideFleet(run.workersExpected, heartbeats, exits, pace, { alive, listenedSeconds })
  const done = fleet.flatMap(member => (member.standing === 'DONE' && member.heartbeat !== null ? [member.heartbeat] : []))
  const undelivered = isAll ? owned.ledger.missing(done) : null
  const startInMs = decideStartMargin({
    sinceReadMs: deps.monotonicMs() - seen.askedAtMs,
    statementMs: seen.readAtMs - seen.askedAtMs,
    startMarginMs: pace.startMarginMs,
  })
  const decision = decideRun({ run, fleet, spawned: deps.spawner.started(run.id), undelivered, startInMs })
  if (decision.set !== null) await change(owned, seen, decision, startInMs, deps)
  const over = decision.effect !== null && (await carryOut(decision.effect, owned, { run, heartbeats }, deps))
  if (!over && isAll) await keepProgress(owned, run, heartbeats, fleet, deps)
  tell(owned, over || decision.set !== null, deps)
  return over ? 'OVER' : (decision.set?.status ?? run.status)
}

/** Reads the run's row. @throws StaleEpoch when it is no longer ours */
const see = async (owned: OwnedRun, { db, monotonicMs }: TickDeps): Promise<SeenRun> => {
  const { wakes } = owned
  const askedAtMs = monotonicMs()
  const run = await readRun(db, owned.runId)
  if (run === null || run.epoch !== owned.epoch) throw new StaleEpoch(owned.runId, owned.epoch)
  const seen: SeenRun = { run, askedAtMs, readAtMs: monotonicMs(), wakes }
  owned.seen = seen
  return seen
}

/** Writes what was decided, and reads the run as it is then: for those who watch, and for workers that ask for the newest command. */
const change = async (owned: OwnedRun, seen: SeenRun, { set, commands }: RunDecision, startInMs: number, deps: TickDeps): Promise<void> => {
  if (set === null) return
  const { run } = seen
  await transitionRun(deps.db, { runId: run.id, fromVersion: run.version, epoch: owned.epoch, set, commands })
  if (set.startAtMs !== undefined) {
    const leftMs = startInMs - (deps.monotonicMs() - seen.askedAtMs)
    if (isStartShort(leftMs, deps.pace.startMarginMs)) {
      deps.log.warn('START took long to write: workers may begin late, which the start skew shows', {
        run: run.id,
        leftMs: Math.round(leftMs),
      })
    }
  }
  await see(owned, deps)
}

/** After a gap in our own reading the workers get their time again: their heartbeats may have been kept back by what kept us. */
const listen = (owned: OwnedRun, nowMs: number, gapMs: number): number => {
  if (nowMs - owned.readAtMs > gapMs) owned.listeningSinceMs = nowMs
  owned.readAtMs = nowMs
  return (nowMs - owned.listeningSinceMs) / 1_000
}

/**
 * Takes in what the workers have done, from what they pushed and, when it is time, from the tables, and writes the intervals that have changed.
 * @returns whether all that is known of is taken in
 */
const takeIn = async (
  owned: OwnedRun,
  seen: SeenRun,
  heartbeats: readonly HeartbeatRecord[],
  { db, pace, monotonicMs }: TickDeps,
): Promise<boolean> => {
  const { run } = seen
  const nowMs = monotonicMs()
  takeInPushed(owned, run.workersExpected, nowMs)
  const view = {
    nowMs,
    readAtMs: owned.snapshotsAtMs,
    isHeard: owned.inbox.hearsAll(run.workersExpected, nowMs),
    gapSinceMs: owned.gapSinceMs,
  }
  const isDue = !owned.hasCaughtUp || areTablesDue(view, pace) || (isEnding(run) && owned.ledger.missing(heartbeats) > 0)
  let isAll = true
  if (isDue) {
    isAll = await readSnapshots(db, owned, run, heartbeats)
    if (isAll) owned.snapshotsAtMs = nowMs
  }
  await keepRollups(db, owned, runNow(seen, monotonicMs()), pace, monotonicMs())
  return isAll
}

const isEnding = ({ status }: RunRecord): boolean => status === 'STOPPING' || status === 'CANCELLING'

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
      return await finishRun(owned, reading, deps)
  }
}
