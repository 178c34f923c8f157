import type { LATENCY_AGGREGATION_METHOD } from './enums.ts'
import type { EncodedHistogram } from './histogram.ts'
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
  readonly errorsByCategory: readonly ErrorCount[]
  /** Latest actual start of a worker minus the earliest; null for a worker's own result. */
  readonly startSkewMs: number | null
  readonly accounting: Accounting
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
