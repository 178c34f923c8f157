import {
  ENRICHMENT_SOURCES,
  ERROR_CATEGORIES,
  EXECUTIONS_STATES,
  GUARDRAIL_STATES,
  MAX_TYPES,
  OPERATION_KINDS,
  SLO_BOUNDS,
  SLO_VERDICTS,
  STEP_OUTCOMES,
  STEP_PURPOSES,
  STEP_TYPES,
} from '@flakebench/contract'
import { HISTOGRAM } from '../histogramCheck.ts'
import { type Check, COUNT, FLAG, listOf, NUMBER, objectOf, oneOf, orNone, orNull, recordOf, TEXT } from '../shapeChecks.ts'

/** More parts than any run has: its workers, its labels, the steps of its controller. */
const MOST_PARTS = 10_000

const KINDS = listOf(
  objectOf({
    kind: oneOf(OPERATION_KINDS),
    label: TEXT,
    operations: COUNT,
    errors: COUNT,
    latency: orNone(HISTOGRAM),
    service: orNone(HISTOGRAM),
  }),
  1_000,
)

const ERRORS = listOf(objectOf({ category: oneOf(ERROR_CATEGORIES), count: COUNT, sample: orNone(TEXT) }), 100)

const CLIENT = objectOf({
  cpuPercent: NUMBER,
  memoryBytes: NUMBER,
  eventLoopUtilizationPercent: NUMBER,
  eventLoopDelayP99Ms: NUMBER,
  eventLoopDelayMaxMs: orNone(NUMBER),
  cpuUsedPercent: orNone(NUMBER),
  memoryUsedPercent: orNone(NUMBER),
  limited: FLAG,
})

const ARRIVAL_COUNTS = objectOf({ planned: COUNT, late: COUNT, missed: COUNT, waiting: COUNT, clockError: orNone(HISTOGRAM) })

const ARRIVAL_RESULT = objectOf({
  planned: COUNT,
  started: COUNT,
  late: COUNT,
  missed: COUNT,
  unassigned: orNone(COUNT),
  achievedRate: NUMBER,
  serviceP50Ms: orNone(NUMBER),
  serviceP95Ms: orNone(NUMBER),
  serviceP99Ms: orNone(NUMBER),
  clockErrorP50Ms: orNone(NUMBER),
  clockErrorP99Ms: orNone(NUMBER),
})

const SLOS = listOf(
  objectOf({
    kind: oneOf(OPERATION_KINDS),
    bound: oneOf(SLO_BOUNDS),
    limit: NUMBER,
    observed: orNull(NUMBER),
    verdict: oneOf(SLO_VERDICTS),
  }),
  100,
)

const FIND_MAX_RESULT = objectOf({
  connections: COUNT,
  workers: COUNT,
  qps: NUMBER,
  p50Ms: orNull(NUMBER),
  p95Ms: orNull(NUMBER),
  p99Ms: orNull(NUMBER),
  errorRate: NUMBER,
  stepNumber: COUNT,
  maxType: oneOf(MAX_TYPES),
  isConfirmed: FLAG,
  reason: TEXT,
})

const EXECUTIONS_KEPT = objectOf({
  state: oneOf(EXECUTIONS_STATES),
  loaded: COUNT,
  expected: COUNT,
  dropped: COUNT,
  differences: listOf(
    objectOf({ workerId: TEXT, phase: oneOf(['WARMUP', 'MEASUREMENT', 'CUT_OFF']), label: TEXT, counted: COUNT, loaded: COUNT, why: TEXT }),
    MOST_PARTS,
  ),
  unread: listOf(TEXT, MOST_PARTS),
})

const ACCOUNTING = objectOf({ started: COUNT, ended: COUNT, cutOff: COUNT, missingSnapshots: COUNT, silentWorkers: orNone(COUNT) })
const LOST_WORKERS = listOf(objectOf({ workerId: TEXT, atMs: NUMBER, reason: TEXT }), MOST_PARTS)

const DONE_STEP = objectOf({
  stepNumber: COUNT,
  type: oneOf(STEP_TYPES),
  purpose: orNull(oneOf(STEP_PURPOSES)),
  workers: COUNT,
  fromConnections: COUNT,
  toConnections: COUNT,
  startMs: NUMBER,
  observedFromMs: orNull(NUMBER),
  endMs: NUMBER,
  observedSeconds: NUMBER,
  operations: COUNT,
  errors: COUNT,
  qps: NUMBER,
  targetQps: orNull(NUMBER),
  p50Ms: orNull(NUMBER),
  p95Ms: orNull(NUMBER),
  p99Ms: orNull(NUMBER),
  errorRate: NUMBER,
  qpsVsPriorPercent: orNull(NUMBER),
  p95VsBaselinePercent: orNull(NUMBER),
  qpsErrorPercent: orNull(NUMBER),
  isQueued: FLAG,
  clientLimitedSeconds: NUMBER,
  outcome: oneOf(STEP_OUTCOMES),
  reason: orNull(TEXT),
})

const FIND_MAX_STEP = objectOf({
  stepNumber: COUNT,
  purpose: oneOf(STEP_PURPOSES),
  targetConnections: COUNT,
  workers: COUNT,
  startMs: NUMBER,
  observeFromMs: orNull(NUMBER),
  endsAtMs: orNull(NUMBER),
  extensions: COUNT,
  repeats: COUNT,
  nextIfGood: orNull(COUNT),
  nextIfBad: orNull(COUNT),
})

const FIND_MAX_STATE = objectOf({
  step: orNull(FIND_MAX_STEP),
  steps: listOf(DONE_STEP, MOST_PARTS),
  baselineP95Ms: orNull(NUMBER),
  lastGood: orNull(COUNT),
  firstBad: orNull(COUNT),
  result: orNull(FIND_MAX_RESULT),
  endedBecause: orNull(TEXT),
})

const QPS_STATE = objectOf({
  targetConnections: COUNT,
  workers: COUNT,
  changedAtMs: NUMBER,
  stepNumber: COUNT,
  reason: orNull(TEXT),
  recent: listOf(DONE_STEP, 100),
})

const BOUNDS_STATE = objectOf({
  atMs: NUMBER,
  achievedQps: NUMBER,
  targetQps: NUMBER,
  targetConnections: COUNT,
  maxWorkers: COUNT,
  ceilingConnections: COUNT,
  words: TEXT,
})

const GUARDRAIL_STATE = objectOf({
  state: oneOf(GUARDRAIL_STATES),
  ceilings: recordOf(COUNT),
  workersOverCpu: COUNT,
  workersOverMemory: COUNT,
  actions: listOf(objectOf({ atMs: NUMBER, workerId: TEXT, fromConnections: COUNT, toConnections: COUNT, reason: TEXT }), 100),
})

const FLEET_NOTES = recordOf(objectOf({ standing: oneOf(['JOINING', 'LEAVING', 'LOST']), atMs: NUMBER, reason: orNull(TEXT) }))

const STATEMENTS = listOf(
  objectOf({
    label: TEXT,
    calls: COUNT,
    executions: COUNT,
    errors: orNone(NUMBER),
    rows: orNone(NUMBER),
    totalMs: NUMBER,
    meanMs: NUMBER,
    p50Ms: orNone(NUMBER),
    p90Ms: orNone(NUMBER),
    p99Ms: orNone(NUMBER),
    maxMs: orNone(NUMBER),
    cacheHitPercent: orNone(NUMBER),
    blocksRead: orNone(NUMBER),
    ioReadMs: orNone(NUMBER),
    ioWriteMs: orNone(NUMBER),
    walBytes: orNone(NUMBER),
  }),
  MOST_PARTS,
)

const CLUSTERS = listOf(
  objectOf({
    clusterNumber: COUNT,
    executions: COUNT,
    p50Ms: orNull(NUMBER),
    p95Ms: orNull(NUMBER),
    maxMs: orNull(NUMBER),
    meanQueuedOverloadMs: orNull(NUMBER),
    meanQueuedProvisioningMs: orNull(NUMBER),
    byLabel: recordOf(COUNT),
  }),
  1_000,
)

const OVERHEAD = listOf(objectOf({ atMs: NUMBER, executions: COUNT, medianMs: NUMBER }), 1_000_000)

const SUMMARY = objectOf({
  counts: listOf(
    objectOf({ phase: oneOf(['WARMUP', 'MEASUREMENT', 'PROCESSING']), counted: FLAG, label: TEXT, executions: COUNT, failed: COUNT }),
    MOST_PARTS,
  ),
  errors: listOf(
    objectOf({
      id: TEXT,
      category: oneOf(ERROR_CATEGORIES),
      message: TEXT,
      sample: TEXT,
      count: COUNT,
      byLabel: recordOf(COUNT),
      byWorker: recordOf(COUNT),
      firstMs: NUMBER,
      lastMs: NUMBER,
    }),
    MOST_PARTS,
  ),
})

/** What pages read in the JSON of a row: by table and column. A column that is not here is read by nobody, or as a whole. */
export const JSON_COLUMNS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  metrics_snapshots: {
    latency: orNone(HISTOGRAM),
    by_kind: KINDS,
    errors_by_category: ERRORS,
    client_health: CLIENT,
    arrivals: orNone(ARRIVAL_COUNTS),
  },
  controller_step_history: { latency: orNone(HISTOGRAM) },
  warehouse_poll_snapshots: { raw_result: orNone(objectOf({})) },
  enrichments: {
    source: oneOf(ENRICHMENT_SOURCES),
    content: orNone(
      objectOf({ fromMs: orNone(NUMBER), toMs: orNone(NUMBER), statements: STATEMENTS, clusters: CLUSTERS, overhead: OVERHEAD }),
    ),
  },
  spool_files: { summary: SUMMARY },
  test_results: {
    latency: orNone(HISTOGRAM),
    by_kind: orNone(KINDS),
    warmup_by_kind: orNone(KINDS),
    errors_by_category: orNone(ERRORS),
    accounting: orNone(ACCOUNTING),
    arrivals: orNone(ARRIVAL_RESULT),
    slos: orNone(SLOS),
    find_max_result: orNone(FIND_MAX_RESULT),
    lost_workers: orNone(LOST_WORKERS),
    executions: orNone(EXECUTIONS_KEPT),
    warehouse_config_snapshot: orNone(objectOf({})),
  },
  run_status: {
    table_profile: orNone(objectOf({ rowEstimate: orNone(NUMBER) })),
    worker_targets: orNone(recordOf(COUNT)),
    arrival_shares: orNone(listOf(objectOf({ fromMs: NUMBER, parts: recordOf(NUMBER) }), MOST_PARTS)),
    fleet_notes: orNone(FLEET_NOTES),
    find_max_state: orNone(FIND_MAX_STATE),
    qps_controller_state: orNone(QPS_STATE),
    bounds_state: orNone(BOUNDS_STATE),
    guardrail_state: orNone(GUARDRAIL_STATE),
  },
}
