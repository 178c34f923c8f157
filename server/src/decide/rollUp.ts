import { type ArrivalCounts, addEncoded, type ClientHealth, type Rollup, type WorkerSnapshot } from '@flakebench/contract'
import { addArrivals } from './arrivalSums.ts'
import { KindHistograms, type OpenSnapshot, withOpen } from './kindHistograms.ts'
import { addErrors, sum } from './kindSums.ts'
import { SumHistogram, withSum } from './sumHistogram.ts'

/**
 * Adds snapshots of one interval to what is already rolled up of it (null: nothing yet). Histograms are added, then percentiles are read from the sum,
 * so the figures are exact for any number of workers, and in whatever order or portions the snapshots come.
 * The snapshots must be of one load phase and not be in `before`.
 * @param workersExpected as the interval was first rolled up: who joins or leaves later changes nothing in it
 */
export const rollUp = (before: Rollup | null, snapshots: readonly WorkerSnapshot[], workersExpected: number): Rollup =>
  withOpen(snapshots, open => rollUpOpen(before, open, workersExpected))

/** The same of snapshots whose histograms are decoded already; they remain as they are. */
export const rollUpOpen = (before: Rollup | null, open: readonly OpenSnapshot[], workersExpected: number): Rollup => {
  const snapshots = open.map(one => one.snapshot)
  const first = snapshots[0] as WorkerSnapshot
  const old = before === null ? [] : [before]
  const client = worstOf([...old.map(one => one.client), ...snapshots.map(one => one.client)])
  const total = (pick: (one: Rollup | WorkerSnapshot) => number): number => sum([...old, ...snapshots].map(pick))
  return {
    runId: first.runId,
    intervalIndex: first.intervalIndex,
    startMs: Math.min(...[...old, ...snapshots].map(one => one.startMs)),
    endMs: Math.max(...[...old, ...snapshots].map(one => one.endMs)),
    phase: first.phase === 'WARMUP' ? 'WARMUP' : 'MEASUREMENT',
    started: total(one => one.started),
    operations: total(one => one.operations),
    errors: total(one => one.errors),
    cutOff: total(one => one.cutOff),
    retriedOperations: total(one => one.retriedOperations),
    qps: sum(old.map(one => one.qps)) + sum(snapshots.map(ratePerSecond)),
    ...latenciesOf(before, open),
    errorsByCategory: addErrors([...old.map(one => one.errorsByCategory), ...snapshots.map(one => one.errorsByCategory)]),
    activeConnections: total(one => one.activeConnections),
    targetConnections: total(one => one.targetConnections),
    // A row of an earlier version has none.
    openConnections: total(one => one.openConnections ?? 0),
    arrivals: addArrivals([...old, ...snapshots].map(one => one.arrivals)),
    workersReported: sum(old.map(one => one.workersReported)) + snapshots.length,
    workersExpected: before?.workersExpected ?? workersExpected,
    client,
    clientLimited: (before?.clientLimited ?? false) || snapshots.some(one => one.client.limited),
  }
}

type Latencies = Pick<Rollup, 'latency' | 'p50Ms' | 'p95Ms' | 'p99Ms' | 'maxMs' | 'byKind'>

const latenciesOf = (before: Rollup | null, open: readonly OpenSnapshot[]): Latencies => {
  const [only] = open
  if (before === null && open.length === 1 && only !== undefined) return readLatencies(only.kinds)
  const kinds = KindHistograms.decode(before?.byKind ?? [])
  for (const one of open) kinds.add(one.kinds)
  const read = readLatencies(kinds)
  kinds.free()
  return read
}

const readLatencies = (kinds: KindHistograms): Latencies => ({
  byKind: kinds.encode(),
  ...withSum(kinds.latencies(), all => ({ latency: all.encode(), ...percentilesIn(all) })),
})

const percentilesIn = (all: SumHistogram): Pick<Rollup, 'p50Ms' | 'p95Ms' | 'p99Ms' | 'maxMs'> => ({
  p50Ms: all.percentileMs(50),
  p95Ms: all.percentileMs(95),
  p99Ms: all.percentileMs(99),
  maxMs: all.histogram?.maxMs() ?? null,
})

const ratePerSecond = (snapshot: WorkerSnapshot): number => {
  const seconds = (snapshot.endMs - snapshot.startMs) / 1_000
  return seconds <= 0 ? 0 : (snapshot.operations - snapshot.errors) / seconds
}

const worstOf = (all: readonly ClientHealth[]): ClientHealth => ({
  cpuPercent: sum(all.map(one => one.cpuPercent)),
  memoryBytes: sum(all.map(one => one.memoryBytes)),
  eventLoopUtilizationPercent: Math.max(...all.map(one => one.eventLoopUtilizationPercent)),
  eventLoopDelayP99Ms: Math.max(...all.map(one => one.eventLoopDelayP99Ms)),
  eventLoopDelayMaxMs: Math.max(...all.map(one => one.eventLoopDelayMaxMs)),
  cpuUsedPercent: Math.max(...all.map(one => one.cpuUsedPercent ?? 0)),
  memoryUsedPercent: Math.max(...all.map(one => one.memoryUsedPercent ?? 0)),
  limited: all.some(one => one.limited),
})

/** The percentiles that are shown per interval, read from one histogram at rest; all null when it is empty. */
export const percentilesOf = (encoded: Rollup['latency']): Pick<Rollup, 'p50Ms' | 'p95Ms' | 'p99Ms' | 'maxMs'> => {
  const histogram = SumHistogram.of(encoded)
  const read = percentilesIn(histogram)
  histogram.free()
  return read
}

/** Neighbours of one phase, in groups of equal size: at most about `maxPoints` of them. */
export const groupRollups = (rollups: readonly Rollup[], maxPoints: number): Rollup[][] => {
  const size = Math.max(1, Math.ceil(rollups.length / Math.max(1, maxPoints)))
  const groups: Rollup[][] = []
  for (const rollup of rollups) {
    const group = groups.at(-1)
    if (group === undefined || group.length >= size || group[0]?.phase !== rollup.phase) groups.push([rollup])
    else group.push(rollup)
  }
  return groups
}

/** One interval made of neighbours: added, histograms and all, never thinned out. */
export const mergeNeighbours = (group: readonly Rollup[]): Rollup => {
  const first = group[0] as Rollup
  const last = group.at(-1) as Rollup
  const missing = (one: Rollup): number => one.workersExpected - one.workersReported
  const leastWhole = group.reduce((least, one) => (missing(one) >= missing(least) ? one : least))
  if (group.length === 1) return first
  const latency = addEncoded(group.map(one => one.latency))
  const seconds = sum(group.map(one => one.endMs - one.startMs)) / 1_000
  const worst = worstOf(group.map(one => one.client))
  return {
    ...last,
    startMs: first.startMs,
    started: sum(group.map(one => one.started)),
    operations: sum(group.map(one => one.operations)),
    errors: sum(group.map(one => one.errors)),
    cutOff: sum(group.map(one => one.cutOff)),
    retriedOperations: sum(group.map(one => one.retriedOperations)),
    qps: seconds === 0 ? 0 : sum(group.map(one => one.qps * (one.endMs - one.startMs))) / 1_000 / seconds,
    latency,
    ...percentilesOf(latency),
    byKind: [],
    errorsByCategory: addErrors(group.map(one => one.errorsByCategory)),
    arrivals: mergedArrivals(group),
    workersReported: leastWhole.workersReported,
    workersExpected: leastWhole.workersExpected,
    client: { ...worst, cpuPercent: worst.cpuPercent / group.length, memoryBytes: last.client.memoryBytes },
    clientLimited: group.some(one => one.clientLimited),
  }
}

/** What waits is a state: of the last. */
const mergedArrivals = (group: readonly Rollup[]): ArrivalCounts | null => {
  const all = addArrivals(group.map(one => one.arrivals))
  return all === null ? null : { ...all, waiting: group.at(-1)?.arrivals?.waiting ?? 0 }
}
