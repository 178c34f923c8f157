import type { ClientHealth, Rollup } from '@flakebench/contract'
import { LatencyHistogram } from '@flakebench/contract'
import { type LateHistogram, lateHistogram } from './lateHistogram.ts'
import { EASY_CLIENT } from './sampleSnapshot.ts'
import { seeded } from './seeded.ts'
import { stallsOf } from './simulatedStalls.ts'

/**
 * A system under test as a formula. With `n` operations in flight one takes serviceMs · max(1, n / servers) · max(1, n / servers) ^ collapse, times a
 * log-normal factor of mean 1; what is said below comes on top.
 */
export interface SutModel {
  /** Mean time of an operation that has a server to itself. */
  readonly serviceMs: number
  /** Deviation of the logarithm of the time of an operation. */
  readonly spread: number
  /** Operations that it serves at the same time without slowing down. */
  readonly servers: number
  /** 0: its throughput stays level beyond the knee; above: it falls with (servers / n) ^ collapse. */
  readonly collapse: number
  /** Relative deviation of all times in an interval against the next. */
  readonly noise: number
  /** Times are `factor` higher at the beginning, which wears off with e^(−t/forMs). */
  readonly cold: { readonly factor: number; readonly forMs: number } | null
  /** Nothing moves for `forMs`; the distance between stalls is uniform from half to one and a half times `everyMs`. */
  readonly stalls: { readonly everyMs: number; readonly forMs: number } | null
  /** Above so many connections, each more makes so large a part of the operations fail. */
  readonly errors: { readonly above: number; readonly ratePerConnection: number } | null
  /** Sessions that it allows; null: any number. */
  readonly mostSessions: number | null
  /** CPU time of a worker for an operation: a worker cannot send faster. It is limited at over 80 % of its time. */
  readonly clientMs: number
}

export const STEADY_SUT: SutModel = {
  serviceMs: 20,
  spread: 0.3,
  servers: 20,
  collapse: 0,
  noise: 0.01,
  cold: null,
  stalls: null,
  errors: null,
  mostSessions: null,
  clientMs: 0,
}

/** What drives it in an interval. */
export interface SimulatedLoad {
  readonly connections: number
  readonly workers: number
  /** Connections as the workers were told to hold; by default `connections`. */
  readonly targetConnections?: number
  /** Arrivals in rising order, as offsets in ms from the agreed start, asked for one after another; null: a closed loop. */
  readonly nextArrivalMs?: (() => number) | null
}

export interface SimulatedSut {
  /** The next interval under this load. */
  readonly interval: (load: SimulatedLoad) => Rollup
  /** End of the last interval, in ms from the agreed start. */
  readonly nowMs: () => number
}

export interface SimulatedTimes {
  readonly intervalMs: number
  readonly warmupMs: number
}

/** Arrivals of a schedule for `nextArrivalMs`: at n · 1000 / rate, or Poisson. */
export const simulatedArrivals = (ratePerSecond: number, arrival: 'CONSTANT' | 'POISSON', seed: number): (() => number) => {
  const random = seeded(seed)
  const gapMs = 1_000 / ratePerSecond
  let n = 0
  let atMs = 0
  return () => {
    if (arrival === 'CONSTANT') return gapMs * n++
    atMs += -Math.log(1 - random.fraction()) * gapMs
    return atMs
  }
}

const MISSED_MS = 10_000
const LATE_MS = 10

interface Slot {
  startMs: number
  /** Infinite: idle. */
  endMs: number
  intendedMs: number
  isFailed: boolean
}

/** Await `startHistograms` before. The same seed and loads give the same intervals. */
export const simulateSut = (model: SutModel, seed: number, times: SimulatedTimes): SimulatedSut => {
  const random = seeded(seed)
  const scratch = new LatencyHistogram()
  let latenciesMs: number[] = []
  let servicesMs: number[] = []
  const stallAt = stallsOf(model, seeded(seed ^ 0x5f3759df))
  const draws = Array.from({ length: 4_096 }, () => Math.exp(model.spread * random.normal() - model.spread ** 2 / 2))
  const slots: Slot[] = []
  let fromMs = 0
  let index = 0
  let pace = 1
  let isOpenLoop = false
  let counts = { started: 0, operations: 0, errors: 0, cutOff: 0, planned: 0, late: 0, missed: 0 }
  let clientFreeAtMs = 0
  const waiting: number[] = []
  let ahead: number | null = null

  const begin = (slot: Slot, startMs: number, intendedMs: number, inFlight: number, load: SimulatedLoad): void => {
    const over = Math.max(1, inFlight / model.servers)
    const cold = model.cold === null ? 1 : 1 + model.cold.factor * Math.exp(-startMs / model.cold.forMs)
    const draw = draws[random.whole(0, 4_095)] as number
    const takesMs = model.serviceMs * over ** (1 + model.collapse) * cold * draw * pace
    const clientMs = load.nextArrivalMs ? 0 : (inFlight * model.clientMs) / load.workers
    const { errors } = model
    slot.startMs = startMs
    slot.intendedMs = intendedMs
    slot.endMs = stallAt(startMs, startMs + Math.max(takesMs, clientMs))
    slot.isFailed = errors !== null && inFlight > errors.above && random.fraction() < (inFlight - errors.above) * errors.ratePerConnection
    counts.started += 1
  }

  const end = (slot: Slot): void => {
    if (slot.startMs < times.warmupMs && slot.endMs >= times.warmupMs) counts.cutOff += 1
    else {
      counts.operations += 1
      if (slot.isFailed) counts.errors += 1
      else {
        latenciesMs.push(slot.endMs - slot.intendedMs)
        if (isOpenLoop) servicesMs.push(slot.endMs - slot.startMs)
      }
    }
    slot.endMs = Number.POSITIVE_INFINITY
  }

  const driveClosed = (load: SimulatedLoad, open: number, untilMs: number): void => {
    for (const [at, slot] of slots.entries()) {
      if (slot.endMs === Number.POSITIVE_INFINITY && at < open) begin(slot, fromMs, fromMs, open, load)
      while (slot.endMs < untilMs) {
        const endedAtMs = slot.endMs
        end(slot)
        if (at < open) begin(slot, endedAtMs, endedAtMs, open, load)
      }
    }
  }

  const driveOpen = (load: SimulatedLoad, open: number, untilMs: number): void => {
    const next = load.nextArrivalMs as () => number
    for (ahead ??= next(); ahead < untilMs; ahead = next()) {
      waiting.push(ahead)
      counts.planned += 1
    }
    let taken = 0
    for (const intendedMs of waiting) {
      const slot = earliest(slots, open)
      const freeMs = slot === null ? Number.POSITIVE_INFINITY : slot.endMs === Number.POSITIVE_INFINITY ? fromMs : slot.endMs
      const startMs = Math.max(intendedMs, freeMs, clientFreeAtMs)
      if (Math.min(startMs, untilMs) - intendedMs > MISSED_MS) counts.missed += 1
      else if (startMs >= untilMs || slot === null) break
      else {
        if (slot.endMs < Number.POSITIVE_INFINITY) end(slot)
        if (startMs - intendedMs > LATE_MS) counts.late += 1
        clientFreeAtMs = startMs + model.clientMs / load.workers
        begin(slot, startMs, intendedMs, 1 + countBusy(slots, startMs), load)
      }
      taken += 1
    }
    waiting.splice(0, taken)
    for (const slot of slots) if (slot.endMs < untilMs) end(slot)
  }

  const interval = (load: SimulatedLoad): Rollup => {
    const base = fromMs < times.warmupMs ? times.warmupMs : Number.POSITIVE_INFINITY
    const untilMs = Math.min(fromMs + times.intervalMs, base)
    const seconds = (untilMs - fromMs) / 1_000
    const open = Math.min(load.connections, model.mostSessions ?? Number.POSITIVE_INFINITY)
    pace = Math.exp(model.noise * random.normal())
    counts = { started: 0, operations: 0, errors: 0, cutOff: 0, planned: 0, late: 0, missed: 0 }
    isOpenLoop = Boolean(load.nextArrivalMs)
    latenciesMs = []
    servicesMs = []
    while (slots.length < open) slots.push({ startMs: 0, endMs: Number.POSITIVE_INFINITY, intendedMs: 0, isFailed: false })
    if (load.nextArrivalMs) driveOpen(load, open, untilMs)
    else driveClosed(load, open, untilMs)
    const usedPercent = Math.min(100, (100 * counts.started * model.clientMs) / (1_000 * seconds * load.workers))
    const latency = lateHistogram(scratch, latenciesMs)
    const rollup = {
      ...countsOf(counts, latency, lateHistogram(scratch, servicesMs), seconds),
      get latency() {
        return latency.encoded()
      },
      get p50Ms() {
        return latency.percentileMs(50)
      },
      get p95Ms() {
        return latency.percentileMs(95)
      },
      get p99Ms() {
        return latency.percentileMs(99)
      },
      get maxMs() {
        return latency.maxMs()
      },
      intervalIndex: index,
      startMs: fromMs,
      endMs: untilMs,
      phase: fromMs < times.warmupMs ? ('WARMUP' as const) : ('MEASUREMENT' as const),
      activeConnections: slots.filter(slot => slot.endMs < Number.POSITIVE_INFINITY).length,
      targetConnections: load.targetConnections ?? load.connections,
      openConnections: open,
      arrivals: load.nextArrivalMs
        ? { planned: counts.planned, late: counts.late, missed: counts.missed, waiting: waiting.length, clockError: null }
        : null,
      workersReported: load.workers,
      workersExpected: load.workers,
      client: clientOf(usedPercent),
      clientLimited: usedPercent > 80,
    }
    fromMs = untilMs
    index += 1
    return rollup
  }

  return { interval, nowMs: () => fromMs }
}

const RUN_ID = '01JTESTRVN0000000000000000'

const countsOf = (
  counts: { readonly started: number; readonly operations: number; readonly errors: number; readonly cutOff: number },
  latency: LateHistogram,
  service: LateHistogram,
  seconds: number,
): Pick<
  Rollup,
  'runId' | 'started' | 'operations' | 'errors' | 'cutOff' | 'retriedOperations' | 'qps' | 'byKind' | 'errorsByCategory'
> => ({
  runId: RUN_ID,
  started: counts.started,
  operations: counts.operations,
  errors: counts.errors,
  cutOff: counts.cutOff,
  retriedOperations: 0,
  qps: (counts.operations - counts.errors) / seconds,
  byKind: [
    {
      kind: 'POINT_LOOKUP',
      label: 'POINT_LOOKUP',
      operations: counts.operations,
      errors: counts.errors,
      get latency() {
        return latency.encoded()
      },
      get service() {
        return service.encoded()
      },
    },
  ],
  errorsByCategory: counts.errors === 0 ? [] : [{ category: 'TIMEOUT', count: counts.errors, sample: null }],
})

const clientOf = (usedPercent: number): ClientHealth => ({
  ...EASY_CLIENT,
  cpuPercent: usedPercent,
  cpuUsedPercent: usedPercent,
  eventLoopUtilizationPercent: usedPercent,
  limited: usedPercent > 80,
})

/** How many are still at it then. */
const countBusy = (slots: readonly Slot[], atMs: number): number => {
  let busy = 0
  for (const { endMs } of slots) if (endMs > atMs && endMs < Number.POSITIVE_INFINITY) busy += 1
  return busy
}

/** Of the first `open` slots the one that is free first: an idle one, if there is one. */
const earliest = (slots: readonly Slot[], open: number): Slot | null => {
  let best: Slot | null = null
  for (let at = 0; at < Math.min(open, slots.length); at++) {
    const slot = slots[at] as Slot
    if (slot.endMs === Number.POSITIVE_INFINITY) return slot
    if (best === null || slot.endMs < best.endMs) best = slot
  }
  return best
}
