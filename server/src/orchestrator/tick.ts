import { type HeartbeatRecord, isTerminal, type RunRecord, type RunStatus, servingWorkers } from '@flakebench/contract'
import { LEASE_SECONDS, listHeartbeats, listStartedRuns, renewLease, StaleEpoch } from '@flakebench/store'
import { decideWait } from '../decide/contention.ts'
import { decideRun, type QueueView, type RunEffect } from '../decide/decideRun.ts'
import { decideFleet, type FleetMember } from '../decide/fleet.ts'
import { decideStartMargin } from '../decide/startMargin.ts'
import { areTablesDue } from '../decide/tablesDue.ts'
import type { Change, Due } from './change.ts'
import { finishRun } from './finishRun.ts'
import { keepProgress } from './keepProgress.ts'
import { keepRollups } from './keepRollups.ts'
import { noteFleet } from './noteRun.ts'
import { type OwnedRun, type Reading, runNow, type SeenRun } from './ownedRun.ts'
import { readWorkers } from './readWorkers.ts'
import { keepMemory, seeRun, writeChange } from './runRow.ts'
import { shareMarginMs, steerLoad } from './steerLoad.ts'
import { readSnapshots, takeInPushed } from './takeInSnapshots.ts'
import { tell } from './tell.ts'
import type { TickDeps } from './tickDeps.ts'

/** Of a run's first owner: only those after it are heirs. */
const FIRST_EPOCH = 1

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
  const seen = await seeRun(owned, deps)
  const { run } = seen
  if (isTerminal(run.status)) return 'OVER'
  const { heartbeats, exits } = await readWorkers(owned, run, deps)
  const listenedSeconds = listen(owned, deps.monotonicMs(), pace.gapMs)
  const isAll = run.startAtMs === null || (await takeIn(owned, seen, heartbeats, deps))
  owned.isCatchingUp = !isAll

  const alive = deps.spawner.listAlive(run, heartbeats)
  const fleet = decideFleet(run.workersExpected, heartbeats, exits, pace, { alive, listenedSeconds })
  const done = fleet.flatMap(member => (member.standing === 'DONE' && member.heartbeat !== null ? [member.heartbeat] : []))
  const undelivered = isAll ? owned.ledger.missing(done) : null
  const startInMs = decideStartMargin({
    sinceReadMs: deps.monotonicMs() - seen.askedAtMs,
    statementMs: seen.readAtMs - seen.askedAtMs,
    startMarginMs: pace.startMarginMs,
  })
  noteFleet(owned, fleet, pace)
  if (run.status === 'RUNNING') deps.enrichment.duringLoad(run)
  const queue = await lookAtQueue(owned, run, fleet, deps)
  const decision = decideRun({ run, fleet, spawned: deps.spawner.started(run.id), undelivered, queue, startInMs })
  const load = decision.set === null && isAll ? await steerLoad(owned, seen, fleet, deps) : null
  const decidedAtMs = deps.monotonicMs()
  const decided = load === null || load.set === null ? { ...decision, steps: [], memory: null, remarks: [] } : load
  const change: Change = { ...decided, due: dueOf(decided, seen, startInMs, decidedAtMs, deps) }
  const isWritten = await writeChange(owned, seen, change, deps)
  if (load !== null && load.set === null) keepMemory(owned, load)
  const over = decision.effect !== null && (await carryOut(decision.effect, owned, { run, heartbeats }, deps))
  if (!over && isAll) await keepProgress(owned, run, heartbeats, fleet, deps)
  tell(owned, over || isWritten, deps)
  return over ? 'OVER' : (owned.seen?.run.status ?? run.status)
}

/** Looks whether others load the same, as long as no worker of the run was started; null: there is nothing to look for. */
const lookAtQueue = async (
  owned: OwnedRun,
  run: RunRecord,
  fleet: readonly FleetMember[],
  { db, spawner }: TickDeps,
): Promise<QueueView | null> => {
  const isBegun = spawner.started(run.id).size > 0 || fleet.some(({ standing }) => standing !== 'ABSENT')
  if (run.status !== 'STARTING' || isBegun || run.plan.advanced.shareSut || run.plan.sut.length === 0) return null
  const blockedBy = decideWait(run, await listStartedRuns(db))
  owned.freeLooks = blockedBy === null ? owned.freeLooks + 1 : 0
  return { blockedBy, freeLooks: owned.freeLooks }
}

/** When workers must have heard of a start or of new shares. Shares that take others' place hold from a margin after the decision on, or later. */
const dueOf = ({ set }: Pick<Change, 'set'>, seen: SeenRun, startInMs: number, decidedAtMs: number, { pace }: TickDeps): Due | null => {
  if (set?.startAtMs != null) return { of: 'START', atMs: seen.askedAtMs + startInMs, marginMs: pace.startMarginMs }
  if (set?.arrivalShares == null) return null
  return { of: 'SHARES', atMs: decidedAtMs + shareMarginMs(seen, pace), marginMs: pace.shareMarginMs }
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
  takeInPushed(owned, run, nowMs)
  const view = {
    nowMs,
    readAtMs: owned.snapshotsAtMs,
    isHeard: owned.inbox.hearsAll(servingWorkers(run), nowMs),
    gapSinceMs: owned.gapSinceMs,
  }
  const isDue = !owned.hasCaughtUp || areTablesDue(view, pace) || (isEnding(run) && owned.ledger.missing(heartbeats) > 0)
  let isAll = true
  if (isDue) {
    // An heir has much to read before it can steer: it reads on until its lease is due.
    do isAll = await readSnapshots(db, owned, run, heartbeats)
    while (!isAll && monotonicMs() - owned.renewedAtMs < pace.renewLeaseMs)
    if (isAll) owned.snapshotsAtMs = nowMs
  }
  await keepRollups(db, owned, runNow(seen, monotonicMs()), pace, monotonicMs())
  return isAll
}

const isEnding = ({ status }: RunRecord): boolean => status === 'STOPPING' || status === 'CANCELLING'

/** @returns whether the run is over */
const carryOut = async (effect: RunEffect, owned: OwnedRun, reading: Reading, deps: TickDeps): Promise<boolean> => {
  // A server that was stopped in the middle may be another's heir by now: then it starts and ends nobody.
  if (effect.type !== 'FINISH' && deps.monotonicMs() - owned.renewedAtMs >= LEASE_SECONDS * 1_000) return false
  switch (effect.type) {
    case 'SPAWN':
      for (const groupId of await unregistered(effect.groupIds, owned, deps)) deps.spawner.start(reading.run, groupId)
      return false
    case 'SIGNAL':
      deps.spawner.signal(reading.run, reading.heartbeats, effect.workerIds, effect.signal)
      return false
    case 'FINISH':
      return await finishRun(owned, reading, deps)
  }
}

/** Those of these group ids that are still nobody's: the owner before may have started them, and they may have registered a moment ago. */
const unregistered = async (groupIds: readonly number[], { runId, epoch }: OwnedRun, { db }: TickDeps): Promise<readonly number[]> => {
  if (epoch <= FIRST_EPOCH) return groupIds
  const registered = new Set((await listHeartbeats(db, runId)).map(beat => beat.workerGroupId))
  return groupIds.filter(groupId => !registered.has(groupId))
}
