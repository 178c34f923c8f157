import { OPERATION_KINDS, type PushedReport, SPOOL_STATES, WORKER_STATUSES } from '@flakebench/contract'
import { HISTOGRAM } from '../histogramCheck.ts'
import { COUNT, FLAG, listOf, NUMBER, objectOf, oneOf, orNull, TEXT } from '../shapeChecks.ts'

/** A report as it came over the wire, or what is wrong with it, in words that continue "This is no report: …". */
export type ReadReport = { readonly report: PushedReport } | { readonly fault: string }

/**
 * Whoever sends a report holds the run's token, so its figures are believed; but each field that is added up later must be there and be what it is
 * said to be, as one that is not would spoil the sums.
 */
export const readReport = (body: unknown, runId: string): ReadReport => {
  const fault = REPORT(body, 'the report') ?? strangerIn(body as PushedReport, runId)
  return fault === null ? { report: body as PushedReport } : { fault }
}

const strangerIn = ({ heartbeat, snapshots }: PushedReport, runId: string): string | null =>
  [heartbeat, ...snapshots].every(one => one.runId === runId) ? null : `it is not of run ${runId}`

const HEARTBEAT = objectOf({
  runId: TEXT,
  workerId: TEXT,
  workerGroupId: COUNT,
  attempt: COUNT,
  status: oneOf(WORKER_STATUSES),
  activeConnections: COUNT,
  targetConnections: COUNT,
  operationsStarted: COUNT,
  operations: COUNT,
  errors: COUNT,
  cutOff: COUNT,
  snapshotsTaken: COUNT,
  appliedSequenceId: COUNT,
  startOffsetMs: orNull(NUMBER),
  cpuUsedPercent: orNull(NUMBER),
  memoryUsedPercent: orNull(NUMBER),
  schedulingP99Ms: orNull(NUMBER),
  spool: orNull(objectOf({ state: oneOf(SPOOL_STATES), spooled: COUNT, dropped: COUNT, folder: orNull(TEXT) })),
})

const KIND = objectOf({
  kind: oneOf(OPERATION_KINDS),
  label: TEXT,
  operations: COUNT,
  errors: COUNT,
  latency: orNull(HISTOGRAM),
  service: orNull(HISTOGRAM),
})

const ARRIVALS = objectOf({ planned: COUNT, late: COUNT, missed: COUNT, waiting: COUNT, clockError: orNull(HISTOGRAM) })

const SNAPSHOT = objectOf({
  runId: TEXT,
  workerId: TEXT,
  attempt: COUNT,
  sequence: COUNT,
  intervalIndex: COUNT,
  startMs: NUMBER,
  endMs: NUMBER,
  phase: oneOf(['WARMUP', 'MEASUREMENT', 'PROCESSING']),
  started: COUNT,
  operations: COUNT,
  errors: COUNT,
  cutOff: COUNT,
  retriedOperations: COUNT,
  byKind: listOf(KIND),
  errorsByCategory: listOf(objectOf({ category: TEXT, count: COUNT, sample: orNull(TEXT) })),
  activeConnections: COUNT,
  targetConnections: COUNT,
  openConnections: COUNT,
  arrivals: orNull(ARRIVALS),
  client: objectOf({
    cpuPercent: NUMBER,
    memoryBytes: NUMBER,
    eventLoopUtilizationPercent: NUMBER,
    eventLoopDelayP99Ms: NUMBER,
    eventLoopDelayMaxMs: NUMBER,
    cpuUsedPercent: NUMBER,
    memoryUsedPercent: NUMBER,
    limited: FLAG,
  }),
})

const REPORT = objectOf({ heartbeat: HEARTBEAT, snapshots: listOf(SNAPSHOT) })
