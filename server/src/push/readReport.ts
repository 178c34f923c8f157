import { OPERATION_KINDS, type PushedReport, WORKER_STATUSES } from '@flakebench/contract'

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

/** Null: it is as it should be. */
type Check = (value: unknown, at: string) => string | null

const must =
  (what: string, holds: (value: unknown) => boolean): Check =>
  (value, at) =>
    holds(value) ? null : `${at} must be ${what}`

const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value)
const TEXT = must('text', value => typeof value === 'string')
const NUMBER = must('a number', isNumber)
const COUNT = must('a whole number from 0', value => Number.isInteger(value) && (value as number) >= 0)
const FLAG = must('true or false', value => typeof value === 'boolean')
const oneOf = (words: readonly string[]): Check => must(`one of ${words.join(', ')}`, value => words.includes(value as string))
const orNull =
  (check: Check): Check =>
  (value, at) =>
    value === null ? null : check(value, at)

const listOf =
  (check: Check): Check =>
  (value, at) => {
    if (!Array.isArray(value)) return `${at} must be a list`
    for (const [i, one] of value.entries()) {
      const fault = check(one, `${at}[${i}]`)
      if (fault !== null) return fault
    }
    return null
  }

const objectOf =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, at) => {
    if (typeof value !== 'object' || value === null) return `${at} must be an object`
    for (const [name, check] of Object.entries(fields)) {
      const fault = check((value as Readonly<Record<string, unknown>>)[name], `${at}.${name}`)
      if (fault !== null) return fault
    }
    return null
  }

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
})

const HISTOGRAM = objectOf({ count: COUNT, sumNs: NUMBER, minNs: NUMBER, maxNs: NUMBER, hdr: TEXT })

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
