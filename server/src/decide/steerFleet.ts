import {
  type FleetNotes,
  MOST_WORKERS,
  type RunRecord,
  servingWorkers,
  shareEvenly,
  type WorkerTargets,
  workerIdOf,
} from '@flakebench/contract'
import { allocateConnections } from './allocate.ts'
import type { Wish } from './controllers/controller.ts'
import { decideShares } from './decideShares.ts'
import { sizeFleet } from './sizeFleet.ts'

/** The connections that the workers hold as their targets; before any were written they share the plan's evenly. */
export const targetsOf = (run: RunRecord): WorkerTargets => {
  if (run.workerTargets !== null) return run.workerTargets
  const shares = shareEvenly(run.plan.targetConnections, run.plan.workerCount)
  return Object.fromEntries(shares.map((share, groupId) => [workerIdOf(groupId), share]))
}

/** What those who serve hold together. */
export const servedConnections = (run: RunRecord): number => {
  const targets = targetsOf(run)
  return servingWorkers(run).reduce((sum, id) => sum + (targets[id] ?? 0), 0)
}

/** Milliseconds between the moment from which nothing is a worker's share and its retirement: what it had to start by then has had its time. */
const RETIRE_AFTER_MS = 1_000

const standingIn = (notes: FleetNotes, standing: 'JOINING' | 'LEAVING' | 'LOST'): string[] =>
  Object.keys(notes).filter(id => notes[id]?.standing === standing)

/**
 * The run after losses. A worker that is started in place of a lost one takes over its connections, where no controller says otherwise; elsewhere it holds
 * none until it serves. Who was lost before it served never held any; that of others stays as it was.
 */
export const applyLosses = (run: RunRecord, losses: { readonly notes: FleetNotes; readonly workersExpected: number }): RunRecord => {
  if (losses.notes === run.fleetNotes && losses.workersExpected === run.workersExpected) return run
  const targets: Record<string, number> = { ...targetsOf(run) }
  const isNew = (id: string, standing: string): boolean =>
    losses.notes[id]?.standing === standing && run.fleetNotes[id]?.standing !== standing
  const lost = standingIn(losses.notes, 'LOST').filter(id => isNew(id, 'LOST'))
  const joining = standingIn(losses.notes, 'JOINING').filter(id => isNew(id, 'JOINING'))
  for (const [i, id] of joining.entries()) targets[id] = run.plan.load.mode === 'CONCURRENCY' ? (targets[lost[i] ?? ''] ?? 0) : 0
  for (const id of lost) if (run.fleetNotes[id]?.standing === 'JOINING') targets[id] = 0
  return { ...run, fleetNotes: losses.notes, workersExpected: losses.workersExpected, workerTargets: targets }
}

/** The run with no worker above what guardrails let it hold. */
export const holdCeilings = (run: RunRecord): RunRecord => {
  const targets = targetsOf(run)
  const held = Object.fromEntries(Object.entries(targets).map(([id, target]) => [id, Math.min(target, ceilingOf(run, id))]))
  return isSame(held, targets) ? run : { ...run, workerTargets: held }
}

/**
 * A run of a set number of connections, after guardrails took some away: others that have room and are over no bound take them over, so that the run holds
 * what it is to hold. Not in FIXED; nor when a person has set targets, which shows when they are not those that the run gives out by itself; nor after
 * the loss of a worker, whose connections are missing from the sum.
 * @param before the back-off
 */
export const passOn = (before: RunRecord, run: RunRecord, over: ReadonlySet<string>): RunRecord => {
  const { load, scaling, limits, targetConnections } = run.plan
  if (load.mode !== 'CONCURRENCY' || scaling.mode === 'FIXED' || !isAsGiven(before)) return run
  const targets = targetsOf(run)
  const seats = servingWorkers(run).map(workerId => ({ workerId, ceiling: seatCeiling(run, workerId, over) }))
  const given = { ...targets, ...allocateConnections(targetConnections, seats, limits.minConnections) }
  return isSame(given, targets) ? run : { ...run, workerTargets: given }
}

/** The targets are even, but for ceilings, and sum to the plan's. */
const isAsGiven = (run: RunRecord): boolean => {
  const seats = servingWorkers(run).map(workerId => ({ workerId, ceiling: Math.min(ceilingOf(run, workerId), run.plan.targetConnections) }))
  const targets = targetsOf(run)
  const given = allocateConnections(run.plan.targetConnections, seats, run.plan.limits.minConnections)
  return seats.every(({ workerId }) => targets[workerId] === given[workerId]) && servedConnections(run) === run.plan.targetConnections
}

const ceilingOf = (run: RunRecord, workerId: string): number => run.guardrail?.ceilings[workerId] ?? Number.POSITIVE_INFINITY

/** When what, and what is to be known for it. Milliseconds from the agreed start. */
export interface SteeringMoment {
  readonly atMs: number
  /** From now until new arrival shares may hold. */
  readonly shareMarginMs: number
  /** Workers that are over a bound now: they are given nothing more. */
  readonly over: ReadonlySet<string>
}

/**
 * The run as its controller wishes it: who joins, who retires, who holds how many connections, who sends which arrivals. One worker joins at a time. A
 * worker with arrivals of its own retires only when they have become those of others.
 */
export const applyWish = (run: RunRecord, wish: Pick<Wish<unknown>, 'connections' | 'workers'>, moment: SteeringMoment): RunRecord => {
  const joined = applyJoin(run, wish, moment.atMs)
  const { staying, leaving } = stayers(joined, wish.workers)
  const before = targetsOf(joined)
  const seats = staying.map(workerId => ({ workerId, ceiling: seatCeiling(joined, workerId, moment.over) }))
  const given = allocateConnections(wish.connections, seats, joined.plan.limits.minConnections)
  const isFixed = joined.plan.scaling.mode === 'FIXED'
  const targets: WorkerTargets = {
    ...before,
    ...Object.fromEntries(Object.entries(given).map(([id, target]) => [id, isFixed ? Math.min(target, ceilingOf(joined, id)) : target])),
  }
  const steered: RunRecord = isSame(targets, before) ? joined : { ...joined, workerTargets: targets }
  const shared = steered.plan.load.mode === 'QPS' ? shareArrivals(steered, staying, moment) : steered
  return retire(shared, leaving, moment.atMs)
}

const applyJoin = (run: RunRecord, wish: Pick<Wish<unknown>, 'connections' | 'workers'>, atMs: number): RunRecord => {
  const serving = servingWorkers(run).length
  if (wish.workers <= serving || standingIn(run.fleetNotes, 'JOINING').length > 0 || run.workersExpected >= MOST_WORKERS) return run
  const workerId = workerIdOf(run.workersExpected)
  const share = run.plan.load.mode === 'QPS' ? Math.floor(wish.connections / (serving + 1)) : 0
  return {
    ...run,
    workersExpected: run.workersExpected + 1,
    fleetNotes: { ...run.fleetNotes, [workerId]: { standing: 'JOINING', atMs, reason: `${wish.workers} workers are needed` } },
    workerTargets: { ...targetsOf(run), [workerId]: Math.min(share, run.plan.limits.maxConnections) },
  }
}

/** Nobody retires while somebody joins. */
const stayers = (run: RunRecord, workers: number): { readonly staying: string[]; readonly leaving: string[] } => {
  const serving = servingWorkers(run)
  const isJoining = standingIn(run.fleetNotes, 'JOINING').length > 0
  const count = isJoining ? serving.length : Math.min(serving.length, Math.max(workers, 1))
  return { staying: serving.slice(0, count), leaving: serving.slice(count) }
}

/** In FIXED the share of a worker that was backed off is not given to the others. */
const seatCeiling = (run: RunRecord, workerId: string, over: ReadonlySet<string>): number => {
  const { connectionsPerWorker } = sizeFleet(run)
  if (run.plan.scaling.mode === 'FIXED') return connectionsPerWorker
  const held = targetsOf(run)[workerId] ?? 0
  return Math.min(connectionsPerWorker, ceilingOf(run, workerId), over.has(workerId) ? held : Number.POSITIVE_INFINITY)
}

/**
 * Arrivals go to those who stay, by their connections; from a moment on that every worker will have heard of. While nobody serves they stay the lost
 * one's, which sends none of them.
 */
const shareArrivals = (run: RunRecord, staying: readonly string[], { atMs, shareMarginMs }: SteeringMoment): RunRecord => {
  if (staying.length === 0) return run
  const targets = targetsOf(run)
  const held = Object.fromEntries(staying.map(id => [id, targets[id] ?? 0]))
  const shares = decideShares(run.arrivalShares, held, atMs, shareMarginMs)
  return shares === run.arrivalShares ? run : { ...run, arrivalShares: shares }
}

const retire = (run: RunRecord, leaving: readonly string[], atMs: number): RunRecord => {
  const last = run.arrivalShares?.at(-1)
  const isFree = (id: string): boolean => last === undefined || (last.parts[id] === undefined && atMs >= last.fromMs + RETIRE_AFTER_MS)
  const free = leaving.filter(isFree)
  if (free.length === 0) return run
  const note = { standing: 'LEAVING', atMs, reason: 'it is needed no more' } as const
  return {
    ...run,
    fleetNotes: { ...run.fleetNotes, ...Object.fromEntries(free.map(id => [id, note])) },
    workerTargets: { ...targetsOf(run), ...Object.fromEntries(free.map(id => [id, 0])) },
  }
}

/** Whether two tables of numbers hold the same. */
export const isSame = (one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>): boolean => {
  const keys = Object.keys(one)
  return keys.length === Object.keys(other).length && keys.every(key => one[key] === other[key])
}
