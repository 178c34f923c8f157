import type { LATENCY_AGGREGATION_METHOD, OperationKind, SloVerdict } from './enums.ts'
import type { EncodedHistogram } from './histogram.ts'
import type { FindMaxResult } from './loadState.ts'
import type { ErrorCount, KindSnapshot } from './snapshot.ts'

/** What a run, or one of its workers, did in the measurement as a whole. Latencies are of successful operations. */
export interface Result {
  readonly measuredSeconds: number
  readonly totalOperations: number
  readonly failedOperations: number
  readonly cutOffOperations: number
  /** Of `totalOperations`, those that the driver sent again by itself: see WorkerSnapshot. */
  readonly retriedOperations: number
  readonly qps: number
  readonly errorRate: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  readonly p999Ms: number | null
  readonly minMs: number | null
  readonly maxMs: number | null
  readonly meanMs: number | null
  readonly clientLimitedSeconds: number
  readonly latencyAggregationMethod: typeof LATENCY_AGGREGATION_METHOD
  readonly latency: EncodedHistogram | null
  readonly byKind: readonly KindSnapshot[]
  /** As byKind, of the warmup, which is in no other figure. */
  readonly warmupByKind: readonly KindSnapshot[]
  readonly errorsByCategory: readonly ErrorCount[]
  /** Latest actual start of a worker minus the earliest; null for a worker's own result. */
  readonly startSkewMs: number | null
  readonly accounting: Accounting
  /** Null in a closed loop. */
  readonly arrivals: ArrivalResult | null
  /** One for each bound of each SLO, judged over the whole measurement; empty when none is set, and for a worker's own result. */
  readonly slos: readonly SloJudgement[]
  /** Null: not a search, or it ended before it had found anything. */
  readonly findMax: FindMaxResult | null
  /** Workers that were lost while the run went on. */
  readonly lostWorkers: readonly LostWorker[]
}

/** Of the measurement of an open loop. planned = started + missed + unassigned. */
export interface ArrivalResult {
  /** By the schedule, over the measured time; while the load lasts, without those that still wait. */
  readonly planned: number
  readonly started: number
  readonly late: number
  readonly missed: number
  /** Of `planned`, those that no worker had as its own, or told of: the share of a lost worker until it was given to the others. */
  readonly unassigned: number
  /** Started per second. */
  readonly achievedRate: number
  readonly serviceP50Ms: number | null
  readonly serviceP95Ms: number | null
  readonly serviceP99Ms: number | null
  /** The generator's own error (see `ArrivalCounts.clockError`). */
  readonly clockErrorP50Ms: number | null
  readonly clockErrorP99Ms: number | null
}

export const SLO_BOUNDS = ['P95', 'P99', 'ERROR_RATE'] as const
export type SloBound = (typeof SLO_BOUNDS)[number]

/** One bound of one kind, against what was measured. */
export interface SloJudgement {
  readonly kind: OperationKind
  readonly bound: SloBound
  /** Milliseconds, or percent of the operations. */
  readonly limit: number
  /** Null: nothing to judge by. */
  readonly observed: number | null
  readonly verdict: SloVerdict
}

export interface LostWorker {
  readonly workerId: string
  /** Milliseconds from the agreed start. */
  readonly atMs: number
  readonly reason: string
}

/** Every operation that was sent, over all phases: `started` = `ended` + `cutOff`, or the difference is a loss that the result states. */
export interface Accounting {
  readonly started: number
  readonly ended: number
  readonly cutOff: number
  /** By snapshots that never arrived (a killed worker's last second). */
  readonly missingSnapshots: number
  /** Workers that began to send but never reported their end: what they did last is not in these counts. */
  readonly silentWorkers: number
}
