import type { HistoryPoint, Metrics, RunTiming, RunWorker } from '../../client/src/api/documents/runFields.ts'
import type { RunState } from '../../client/src/stores/runState.ts'

/** What the console knows of one second of a run, unless it is changed. */
export const historyPoint = (elapsedSeconds: number, change: Partial<HistoryPoint> = {}): HistoryPoint => ({
  elapsedSeconds,
  intervalSeconds: 1,
  phase: 'MEASUREMENT',
  qps: 100,
  operations: 100,
  p50Ms: 1,
  p95Ms: 2,
  p99Ms: 3,
  maxMs: 4,
  errors: 0,
  errorsByCategory: [],
  activeConnections: 4,
  targetConnections: 4,
  workersReported: 1,
  workersExpected: 1,
  clientLimited: false,
  cpuPercent: 20,
  eventLoopDelayP99Ms: 1,
  ...change,
})

/** One point for each of these seconds. */
export const historyOf = (...elapsed: readonly number[]): readonly HistoryPoint[] => elapsed.map(each => historyPoint(each))

export const metrics = (change: Partial<Metrics> = {}): Metrics => ({
  scope: 'MEASUREMENT',
  windowSeconds: 10,
  qps: 100,
  operations: 1_000,
  errors: 0,
  errorRate: 0,
  p50Ms: 1,
  p95Ms: 2,
  p99Ms: 3,
  maxMs: 4,
  meanMs: 1,
  activeConnections: 4,
  targetConnections: 4,
  clientLimited: false,
  byKind: [],
  ...change,
})

/** Noon, and so many seconds after it: the start was requested at noon. */
export const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1, 12) + seconds * 1_000).toISOString()
export const atMs = (seconds: number): number => Date.parse(at(seconds))

/** Asked at noon to start, started 2 s later, 5 s warmup, 60 s measurement. */
export const timing = (change: Partial<RunTiming> = {}): RunTiming => ({
  serverNow: at(0),
  createdAt: at(-30),
  startRequestedAt: at(0),
  startedAt: at(2),
  measurementStartsAt: at(7),
  measurementEndsAt: at(67),
  phaseStartedAt: null,
  phaseEndsAt: null,
  endedAt: null,
  elapsedSeconds: 0,
  warmupSeconds: 5,
  durationSeconds: 60,
  startSkewMs: null,
  ...change,
})

export const runState = (change: Partial<RunState> = {}, times: Partial<RunTiming> = {}): RunState => ({
  status: 'RUNNING',
  phase: 'MEASUREMENT',
  completionReason: null,
  cancellationReason: null,
  workerCount: 1,
  workersReady: null,
  timing: timing(times),
  aggregateMetrics: metrics(),
  measurementMetrics: metrics(),
  ...change,
})

export const runWorker = (change: Partial<RunWorker> = {}): RunWorker => ({
  workerId: 'worker-0',
  workerGroupId: 0,
  status: 'RUNNING',
  phase: 'MEASUREMENT',
  health: 'HEALTHY',
  qps: 9_211,
  p50Ms: 0.817,
  p95Ms: 5.84,
  p99Ms: 13.3,
  errorRate: 0,
  operations: 138_487,
  errors: 0,
  activeConnections: 16,
  targetConnections: 16,
  cpuPercent: 88,
  memoryMb: 107,
  eventLoopUtilizationPercent: 91,
  eventLoopDelayP99Ms: 2.5,
  clientLimited: true,
  lastHeartbeatAgoSeconds: 0.4,
  lastError: null,
  host: 'here',
  pid: 1,
  ...change,
})
