import type { FindMaxState, Plan, Rollup } from '@flakebench/contract'
import type { FleetSize, LoadSight, QueueSample, Wish } from '../../server/src/decide/controllers/controller.ts'
import { decideFindMax } from '../../server/src/decide/controllers/findMax.ts'
import { type SutModel, simulateSut } from './simulatedSut.ts'

export interface SearchWorld {
  readonly model: SutModel
  readonly plan: Plan
  readonly seed: number
  /** Workers to begin with, and how many there may be. */
  readonly workers?: number
  readonly mostWorkers?: number
  readonly connectionsPerWorker?: number
  /** Statements that wait in the warehouse with so many connections; looked at every 5 s. */
  readonly queuedAt?: (connections: number) => number
  /** When guardrails last took connections away, and when the fleet last changed by itself, told the moment in ms. */
  readonly backedOffAtMs?: (nowMs: number) => number | null
  readonly changedAtMs?: (nowMs: number) => number | null
  /** An interval as the search sees it, if that is not how it was. */
  readonly seen?: (interval: Rollup) => Rollup
  /** Called with every decision. */
  readonly onBeat?: (wish: Wish<FindMaxState>, sight: LoadSight, before: FindMaxState | null) => void
  /** The state before each beat, as another server would find it. */
  readonly recall?: (state: FindMaxState) => FindMaxState
}

export interface SearchRun {
  readonly state: FindMaxState
  readonly durationMs: number
  readonly intervals: readonly Rollup[]
  readonly remarks: readonly string[]
}

const JOIN_MS = 2_000
const LOOK_MS = 5_000
/** A search that takes longer has lost its way. */
const LONGEST_MS = 4 * 3_600_000

/** Lets the search drive a simulated system until it ends. Intervals are settled one interval after their end. */
export const runSearch = (world: SearchWorld): SearchRun => {
  const { model, plan, seed } = world
  const intervalMs = plan.advanced.metricsIntervalSeconds * 1_000
  const measurementFromMs = plan.load.warmupSeconds * 1_000
  const sut = simulateSut(model, seed, { intervalMs, warmupMs: measurementFromMs })
  const perWorker = world.connectionsPerWorker ?? 1_000
  const most = world.mostWorkers ?? 1
  const intervals: Rollup[] = []
  const queueSamples: QueueSample[] = []
  const remarks: string[] = []
  let serving = world.workers ?? 1
  let joinsAtMs: number[] = []
  let fleetChangedAtMs: number | null = null
  let state: FindMaxState | null = null
  let target = plan.load.findMax.startConnections
  for (;;) {
    const nowMs = sut.nowMs()
    const joined = joinsAtMs.filter(atMs => atMs <= nowMs)
    if (joined.length > 0) {
      serving += joined.length
      fleetChangedAtMs = nowMs
      joinsAtMs = joinsAtMs.filter(atMs => atMs > nowMs)
    }
    const fleet: FleetSize = {
      serving,
      joining: joinsAtMs.length,
      most,
      connectionsPerWorker: perWorker,
      capacity: serving * perWorker,
      mostCapacity: most * perWorker,
    }
    const sight: LoadSight = {
      nowMs,
      plan,
      measurementFromMs,
      intervals: intervals.slice(0, -1),
      queueSamples: [...queueSamples],
      fleet,
      targetConnections: target,
      backedOffAtMs: world.backedOffAtMs?.(nowMs) ?? null,
      fleetChangedAtMs: world.changedAtMs?.(nowMs) ?? fleetChangedAtMs,
    }
    const before: FindMaxState | null = state === null ? null : (world.recall?.(state) ?? state)
    const wish: Wish<FindMaxState> = decideFindMax(before, sight)
    world.onBeat?.(wish, sight, before)
    state = wish.state
    remarks.push(...wish.remarks)
    if (wish.finish !== null) return { state, durationMs: nowMs - measurementFromMs, intervals, remarks }
    if (nowMs > LONGEST_MS) throw new Error(`The search does not end:\n${remarks.slice(-20).join('\n')}`)
    while (serving + joinsAtMs.length < wish.workers) joinsAtMs.push(nowMs + JOIN_MS)
    target = Math.min(wish.connections, serving * perWorker)
    const interval = sut.interval({ connections: target, workers: serving })
    intervals.push(world.seen?.(interval) ?? interval)
    if (world.queuedAt !== undefined && Math.floor(sut.nowMs() / LOOK_MS) > Math.floor(nowMs / LOOK_MS)) {
      queueSamples.push({ atMs: sut.nowMs(), queued: world.queuedAt(target) })
    }
  }
}
