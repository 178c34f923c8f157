import type { SavedConnection } from '../../client/src/api/documents/connectionDocuments.ts'
import type { RunPlan } from '../../client/src/api/documents/runDocuments.ts'
import type { HistoryPoint, KindMetrics, Metrics, RunTiming, RunWorker } from '../../client/src/api/documents/runFields.ts'
import type { ValuePools } from '../../client/src/api/documents/templateDocuments.ts'
import type { RunWarehouse, WarehouseDetails, WarehousePoint } from '../../client/src/api/documents/warehouseFields.ts'
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
  retriedOperations: 0,
  activeConnections: 4,
  targetConnections: 4,
  workersReported: 1,
  workersExpected: 1,
  clientLimited: false,
  cpuPercent: 20,
  eventLoopDelayP99Ms: 1,
  openConnections: 4,
  arrivals: null,
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
  retriedOperations: 0,
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
  processing: null,
  aggregateMetrics: metrics(),
  measurementMetrics: metrics(),
  arrivals: null,
  controller: null,
  bounds: null,
  guardrail: null,
  fleetNotes: [],
  waitsFor: null,
  slos: [],
  slosNow: [],
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
  standing: 'SERVING',
  connectionCeiling: null,
  floorMs: null,
  schedulingP99Ms: null,
  startOffsetMs: null,
  cpuUsedPercent: null,
  memoryUsedPercent: null,
  spool: null,
  ...change,
})

/** One look at a warehouse with two clusters, three statements and no queue. */
export const look = (elapsedSeconds: number, change: Partial<WarehousePoint> = {}): WarehousePoint => ({
  elapsedSeconds,
  startedClusters: 2,
  running: 3,
  queued: 0,
  ...change,
})

export const runWarehouse = (change: Partial<RunWarehouse> = {}): RunWarehouse => ({
  name: 'BENCH_WH',
  type: 'STANDARD',
  size: 'X-Small',
  state: 'STARTED',
  minClusters: 1,
  maxClusters: 4,
  startedClusters: 2,
  running: 3,
  queued: 0,
  scalingPolicy: 'STANDARD',
  recordedAt: at(10),
  trouble: null,
  ...change,
})

export const warehouseDetails = (change: Partial<WarehouseDetails> = {}): WarehouseDetails => ({
  name: 'BENCH_WH',
  type: 'SNOWPARK-OPTIMIZED',
  size: 'Medium',
  state: 'SUSPENDED',
  minClusters: 1,
  maxClusters: 4,
  startedClusters: 0,
  scalingPolicy: 'ECONOMY',
  autoSuspendSeconds: 600,
  autoResume: true,
  queryAcceleration: true,
  queryAccelerationMaxScaleFactor: 8,
  resourceConstraint: 'MEMORY_16X',
  generation: null,
  capturedAt: at(0),
  ...change,
})

export const plannedOperation = (change: Partial<RunPlan['operations'][number]> = {}): RunPlan['operations'][number] => ({
  kind: 'GENERIC_SQL',
  operationType: 'READ',
  label: 'Newest order',
  weight: 100,
  sql: 'SELECT 1',
  ...change,
})

export const kindMetrics = (change: Partial<KindMetrics> = {}): KindMetrics => ({
  kind: 'POINT_LOOKUP',
  label: 'POINT_LOOKUP',
  operations: 100,
  errors: 0,
  errorRate: 0,
  qps: 10,
  achievedPercent: 100,
  p50Ms: 1,
  p95Ms: 2,
  p99Ms: 3,
  maxMs: 4,
  meanMs: 1,
  ...change,
})

/** Of a template that needs none and has none. */
export const valuePools = (change: Partial<ValuePools> = {}): ValuePools => ({
  status: null,
  preparedAt: null,
  valuesPlanned: 0,
  valuesStored: 0,
  error: null,
  isStale: false,
  staleBecause: null,
  hint: null,
  needed: false,
  neededBecause: [],
  isUsable: false,
  pools: [],
  ...change,
})

export const savedPostgres = (change: Partial<SavedConnection> = {}): SavedConnection => ({
  id: '01POSTGRES',
  name: 'bench database',
  type: 'POSTGRES',
  hasSecret: true,
  isDefault: true,
  templateCount: 2,
  createdAt: at(-86_400),
  updatedAt: at(-3_600),
  postgres: { host: 'db.example.com', port: 5432, user: 'bench', database: 'sut', tls: 'VERIFY', ca: null },
  snowflake: null,
  ...change,
})

type SnowflakeSettings = NonNullable<SavedConnection['snowflake']>

export const savedSnowflake = (change: Partial<SavedConnection> = {}, settings: Partial<SnowflakeSettings> = {}): SavedConnection => ({
  id: '01SNOWFLAKE',
  name: 'bench account',
  type: 'SNOWFLAKE',
  hasSecret: true,
  isDefault: true,
  templateCount: 0,
  createdAt: at(-86_400),
  updatedAt: at(-3_600),
  postgres: null,
  snowflake: {
    account: 'MYORG-BENCH',
    user: 'BENCH_USER',
    role: null,
    authenticator: 'KEY_PAIR',
    accessUrl: null,
    tokenFile: null,
    ...settings,
  },
  ...change,
})
