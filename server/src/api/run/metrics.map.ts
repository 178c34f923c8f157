import { addEncoded, type KindSnapshot, LatencyHistogram, type Result, type Rollup, type RunRecord } from '@flakebench/contract'
import { percentilesOf } from '../../decide/rollUp.ts'
import { toLostWorker } from '../load/load.map.ts'
import type { ErrorCount, HistoryPoint, KindMetrics, Metrics, PointArrivals, RunResult } from './metrics.type.ts'

const rate = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

export const toKindMetrics = (kinds: readonly KindSnapshot[], seconds: number): KindMetrics[] => {
  const all = kinds.reduce((total, kind) => total + kind.operations, 0)
  return kinds.map(kind => ({
    kind: kind.kind,
    label: kind.label,
    operations: kind.operations,
    errors: kind.errors,
    errorRate: rate(kind.errors, kind.operations),
    qps: rate(kind.operations - kind.errors, seconds),
    achievedPercent: 100 * rate(kind.operations, all),
    ...latencies(kind.latency),
  }))
}

const latencies = (encoded: KindSnapshot['latency']): Pick<KindMetrics, 'p50Ms' | 'p95Ms' | 'p99Ms' | 'maxMs' | 'meanMs'> => {
  if (encoded === null) return { p50Ms: null, p95Ms: null, p99Ms: null, maxMs: null, meanMs: null }
  const histogram = LatencyHistogram.decode(encoded)
  const read = {
    p50Ms: histogram.percentileMs(50),
    p95Ms: histogram.percentileMs(95),
    p99Ms: histogram.percentileMs(99),
    maxMs: histogram.maxMs(),
    meanMs: histogram.meanMs(),
  }
  histogram.free()
  return read
}

const toErrorCounts = (errors: Rollup['errorsByCategory']): ErrorCount[] => errors.map(one => ({ ...one }))

export const toHistoryPoint = (rollup: Rollup): HistoryPoint => ({
  elapsedSeconds: rollup.endMs / 1_000,
  intervalSeconds: (rollup.endMs - rollup.startMs) / 1_000,
  phase: rollup.phase,
  qps: rollup.qps,
  operations: rollup.operations,
  p50Ms: rollup.p50Ms,
  p95Ms: rollup.p95Ms,
  p99Ms: rollup.p99Ms,
  maxMs: rollup.maxMs,
  errors: rollup.errors,
  errorsByCategory: toErrorCounts(rollup.errorsByCategory),
  retriedOperations: rollup.retriedOperations,
  activeConnections: rollup.activeConnections,
  targetConnections: rollup.targetConnections,
  openConnections: rollup.openConnections,
  arrivals: toArrivals(rollup),
  workersReported: rollup.workersReported,
  workersExpected: rollup.workersExpected,
  clientLimited: rollup.clientLimited,
  cpuPercent: rollup.client.cpuPercent,
  eventLoopDelayP99Ms: rollup.client.eventLoopDelayP99Ms,
})

const toArrivals = ({ arrivals, started, byKind }: Rollup): PointArrivals | null => {
  if (arrivals === null) return null
  const { planned, late, missed, waiting } = arrivals
  const service = percentilesOf(addEncoded(byKind.map(kind => kind.service ?? null)))
  return {
    planned,
    started,
    late,
    missed,
    waiting,
    serviceP50Ms: service.p50Ms,
    serviceP95Ms: service.p95Ms,
    serviceP99Ms: service.p99Ms,
    clockErrorP99Ms: percentilesOf(arrivals.clockError).p99Ms,
  }
}

/** The newest interval as the figures of the moment. */
export const toIntervalMetrics = (rollup: Rollup): Metrics => {
  const seconds = (rollup.endMs - rollup.startMs) / 1_000
  return {
    scope: 'LAST_INTERVAL',
    windowSeconds: seconds,
    qps: rollup.qps,
    operations: rollup.operations,
    errors: rollup.errors,
    retriedOperations: rollup.retriedOperations,
    errorRate: rate(rollup.errors, rollup.operations),
    ...latencies(rollup.latency),
    activeConnections: rollup.activeConnections,
    targetConnections: rollup.targetConnections,
    clientLimited: rollup.clientLimited,
    byKind: toKindMetrics(rollup.byKind, seconds),
  }
}

/** The measurement, so far or as a whole. */
export const toMeasurementMetrics = (result: Result): Metrics => ({
  scope: 'MEASUREMENT',
  windowSeconds: result.measuredSeconds,
  qps: result.qps,
  operations: result.totalOperations,
  errors: result.failedOperations,
  retriedOperations: result.retriedOperations,
  errorRate: result.errorRate,
  p50Ms: result.p50Ms,
  p95Ms: result.p95Ms,
  p99Ms: result.p99Ms,
  maxMs: result.maxMs,
  meanMs: result.meanMs,
  activeConnections: 0,
  targetConnections: null,
  clientLimited: result.clientLimitedSeconds > 0,
  byKind: toKindMetrics(result.byKind, result.measuredSeconds),
})

export const toRunResult = (result: Result, run: RunRecord): RunResult => {
  const { started, ended, cutOff, missingSnapshots, silentWorkers } = result.accounting
  return {
    totalOperations: result.totalOperations,
    failedOperations: result.failedOperations,
    cutOffOperations: result.cutOffOperations,
    retriedOperations: result.retriedOperations,
    measuredSeconds: result.measuredSeconds,
    qps: result.qps,
    errorRate: result.errorRate,
    p50Ms: result.p50Ms,
    p95Ms: result.p95Ms,
    p99Ms: result.p99Ms,
    p999Ms: result.p999Ms,
    minMs: result.minMs,
    maxMs: result.maxMs,
    meanMs: result.meanMs,
    byKind: toKindMetrics(result.byKind, result.measuredSeconds),
    errors: toErrorCounts(result.errorsByCategory),
    clientLimitedSeconds: result.clientLimitedSeconds,
    lostOperations: missingSnapshots > 0 || silentWorkers > 0 ? null : started - ended - cutOff,
    latencyAggregationMethod: result.latencyAggregationMethod,
    startSkewMs: result.startSkewMs,
    arrivals: result.arrivals,
    slos: result.slos,
    findMax: result.findMax,
    lostWorkers: result.lostWorkers.map(toLostWorker),
    tableRows: run.tableRows,
  }
}
