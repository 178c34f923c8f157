import type { ErrorCategory, OperationKind } from './enums.ts'
import type { EncodedHistogram } from './histogram.ts'
import type { LoadPhase } from './schedule.ts'

/**
 * What one worker did in one interval. An operation belongs to the interval in which it *ended*, and counts only when it started and ended in
 * the same phase. Keyed by (run, worker, attempt, sequence): writing one twice changes nothing.
 */
export interface WorkerSnapshot {
  readonly runId: string
  readonly workerId: string
  readonly workerGroupId: number
  readonly workerGroupCount: number
  /** Rises by one each time a worker of this id is started for the run. */
  readonly attempt: number
  /** 0, 1, 2 … without a gap, per attempt. */
  readonly sequence: number
  /** Index of the interval in the run's schedule (see `intervalContaining`). */
  readonly intervalIndex: number
  /** Where the interval begins, in milliseconds from the agreed start; later than the schedule's when the worker joined inside the interval. */
  readonly startMs: number
  /** Where it ends; earlier than the schedule's when the worker stopped inside the interval. */
  readonly endMs: number
  readonly phase: LoadPhase | 'PROCESSING'
  /** Sent in this interval, whatever became of them. */
  readonly started: number
  /** Ended in this interval, in the phase in which they had started; failed ones included. */
  readonly operations: number
  readonly errors: number
  /** Ended in this interval, but started in another phase or ended after the last: in no other figure. */
  readonly cutOff: number
  /** Of `operations`, those that the driver sent again by itself at least once: its pauses between the tries are in their response times. */
  readonly retriedOperations: number
  readonly byKind: readonly KindSnapshot[]
  readonly errorsByCategory: readonly ErrorCount[]
  readonly activeConnections: number
  readonly targetConnections: number
  /** Sessions that stood open at the end of the interval, in use or not. */
  readonly openConnections: number
  /** Null in a closed loop. */
  readonly arrivals: ArrivalCounts | null
  readonly client: ClientHealth
}

/** What became of the arrivals of an open loop in an interval. Those intended in the warmup are among the late and missed of no later phase. */
export interface ArrivalCounts {
  /** Intended to start in this interval, by the schedule: of this worker, or of the run. */
  readonly planned: number
  /** Of those that started in this interval, more than 10 ms after their intended start (`LATE_MS`). */
  readonly late: number
  /** Given up in this interval: nothing had been free for too long, or the load ended before (see `MISSED_AFTER_MS`). Never sent. */
  readonly missed: number
  /** Intended, and neither started nor given up by the end of the interval. */
  readonly waiting: number
  /** How late the arrival clock was for those that found a connection free: the generator's own error, in ms. Null: there was none. */
  readonly clockError: EncodedHistogram | null
}

/** An arrival that starts later than this after its intended start is late. */
export const LATE_MS = 10
/** An arrival that has waited for so long is missed: catching up has a bound. */
export const MISSED_AFTER_MS = 10_000

/** Figures of one operation kind; generic SQL operations have one entry per label. */
export interface KindSnapshot {
  readonly kind: OperationKind
  /** The kind itself for canonical kinds. */
  readonly label: string
  readonly operations: number
  readonly errors: number
  /** Response times of the successful operations, from the intended start; null when there was none. */
  readonly latency: EncodedHistogram | null
  /** Of an open loop: their service times, from the actual start; null in a closed loop, where they are the same, and when there was none. */
  readonly service: EncodedHistogram | null
}

export interface ErrorCount {
  readonly category: ErrorCategory
  readonly count: number
  /** One message as the engine gave it, at most 500 characters, without bound values. */
  readonly sample: string | null
}

/** How the worker process itself fared in the interval. */
export interface ClientHealth {
  /** User and system time of the process over wall time; 100 = one core. */
  readonly cpuPercent: number
  readonly memoryBytes: number
  /** 0–100: share of the interval in which the event loop was busy. */
  readonly eventLoopUtilizationPercent: number
  /** How long the event loop kept something waiting that came at any moment, 99th percentile over the moments; of the worst second. */
  readonly eventLoopDelayP99Ms: number
  /** The longest that it kept a timer waiting. */
  readonly eventLoopDelayMaxMs: number
  /** What it used of the CPU it may use, on average, at most 100: of one core, or of its cgroup's quota, whichever is nearer to its limit. */
  readonly cpuUsedPercent: number
  /** Of the memory that it may use: the cgroup's where it has a limit, the machine's otherwise. */
  readonly memoryUsedPercent: number
  /** Whether the worker, and not the database, could have been the limit in any second of the interval (see `judgeClient`). */
  readonly limited: boolean
}

const BUSY_LOOP_PERCENT = 80
const LATE_P99_MS = 10
const CPU_LIMIT_PERCENT = 95

/** What tells whether a worker could have been the limit in a stretch of time; `clockErrorP99Ms` is an open loop's, null where nothing was due. */
export type ClientReading = Pick<ClientHealth, 'eventLoopUtilizationPercent' | 'eventLoopDelayP99Ms' | 'cpuUsedPercent'> & {
  readonly clockErrorP99Ms?: number | null
}

/**
 * Whether the worker could have been the limit in about a second: its event loop was over 80 % busy, or late by more than 10 ms at p99, or its CPU was at
 * its limit (95 %, or throttled); in an open loop also when its arrivals started over 10 ms late at p99 although a connection was free.
 *
 * Utilisation is the share of the time in which the loop did not wait for events. On a machine whose cores are shared that includes the time in which it
 * was ready to run and had to wait for a core: it says that the worker had no time to spare, not that the worker itself used the CPU.
 */
export const judgeClient = ({
  eventLoopUtilizationPercent,
  eventLoopDelayP99Ms,
  cpuUsedPercent,
  clockErrorP99Ms = null,
}: ClientReading): boolean =>
  eventLoopUtilizationPercent > BUSY_LOOP_PERCENT ||
  eventLoopDelayP99Ms > LATE_P99_MS ||
  cpuUsedPercent >= CPU_LIMIT_PERCENT ||
  (clockErrorP99Ms ?? 0) > LATE_P99_MS
