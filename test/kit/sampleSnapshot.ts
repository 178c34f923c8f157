import {
  type ClientHealth,
  type EncodedHistogram,
  type KindSnapshot,
  LatencyHistogram,
  type WorkerSnapshot,
  workerIdOf,
} from '@flakebench/contract'

/** A worker process that has time to spare. */
export const EASY_CLIENT: ClientHealth = {
  cpuPercent: 25,
  memoryBytes: 80_000_000,
  eventLoopUtilizationPercent: 20,
  eventLoopDelayP99Ms: 0.5,
  eventLoopDelayMaxMs: 2,
  cpuUsedPercent: 25,
  memoryUsedPercent: 12.5,
  limited: false,
}
/** One whose event loop is over 80 % busy: it could be the limit. */
export const BUSY_CLIENT: ClientHealth = { ...EASY_CLIENT, eventLoopUtilizationPercent: 95, limited: true }

/** Latencies at rest; null for none. Await `startHistograms` before. */
export const encodeLatencies = (latenciesMs: readonly number[]): EncodedHistogram | null => {
  const histogram = new LatencyHistogram()
  for (const latencyMs of latenciesMs) histogram.recordMs(latencyMs)
  const encoded = histogram.encode()
  histogram.free()
  return encoded
}

/** Figures of one kind whose operations took these times, and of `errors` more that failed. */
export const sampleKind = (latenciesMs: readonly number[], errors = 0, kind: KindSnapshot['kind'] = 'POINT_LOOKUP'): KindSnapshot => ({
  kind,
  label: kind,
  operations: latenciesMs.length + errors,
  errors,
  latency: encodeLatencies(latenciesMs),
  service: null,
})

/**
 * A worker's second of the measurement, in agreement with itself: the totals follow from `byKind`, the place in time from `intervalIndex` (warmup:
 * intervals 0 and 1, as in samplePlan), the worker's id from its group id; change what the test is about.
 */
export const sampleSnapshot = (change: Partial<WorkerSnapshot> = {}): WorkerSnapshot => {
  const { intervalIndex = 2, byKind = [], cutOff = 0, workerGroupId = 0 } = change
  const operations = byKind.reduce((total, kind) => total + kind.operations, 0)
  const errors = byKind.reduce((total, kind) => total + kind.errors, 0)
  return {
    runId: '01JTESTRVN0000000000000000',
    workerId: workerIdOf(workerGroupId),
    workerGroupId,
    workerGroupCount: 2,
    attempt: 1,
    sequence: intervalIndex,
    intervalIndex,
    startMs: intervalIndex * 1_000,
    endMs: (intervalIndex + 1) * 1_000,
    phase: intervalIndex < 2 ? 'WARMUP' : 'MEASUREMENT',
    started: operations + cutOff,
    operations,
    errors,
    cutOff,
    retriedOperations: 0,
    byKind,
    errorsByCategory: errors === 0 ? [] : [{ category: 'TIMEOUT', count: errors, sample: 'canceling statement due to statement timeout' }],
    activeConnections: 4,
    targetConnections: 4,
    openConnections: 4,
    arrivals: null,
    client: EASY_CLIENT,
    ...change,
  }
}
