import {
  type ControlCommand,
  type ControllerStep,
  isTerminal,
  type KindSnapshot,
  type Plan,
  type Rollup,
  type RunRecord,
  servingWorkers,
  workerIdOf,
} from '@flakebench/contract'
import { changedRun } from '../../server/src/decide/changedRun.ts'
import { decideLoad, type LoadMemory, NO_LOAD_MEMORY } from '../../server/src/decide/decideLoad.ts'
import { decideRun, decideStart, decideStop, type RunDecision } from '../../server/src/decide/decideRun.ts'
import type { FleetMember, Standing } from '../../server/src/decide/fleet.ts'
import { nextStatus } from '../../server/src/decide/runMachine.ts'
import { sampleMember } from './sampleMember.ts'
import { SAMPLE_START_MS, sampleRun } from './sampleRun.ts'
import { EASY_CLIENT, sampleKind } from './sampleSnapshot.ts'
import type { Seeded } from './seeded.ts'

/** A run with workers and a database that are made up: decisions are real, and happen to it as they would. */
export interface ImaginedRun {
  readonly run: RunRecord
  readonly epochs: readonly number[]
  readonly commands: readonly ControlCommand[]
  readonly steps: readonly ControllerStep[]
  start(): void
  stop(): void
  /** A worker that is there is gone from now on. */
  kill(random: Seeded): void
  /** Another server goes on: it knows what the tables hold. */
  takeOver(): void
  /** A worker is over its bounds from now on, or all are well again. */
  strain(workerId: string | null): void
  /** Somebody else changes the run between the next decision and its writing, which is refused then. */
  collide(): void
  /** Time passes, workers do what they were told, the owner has one beat. */
  beat(ms: number): void
}

const SERVICE_MS = 20
const SERVERS = 20

export const imagineRun = (plan: Plan): ImaginedRun => {
  let run = sampleRun({
    plan,
    status: 'PREPARED',
    phase: 'PREPARING',
    version: 1,
    epoch: 1,
    startRequestedAtMs: null,
    startAtMs: null,
    measurementStartsAtMs: null,
    measurementEndsAtMs: null,
    phaseStartedAtMs: null,
    workersExpected: plan.workerCount,
    nowMs: SAMPLE_START_MS,
  })
  const standings = new Map<string, Standing>()
  const epochs = [1]
  const commands: ControlCommand[] = []
  const steps: ControllerStep[] = []
  const rollups: Rollup[] = []
  let spawned = new Set<string>()
  let memory: LoadMemory = NO_LOAD_MEMORY
  let strained: string | null = null
  let isColliding = false

  const fleet = (): FleetMember[] =>
    Array.from({ length: run.workersExpected }, (_, groupId) => sampleMember(groupId, standings.get(workerIdOf(groupId)) ?? 'ABSENT'))

  const write = (decision: RunDecision, done: readonly ControllerStep[]): boolean => {
    if (decision.set === null) return true
    if (isColliding) {
      isColliding = false
      run = { ...run, version: run.version + 1 }
      return false
    }
    commands.push(...decision.commands)
    steps.push(...done)
    run = changedRun(run, decision)
    return true
  }

  const carryOut = ({ effect }: RunDecision): void => {
    if (effect?.type === 'SPAWN') {
      for (const groupId of effect.groupIds) {
        const workerId = workerIdOf(groupId)
        spawned.add(workerId)
        if (standings.get(workerId) !== 'LOST') standings.set(workerId, 'STARTING')
      }
    }
    if (effect?.type === 'SIGNAL') for (const id of effect.workerIds) standings.set(id, effect.signal === 'SIGTERM' ? 'DONE' : 'LOST')
    if (effect?.type !== 'FINISH') return
    const status = nextStatus(run.status, 'PROCESSED', run.completionReason)
    if (status !== null) write({ set: { status, phase: 'COMPLETED', endedAt: 'now' }, commands: [], effect: null }, [])
  }

  const work = (): void => {
    const isBegun = run.status === 'RUNNING' && run.startAtMs !== null && run.nowMs >= run.startAtMs
    const isEnding = run.status === 'STOPPING' || run.status === 'CANCELLING' || isTerminal(run.status)
    for (const [id, standing] of standings) {
      if (standing === 'LOST' || standing === 'DONE') continue
      if (isEnding || run.fleetNotes[id]?.standing === 'LEAVING') standings.set(id, 'DONE')
      else if (standing === 'STARTING') standings.set(id, 'READY')
      else if (standing === 'READY' && isBegun) standings.set(id, 'WORKING')
    }
  }

  /** Whole seconds that have passed, each with what the workers that serve were told to hold. */
  const measure = (): void => {
    if (run.startAtMs === null || run.status !== 'RUNNING') return
    for (let next = rollups.length; (next + 1) * 1_000 <= run.nowMs - run.startAtMs; next++) {
      const alive = servingWorkers(run).filter(id => standings.get(id) === 'WORKING')
      if (alive.length === 0) break
      rollups.push(interval(run, next, alive))
    }
  }

  const beat = (ms: number): void => {
    run = { ...run, nowMs: run.nowMs + ms, elapsedSeconds: run.elapsedSeconds + ms / 1_000 }
    work()
    measure()
    if (isTerminal(run.status)) return
    const members = fleet()
    const queue = run.status === 'STARTING' && spawned.size === 0 ? { blockedBy: null, freeLooks: 2 } : null
    const decision = decideRun({ run, fleet: members, spawned, undelivered: 0, queue, startInMs: 300 })
    if (decision.set !== null || run.status !== 'RUNNING') {
      if (write(decision, [])) carryOut(decision)
      return
    }
    const readings = rollups.slice(-20).flatMap(({ intervalIndex }) =>
      members.map(({ workerId }) => ({
        workerId,
        intervalIndex,
        cpuUsedPercent: 10,
        memoryUsedPercent: workerId === strained ? 99 : 10,
      })),
    )
    const load = decideLoad({ run, fleet: members, intervals: rollups, readings, queueSamples: [], memory, shareMarginMs: 1_000 })
    if (write(load, load.steps)) memory = load.memory
    carryOut(decision)
  }

  const command = (decided: ReturnType<typeof decideStart>): void => {
    if (decided.allowed) write(decided.decision, [])
  }
  return {
    get run() {
      return run
    },
    epochs,
    commands,
    steps,
    start: () => command(decideStart(run)),
    stop: () => command(decideStop(run, 'enough')),
    kill: random => {
      const there = [...standings].filter(([, standing]) => standing !== 'LOST' && standing !== 'DONE')
      if (there.length > 0) standings.set(random.pick(there)[0], 'LOST')
    },
    takeOver: () => {
      run = { ...run, epoch: run.epoch + 1 }
      epochs.push(run.epoch)
      // Workers that have registered are seen by whoever comes.
      spawned = new Set([...standings.keys()])
      memory = NO_LOAD_MEMORY
    },
    strain: workerId => {
      strained = workerId
    },
    collide: () => {
      isColliding = true
    },
    beat,
  }
}

const kinds = new Map<number, KindSnapshot>()
const SAMPLES = 150

/** All of one length: more connections than servers wait for each other. */
const kindOf = (latencyMs: number): KindSnapshot => {
  const known = kinds.get(latencyMs) ?? sampleKind(Array.from({ length: SAMPLES }, () => latencyMs))
  kinds.set(latencyMs, known)
  return known
}

const interval = (run: RunRecord, index: number, alive: readonly string[]): Rollup => {
  const held = alive.reduce((sum, id) => sum + (run.workerTargets?.[id] ?? 0), 0)
  const latencyMs = Math.round(SERVICE_MS * Math.max(1, held / SERVERS))
  const kind = kindOf(latencyMs)
  const isOpen = run.plan.load.mode === 'QPS'
  const most = (1_000 / latencyMs) * held
  return {
    runId: run.id,
    intervalIndex: index,
    startMs: index * 1_000,
    endMs: (index + 1) * 1_000,
    phase: (index + 1) * 1_000 <= (run.measurementStartsAtMs ?? 0) - (run.startAtMs ?? 0) ? 'WARMUP' : 'MEASUREMENT',
    started: kind.operations,
    operations: kind.operations,
    errors: 0,
    cutOff: 0,
    retriedOperations: 0,
    qps: isOpen ? Math.min(run.plan.load.targetQps ?? 0, most) : most,
    latency: kind.latency,
    p50Ms: latencyMs,
    p95Ms: latencyMs,
    p99Ms: latencyMs,
    maxMs: latencyMs,
    byKind: [isOpen ? { ...kind, service: kind.latency } : kind],
    errorsByCategory: [],
    activeConnections: held,
    targetConnections: held,
    openConnections: held,
    arrivals: isOpen ? { planned: SAMPLES, late: 0, missed: 0, waiting: 0, clockError: null } : null,
    workersReported: alive.length,
    workersExpected: alive.length,
    client: EASY_CLIENT,
    clientLimited: false,
  }
}
