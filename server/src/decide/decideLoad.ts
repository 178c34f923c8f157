import {
  type ControlCommand,
  type ControllerStep,
  type LogLevel,
  MOST_WORKERS,
  type Rollup,
  type RunChanges,
  type RunRecord,
  servingWorkers,
} from '@flakebench/contract'
import type { Finish, LoadSight, QueueSample, Wish } from './controllers/controller.ts'
import { decideFindMax } from './controllers/findMax.ts'
import { decideQps } from './controllers/qps.ts'
import { endLoad, type RunDecision } from './decideRun.ts'
import type { FleetMember } from './fleet.ts'
import { type GuardrailMemory, judgeGuardrails, NO_GUARDRAIL_MEMORY, type WorkerReading, type WorkerUse } from './guardrails.ts'
import { decideLosses } from './losses.ts'
import { sizeFleet } from './sizeFleet.ts'
import { decideSloAbort } from './sloAbort.ts'
import { applyLosses, applyWish, holdCeilings, isSame, passOn, servedConnections, targetsOf } from './steerFleet.ts'

/** All that a decision about the load of a RUNNING run rests on; its clock is `run.nowMs`, the database's. */
export interface LoadView {
  readonly run: RunRecord
  readonly fleet: readonly FleetMember[]
  /** Settled, oldest first, without a gap. */
  readonly intervals: readonly Rollup[]
  /** How workers fared in their newest intervals, each worker's in order. */
  readonly readings: readonly WorkerUse[]
  readonly queueSamples: readonly QueueSample[]
  readonly memory: LoadMemory
  /** From `run.nowMs` until new arrival shares may hold (see `decideStartMargin`). */
  readonly shareMarginMs: number
}

/** What is remembered between two decisions, and begins anew with a new owner. */
export interface LoadMemory {
  readonly guardrail: GuardrailMemory
  /** The newest interval that guardrails have judged; -1: none. Null: a new owner, for whom all but the newest were judged by another. */
  readonly judgedIndex: number | null
  /** Milliseconds from the agreed start: when a worker was last lost or began to serve; null: not in this owner's time. */
  readonly fleetChangedAtMs: number | null
}

export const NO_LOAD_MEMORY: LoadMemory = { guardrail: NO_GUARDRAIL_MEMORY, judgedIndex: null, fleetChangedAtMs: null }

/** A line for the run's log. */
export interface Remark {
  readonly level: LogLevel
  readonly source: string
  readonly message: string
}

export interface LoadDecision extends RunDecision {
  readonly steps: readonly ControllerStep[]
  readonly remarks: readonly Remark[]
  /** As it is once this decision has been written. */
  readonly memory: LoadMemory
}

/** The stages below, one after the other: each may change the run, say something, or end it. */
interface Stage {
  readonly run: RunRecord
  readonly memory: LoadMemory
  readonly steps: readonly ControllerStep[]
  readonly remarks: readonly Remark[]
  readonly finish: Finish | null
}

/** One beat of a run's load: losses, guardrails, bounds of the database's own, the controller, and who does what it wishes. One transition carries it all. */
export const decideLoad = (view: LoadView): LoadDecision => {
  const { run } = view
  const atMs = run.nowMs - (run.startAtMs ?? run.nowMs)
  const begin: Stage = { run, memory: view.memory, steps: [], remarks: [], finish: null }
  const stages = [judgeFleet, judgeWorkers, judgeDatabase, steer]
  const end = stages.reduce((stage, next) => (stage.finish === null ? next(stage, view, atMs) : stage), begin)
  const { set, commands } = changesOf(run, end.run)
  const { memory, steps } = end
  const remarks = [...end.remarks, ...lastIdRemark(run, end.run)]
  if (end.finish === null) return { set, commands, effect: null, steps, remarks, memory }
  const ending = endLoad(run, end.finish)
  return { ...ending, set: ending.set === null ? null : { ...set, ...ending.set }, steps, remarks, memory }
}

/** Said once, with the worker that is given the last group id. */
const lastIdRemark = (before: RunRecord, after: RunRecord): Remark[] => {
  if (after.workersExpected < MOST_WORKERS || before.workersExpected >= MOST_WORKERS) return []
  const message = `A run is given at most ${MOST_WORKERS} workers, those it has lost included: this one has had them all, no more are started`
  return [{ level: 'WARN', source: 'orchestrator', message }]
}

const judgeFleet = (stage: Stage, { fleet }: LoadView, atMs: number): Stage => {
  const losses = decideLosses(stage.run, fleet, atMs)
  const run = applyLosses(stage.run, losses)
  const isServed = (one: RunRecord): string => servingWorkers(one).join()
  const isLost = (one: RunRecord): number => Object.values(one.fleetNotes).filter(({ standing }) => standing === 'LOST').length
  const level = losses.finish !== null || isLost(run) > isLost(stage.run) ? 'WARN' : 'INFO'
  return {
    ...stage,
    run,
    memory: isServed(run) === isServed(stage.run) ? stage.memory : { ...stage.memory, fleetChangedAtMs: atMs },
    remarks: [...stage.remarks, ...losses.remarks.map(message => ({ level, source: 'orchestrator', message }) as const)],
    finish: losses.finish,
  }
}

const judgeWorkers = (stage: Stage, view: LoadView, atMs: number): Stage => {
  const { judgedIndex } = stage.memory
  if (!stage.run.plan.guardrails.enabled) return stage
  const due = judgedIndex === null ? view.intervals.slice(-1) : view.intervals.filter(one => one.intervalIndex > judgedIndex)
  const begin: Stage = { ...stage, memory: { ...stage.memory, judgedIndex: judgedIndex ?? -1 } }
  return due.reduce((before, interval) => (before.finish === null ? judgeInterval(before, view, interval, atMs) : before), begin)
}

const judgeInterval = (stage: Stage, view: LoadView, { intervalIndex, startMs }: Rollup, atMs: number): Stage => {
  const judged = judgeGuardrails({
    guardrails: stage.run.plan.guardrails,
    memory: stage.memory.guardrail,
    state: stage.run.guardrail,
    readings: readingsOf(stage.run, view, intervalIndex),
    fromMs: startMs,
    atMs,
  })
  return {
    ...stage,
    run:
      judged.state === stage.run.guardrail
        ? stage.run
        : passOn(stage.run, holdCeilings({ ...stage.run, guardrail: judged.state }), overIn(stage.run, view)),
    memory: { ...stage.memory, guardrail: judged.memory, judgedIndex: intervalIndex },
    remarks: [...stage.remarks, ...judged.remarks.map(message => ({ level: 'WARN' as const, source: 'guardrails', message }))],
    finish: judged.finish,
  }
}

/** Of who did not report the interval nothing is known: what it reported before says nothing of it. */
const readingsOf = (run: RunRecord, { readings }: LoadView, intervalIndex: number): WorkerReading[] => {
  const targets = targetsOf(run)
  return servingWorkers(run).map(workerId => {
    const use = readings.findLast(one => one.workerId === workerId && one.intervalIndex === intervalIndex)
    return {
      workerId,
      cpuUsedPercent: use?.cpuUsedPercent ?? null,
      memoryUsedPercent: use?.memoryUsedPercent ?? null,
      targetConnections: targets[workerId] ?? 0,
    }
  })
}

/** Workers that were over a bound in their newest interval: they are given nothing more. */
const overIn = ({ plan }: RunRecord, { readings }: LoadView): ReadonlySet<string> => {
  const { maxCpuPercent, maxMemoryPercent, enabled } = plan.guardrails
  const isOver = (one: WorkerUse): boolean =>
    enabled && ((one.cpuUsedPercent ?? 0) > maxCpuPercent || (one.memoryUsedPercent ?? 0) > maxMemoryPercent)
  const newest = new Map(readings.map(one => [one.workerId, one]))
  return new Set([...newest.values()].filter(isOver).map(({ workerId }) => workerId))
}

const judgeDatabase = (stage: Stage, { intervals }: LoadView): Stage => ({ ...stage, finish: decideSloAbort(stage.run.plan, intervals) })

const steer = (stage: Stage, view: LoadView, atMs: number): Stage => {
  const { run } = stage
  const sight = sightOf(stage, view, atMs)
  switch (run.plan.load.mode) {
    case 'CONCURRENCY':
      return stage
    case 'QPS': {
      if (atMs < 0) return stage
      const wish = decideQps(run.qpsController, sight)
      return carryOut({ ...stage, run: { ...run, qpsController: wish.state, bounds: wish.bounds ?? run.bounds } }, wish, view, atMs, 'rate')
    }
    case 'FIND_MAX_CONCURRENCY': {
      if (run.phase !== 'MEASUREMENT') return stage
      const wish = decideFindMax(run.findMax, sight)
      return carryOut({ ...stage, run: { ...run, findMax: wish.state } }, wish, view, atMs, 'find max')
    }
  }
}

const sightOf = ({ run, memory }: Stage, { intervals, queueSamples }: LoadView, atMs: number): LoadSight => ({
  nowMs: atMs,
  plan: run.plan,
  measurementFromMs: (run.measurementStartsAtMs ?? 0) - (run.startAtMs ?? 0),
  intervals,
  queueSamples,
  fleet: sizeFleet(run),
  targetConnections: servedConnections(run),
  backedOffAtMs: run.guardrail?.actions.at(-1)?.atMs ?? null,
  fleetChangedAtMs: latest([
    memory.fleetChangedAtMs ?? sharesChangedAtMs(run),
    ...Object.values(run.fleetNotes).map(note => (note.standing === 'LOST' ? note.atMs : null)),
  ]),
})

/** When arrivals last became those of other workers: to a new owner it says when one began to serve. */
const sharesChangedAtMs = ({ arrivalShares }: RunRecord): number | null => {
  const named = (arrivalShares ?? []).map(share => Object.keys(share.parts).sort().join())
  const changed = named.findLastIndex((names, i) => i > 0 && names !== named[i - 1])
  return arrivalShares?.[changed]?.fromMs ?? null
}

const latest = (moments: readonly (number | null)[]): number | null =>
  moments.reduce((newest, atMs) => (atMs === null ? newest : Math.max(atMs, newest ?? atMs)), null)

const carryOut = (stage: Stage, wish: Wish<unknown>, view: LoadView, atMs: number, source: string): Stage => {
  const over = overIn(stage.run, view)
  return {
    ...stage,
    run: wish.finish === null ? applyWish(stage.run, wish, { atMs, shareMarginMs: view.shareMarginMs, over }) : stage.run,
    steps: wish.steps,
    remarks: [...stage.remarks, ...wish.remarks.map(message => ({ level: 'INFO' as const, source, message }))],
    finish: wish.finish,
  }
}

/** What is to be written, and what the workers are to be told of it. */
const changesOf = (
  before: RunRecord,
  after: RunRecord,
): { readonly set: RunChanges | null; readonly commands: readonly ControlCommand[] } => {
  const targets = after.workerTargets !== null && !isSame(after.workerTargets, before.workerTargets ?? {}) ? after.workerTargets : null
  const shares = after.arrivalShares !== before.arrivalShares ? after.arrivalShares : null
  const set: RunChanges = {
    ...(after.workersExpected === before.workersExpected ? {} : { workersExpected: after.workersExpected }),
    ...(after.fleetNotes === before.fleetNotes ? {} : { fleetNotes: after.fleetNotes }),
    ...(targets === null ? {} : { workerTargets: targets }),
    ...(shares === null ? {} : { arrivalShares: shares }),
    ...(after.guardrail === before.guardrail || after.guardrail === null ? {} : { guardrail: after.guardrail }),
    ...(after.findMax === before.findMax || after.findMax === null ? {} : { findMax: after.findMax }),
    ...(after.qpsController === before.qpsController || after.qpsController === null ? {} : { qpsController: after.qpsController }),
    ...(after.bounds === before.bounds || after.bounds === null ? {} : { bounds: after.bounds }),
  }
  const isLeaving = ({ fleetNotes }: RunRecord, id: string): boolean => fleetNotes[id]?.standing === 'LEAVING'
  const retired = Object.keys(after.fleetNotes).filter(id => isLeaving(after, id) && !isLeaving(before, id))
  const { drainTimeoutSeconds } = after.plan.advanced
  return {
    set: Object.keys(set).length === 0 ? null : set,
    commands: [
      ...(targets === null ? [] : [{ type: 'SET_WORKER_TARGET', data: { targets } } as const]),
      ...(shares === null ? [] : [{ type: 'SET_ARRIVAL_SHARES', data: { shares } } as const]),
      ...(retired.length === 0 ? [] : [{ type: 'RETIRE', data: { workerIds: retired, drainTimeoutSeconds } } as const]),
    ],
  }
}
