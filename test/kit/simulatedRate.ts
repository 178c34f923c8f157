import type { EncodedHistogram, Plan, QpsState, Rollup } from '@flakebench/contract'
import type { FleetSize, LoadSight } from '../../server/src/decide/controllers/controller.ts'
import { decideQps, firstConnections, type QpsWish } from '../../server/src/decide/controllers/qps.ts'
import { Earliest } from './earliest.ts'
import { EASY_CLIENT } from './sampleSnapshot.ts'
import { type Seeded, seeded } from './seeded.ts'

/**
 * A run of a rate against a database as a formula, with its workers, driven by the controller. With `n` operations in flight one takes
 * serviceMs · max(1, n / servers) ^ (1 + collapse), times a log-normal factor of mean 1; arrivals wait in one line for a free connection.
 */
export interface RateModel {
  readonly serviceMs: number
  readonly spread: number
  /** So many of a hundred take `forMs` instead. */
  readonly outliers: { readonly percent: number; readonly forMs: number } | null
  /** Operations that it serves at the same time without slowing down. */
  readonly servers: number
  readonly collapse: number
  /** Deviation of the logarithm of all times in an interval. */
  readonly noise: number
  /** Times are higher by `factor` at the start, which wears off with e^(−t/forMs). */
  readonly cold: { readonly factor: number; readonly forMs: number } | null
  /** Nothing moves for `forMs` from `atMs` on. */
  readonly stall: { readonly atMs: number; readonly forMs: number } | null
  /** Times are so many times as long from `atMs` on, to the end or until `untilMs`. */
  readonly slowdown: { readonly atMs: number; readonly factor: number; readonly untilMs?: number } | null
  readonly floorMs: number | null
  readonly mostSessions: number
  /** To open a connection; one after another. */
  readonly openMs: number
  /** Operations that one worker can send in a second; it is marked from 85 % on. */
  readonly workerPerSecond: number
  /** From the decision to a worker that serves. */
  readonly joinMs: number
  /** Workers that can be started. */
  readonly startableWorkers: number
}

export const STEADY_RATE: RateModel = {
  serviceMs: 20,
  spread: 0.5,
  outliers: null,
  servers: 1_000,
  collapse: 0,
  noise: 0.05,
  cold: null,
  stall: null,
  slowdown: null,
  floorMs: 4,
  mostSessions: 10_000,
  openMs: 10,
  workerPerSecond: 100_000,
  joinMs: 2_500,
  startableWorkers: 64,
}

const MISSED_MS = 10_000
/** Deviations that times are drawn from: drawing each anew would take most of a simulation's time. */
const DEVIATIONS = Array.from({ length: 4_096 }, seeded(1).normal)

export interface RateRun {
  readonly intervals: readonly Rollup[]
  /** All decisions that changed anything or ended the run, with their moments. */
  readonly wishes: readonly { readonly atMs: number; readonly wish: QpsWish }[]
  readonly remarks: readonly string[]
  readonly end: QpsWish
  readonly serving: number
}

/** Runs for the plan's time or until the controller ends it; decides four times in an interval, in between on what it has seen already. */
export const runRate = (plan: Plan, model: RateModel, seed: number): RateRun => {
  const random = seeded(seed)
  const database = simulateDatabase(plan, model, random)
  const intervalMs = plan.advanced.metricsIntervalSeconds * 1_000
  const beatMs = intervalMs / 4
  const warmupMs = plan.load.warmupSeconds * 1_000
  const endMs = warmupMs + plan.load.durationSeconds * 1_000
  const intervals: Rollup[] = []
  const wishes: { atMs: number; wish: QpsWish }[] = []
  const remarks: string[] = []
  let state: QpsState | null = null
  let wish: QpsWish | null = null
  let workers = { serving: plan.workerCount, joinsAtMs: Number.POSITIVE_INFINITY, changedAtMs: null as number | null }
  let target = firstConnections(plan, model.floorMs)
  database.setTarget(target, 0, plan.workerCount)
  database.openAll()
  for (let atMs = beatMs; atMs <= endMs; atMs += beatMs) {
    database.advance(atMs)
    if (atMs % intervalMs === 0) {
      intervals.push(database.interval(atMs - intervalMs, atMs, atMs <= warmupMs ? 'WARMUP' : 'MEASUREMENT', workers.serving))
      continue
    }
    if (atMs >= workers.joinsAtMs) {
      workers = { serving: workers.serving + 1, joinsAtMs: Number.POSITIVE_INFINITY, changedAtMs: atMs }
    }
    const fleet = fleetOf(plan, model, workers.serving, workers.joinsAtMs < Number.POSITIVE_INFINITY ? 1 : 0)
    const sight: LoadSight = {
      nowMs: atMs,
      plan,
      measurementFromMs: warmupMs,
      intervals,
      queueSamples: [],
      fleet,
      targetConnections: target,
      backedOffAtMs: null,
      fleetChangedAtMs: workers.changedAtMs,
    }
    wish = decideQps(state, sight)
    remarks.push(...wish.remarks)
    if (wish.state !== state) wishes.push({ atMs, wish })
    // As it is read again from the control database.
    if (wish.state !== state) state = JSON.parse(JSON.stringify(wish.state)) as QpsState
    if (wish.finish !== null) break
    const there = workers.serving + fleet.joining
    if (wish.workers > there) workers = { ...workers, joinsAtMs: atMs + model.joinMs }
    else if (wish.workers < workers.serving) workers = { ...workers, serving: wish.workers }
    target = Math.min(wish.connections, workers.serving * fleet.connectionsPerWorker)
    database.setTarget(target, atMs, workers.serving)
  }
  return { intervals, wishes, remarks, end: wish as QpsWish, serving: workers.serving }
}

const fleetOf = ({ limits, load }: Plan, model: RateModel, serving: number, joining: number): FleetSize => {
  const connectionsPerWorker = Math.min(limits.maxConnections, load.targetConnections ?? limits.maxConnections)
  const most = Math.max(serving, Math.min(limits.maxWorkers, model.startableWorkers))
  return {
    serving,
    joining,
    most,
    connectionsPerWorker,
    capacity: serving * connectionsPerWorker,
    mostCapacity: most * connectionsPerWorker,
  }
}

interface SimulatedDatabase {
  readonly setTarget: (connections: number, atMs: number, workers: number) => void
  /** Connections that are opened before the start. */
  readonly openAll: () => void
  readonly advance: (untilMs: number) => void
  readonly interval: (startMs: number, endMs: number, phase: Rollup['phase'], workers: number) => Rollup
}

const simulateDatabase = (plan: Plan, model: RateModel, random: Seeded): SimulatedDatabase => {
  const rate = plan.load.targetQps ?? 0
  const factors = DEVIATIONS.map(deviation => Math.exp(model.spread * deviation - model.spread ** 2 / 2))
  const ends = new Earliest()
  const line: number[] = []
  let lineFrom = 0
  let [nowMs, open, target, openedMs, workers] = [0, 0, 0, 0, 1]
  let nextArrivalMs = 0
  let arrivals = 0
  let sendFreeMs = 0
  let pace = 1
  let counts = { planned: 0, started: 0, ended: 0, missed: 0, late: 0, serviceMs: 0 }

  const takesMs = (startMs: number): number => {
    const over = ends.size < model.servers ? 1 : ((ends.size + 1) / model.servers) ** (1 + model.collapse)
    const cold = model.cold === null ? 1 : 1 + model.cold.factor * Math.exp(-startMs / model.cold.forMs)
    const { atMs, factor, untilMs = Number.POSITIVE_INFINITY } = model.slowdown ?? { atMs: Number.POSITIVE_INFINITY, factor: 1 }
    const slow = startMs >= atMs && startMs < untilMs ? factor : 1
    const { percent, forMs } = model.outliers ?? { percent: 0, forMs: 0 }
    const serviceMs = percent > 0 && random.fraction() * 100 < percent ? forMs : model.serviceMs
    return serviceMs * over * cold * slow * pace * (factors[random.whole(0, factors.length - 1)] as number)
  }
  const stalled = (startMs: number, endMs: number): number => {
    const { atMs, forMs } = model.stall ?? { atMs: Number.POSITIVE_INFINITY, forMs: 0 }
    if (startMs >= atMs + forMs || endMs <= atMs) return endMs
    return endMs + atMs + forMs - Math.max(startMs, atMs)
  }
  const begin = (intendedMs: number): void => {
    const startMs = Math.max(nowMs, sendFreeMs)
    sendFreeMs = startMs + 1_000 / (model.workerPerSecond * workers)
    const endMs = stalled(startMs, startMs + takesMs(startMs))
    counts.started += 1
    if (startMs - intendedMs > 10) counts.late += 1
    ends.push(endMs, endMs - startMs)
  }
  const beginWaiting = (): void => {
    while (lineFrom < line.length && nowMs - (line[lineFrom] as number) > MISSED_MS) {
      lineFrom += 1
      counts.missed += 1
    }
    while (lineFrom < line.length && ends.size < Math.min(open, target)) begin(line[lineFrom++] as number)
  }
  const arrive = (): void => {
    counts.planned += 1
    line.push(nextArrivalMs)
    arrivals += 1
    nextArrivalMs =
      plan.load.arrival === 'CONSTANT' ? (arrivals * 1_000) / rate : nextArrivalMs - (Math.log(1 - random.fraction()) * 1_000) / rate
  }

  return {
    setTarget: (connections, atMs, serving) => {
      workers = serving
      if (connections !== target) openedMs = atMs
      target = connections
      open = Math.min(open, target)
    },
    openAll: () => {
      open = Math.min(target, model.mostSessions)
    },
    advance: untilMs => {
      for (;;) {
        const opensMs = open < Math.min(target, model.mostSessions) ? openedMs + model.openMs : Number.POSITIVE_INFINITY
        const nextMs = Math.min(nextArrivalMs, ends.earliest, opensMs)
        if (nextMs >= untilMs) break
        nowMs = nextMs
        if (nextMs === opensMs) {
          open += 1
          openedMs = nowMs
        } else if (nextMs === ends.earliest) {
          counts.ended += 1
          counts.serviceMs += ends.pop()
        } else arrive()
        beginWaiting()
      }
      nowMs = untilMs
      beginWaiting()
    },
    interval: (startMs, endMs, phase, serving) => {
      const rollup = rollupOf(counts, { startMs, endMs }, phase, serving, model, {
        open,
        target,
        active: ends.size,
        waiting: line.length - lineFrom,
      })
      counts = { planned: 0, started: 0, ended: 0, missed: 0, late: 0, serviceMs: 0 }
      pace = Math.exp(model.noise * random.normal())
      line.splice(0, lineFrom)
      lineFrom = 0
      return rollup
    },
  }
}

interface RateCounts {
  readonly planned: number
  readonly started: number
  readonly ended: number
  readonly missed: number
  readonly late: number
  readonly serviceMs: number
}

const rollupOf = (
  counts: RateCounts,
  { startMs, endMs }: Pick<Rollup, 'startMs' | 'endMs'>,
  phase: Rollup['phase'],
  workers: number,
  model: RateModel,
  now: { readonly open: number; readonly target: number; readonly active: number; readonly waiting: number },
): Rollup => {
  const seconds = (endMs - startMs) / 1_000
  const usedPercent = Math.min(100, (100 * counts.started) / seconds / (model.workerPerSecond * workers))
  const service = counts.ended === 0 ? null : meansOnly(counts.ended, counts.serviceMs)
  return {
    runId: '01JTESTRVN0000000000000000',
    intervalIndex: startMs / (endMs - startMs),
    startMs,
    endMs,
    phase,
    started: counts.started,
    operations: counts.ended,
    errors: 0,
    cutOff: 0,
    retriedOperations: 0,
    qps: counts.ended / seconds,
    latency: null,
    p50Ms: null,
    p95Ms: null,
    p99Ms: null,
    maxMs: null,
    byKind: [{ kind: 'POINT_LOOKUP', label: 'POINT_LOOKUP', operations: counts.ended, errors: 0, latency: null, service }],
    errorsByCategory: [],
    activeConnections: now.active,
    targetConnections: now.target,
    openConnections: now.open,
    arrivals: { planned: counts.planned, late: counts.late, missed: counts.missed, waiting: now.waiting, clockError: null },
    workersReported: workers,
    workersExpected: workers,
    client: { ...EASY_CLIENT, eventLoopUtilizationPercent: usedPercent, cpuUsedPercent: usedPercent, limited: usedPercent > 85 },
    clientLimited: usedPercent > 85,
  }
}

/** Count and sum are all that the controller reads of service times; making the buckets would take most of a simulation's time. */
const meansOnly = (count: number, sumMs: number): EncodedHistogram => ({ count, sumNs: sumMs * 1_000_000, minNs: 0, maxNs: 0, hdr: '' })
