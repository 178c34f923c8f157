import type { EncodedHistogram } from './histogram.ts'
import type { LoadPhase } from './schedule.ts'
import type { ArrivalCounts, ClientHealth, ErrorCount, KindSnapshot } from './snapshot.ts'

/** One run, one interval: the snapshots of its workers added. A row of METRICS_SNAPSHOTS; live view, history and result all read it. */
export interface Rollup {
  readonly runId: string
  readonly intervalIndex: number
  /** Milliseconds from the agreed start. */
  readonly startMs: number
  readonly endMs: number
  readonly phase: LoadPhase
  readonly started: number
  readonly operations: number
  readonly errors: number
  readonly cutOff: number
  /** Of `operations`, those that the driver sent again by itself: see WorkerSnapshot. */
  readonly retriedOperations: number
  /** Successful operations per second: the sum of each worker's count over its own part of the interval. */
  readonly qps: number
  /** Response times of all successful operations; the percentiles beside it are read from it. */
  readonly latency: EncodedHistogram | null
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  readonly maxMs: number | null
  readonly byKind: readonly KindSnapshot[]
  readonly errorsByCategory: readonly ErrorCount[]
  readonly activeConnections: number
  readonly targetConnections: number
  readonly openConnections: number
  /** Null in a closed loop. `planned` is what the workers' shares of the schedule came to. */
  readonly arrivals: ArrivalCounts | null
  readonly workersReported: number
  readonly workersExpected: number
  /** The worst of the workers, but cpuPercent and memoryBytes are their sum. */
  readonly client: ClientHealth
  readonly clientLimited: boolean
}
