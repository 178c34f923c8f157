import { MOST_WORKERS, type Plan, type RunRecord, servingWorkers, workerIdOf } from '@flakebench/contract'
import type { FleetSize } from './controllers/controller.ts'
import { isStarter } from './groupOrder.ts'

/** So many workers in a row that came to nothing are enough: others would fare alike, and each is waited for. */
const MOST_IN_A_ROW = 3

/**
 * How large a run's fleet is, and may become. Workers that were started during the run and were lost before they served have shown that there is no room
 * for so many: each makes the fleet's `most` smaller by one, and after three, one after the other, no more are tried. So does, with FIXED scaling, a lost worker that the run goes on without: it is not made up for.
 * Group ids end at `MOST_WORKERS`, as the lanes of new keys do, and are never given out again: a fleet grows no further than they last.
 */
export const sizeFleet = (run: RunRecord): FleetSize => {
  const { plan, fleetNotes, guardrail } = run
  const serving = servingWorkers(run)
  const standings = Object.entries(fleetNotes)
  const lost = standings.filter(([, note]) => note.standing === 'LOST').map(([workerId]) => workerId)
  const givenUp = lost.filter(workerId => !hasServed(run, workerId) || isMissedForGood(plan))
  const connectionsPerWorker = roomOf(plan)
  const joining = standings.filter(([, note]) => note.standing === 'JOINING').length
  const withIds = serving.length + joining + Math.max(0, MOST_WORKERS - run.workersExpected)
  const allowed = unservedInARow(run) < MOST_IN_A_ROW ? plan.limits.maxWorkers - givenUp.length : 0
  const most = Math.max(serving.length + joining, Math.min(allowed, withIds))
  const ceilings = guardrail?.ceilings ?? {}
  const capacity = serving.reduce((sum, workerId) => sum + Math.min(connectionsPerWorker, ceilings[workerId] ?? connectionsPerWorker), 0)
  return {
    serving: serving.length,
    joining,
    most,
    connectionsPerWorker,
    capacity,
    mostCapacity: capacity + (most - serving.length) * connectionsPerWorker,
  }
}

/** Of the workers that were started during the run, the newest that were lost before they served; those that still join are not known yet. */
const unservedInARow = (run: RunRecord): number => {
  let inARow = 0
  for (let groupId = run.workersExpected - 1; groupId >= run.plan.workerCount; groupId--) {
    const workerId = workerIdOf(groupId)
    const standing = run.fleetNotes[workerId]?.standing
    if (standing === 'JOINING') continue
    if (standing !== 'LOST' || hasServed(run, workerId)) break
    inARow += 1
  }
  return inARow
}

const isMissedForGood = ({ scaling, advanced }: Plan): boolean => scaling.mode === 'FIXED' && advanced.deadWorkerPolicy !== 'REPLACE'

/** Those of the start have all served; a later one has if it ever held a target or a part of the arrivals. */
const hasServed = ({ plan, workerTargets, arrivalShares }: RunRecord, workerId: string): boolean =>
  isStarter(workerId, plan.workerCount) ||
  (workerTargets?.[workerId] ?? 0) > 0 ||
  (arrivalShares ?? []).some(share => share.parts[workerId] !== undefined)

/** Of one worker. A rate's `load.targetConnections` is a ceiling of its own. */
const roomOf = ({ limits, load, scaling }: Plan): number =>
  load.mode === 'QPS' && scaling.mode !== 'FIXED' && load.targetConnections !== null
    ? Math.max(1, Math.min(limits.maxConnections, load.targetConnections))
    : limits.maxConnections
