import type { CompletionReason, ErrorCategory, OperationKind, RunPhase, RunStatus, WorkerHealth, WorkerStatus } from '@flakebench/contract'

/** All of a run that the tests look at. */
export interface WholeRun {
  readonly id: string
  readonly status: RunStatus
  readonly phase: RunPhase
  readonly completionReason: CompletionReason | null
  readonly cancellationReason: string | null
  readonly workerCount: number
  readonly plan: { readonly seed: number; readonly targetConnections: number }
  readonly timing: RunTimes
  readonly result: WholeResult | null
  readonly workers: readonly WholeWorker[]
  readonly history: readonly WholePoint[]
}

export interface RunTimes {
  readonly serverNow: string
  readonly startRequestedAt: string | null
  readonly startedAt: string | null
  readonly measurementStartsAt: string | null
  readonly measurementEndsAt: string | null
  readonly endedAt: string | null
  readonly elapsedSeconds: number
  readonly startSkewMs: number | null
}

interface Percentiles {
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  readonly maxMs: number | null
}

export interface WholeResult extends Percentiles {
  readonly totalOperations: number
  readonly failedOperations: number
  readonly cutOffOperations: number
  readonly retriedOperations: number
  readonly lostOperations: number | null
  readonly measuredSeconds: number
  readonly qps: number
  readonly errorRate: number
  readonly p999Ms: number | null
  readonly minMs: number | null
  readonly byKind: readonly KindFigures[]
  readonly errors: readonly { readonly category: ErrorCategory; readonly count: number; readonly sample: string | null }[]
}

export interface KindFigures extends Percentiles {
  readonly kind: OperationKind
  readonly operations: number
  readonly achievedPercent: number
}

export interface WholeWorker {
  readonly workerId: string
  readonly status: WorkerStatus
  readonly health: WorkerHealth
  readonly operations: number
  readonly pid: number | null
  readonly lastError: string | null
}

export interface WholePoint extends Percentiles {
  readonly elapsedSeconds: number
  readonly intervalSeconds: number
  readonly phase: RunPhase
  readonly qps: number
  readonly operations: number
  readonly errors: number
  readonly retriedOperations: number
  readonly errorsByCategory: readonly { readonly category: ErrorCategory; readonly count: number }[]
  readonly activeConnections: number
  readonly workersReported: number
  readonly workersExpected: number
}

export const WHOLE_RUN = `query ($id: ID!) { run(id: $id) {
  id status phase completionReason cancellationReason workerCount plan { seed targetConnections }
  timing { serverNow startRequestedAt startedAt measurementStartsAt measurementEndsAt endedAt elapsedSeconds startSkewMs }
  result { totalOperations failedOperations cutOffOperations retriedOperations lostOperations measuredSeconds qps errorRate p50Ms p95Ms p99Ms p999Ms minMs maxMs
    byKind { kind operations achievedPercent p50Ms p95Ms p99Ms maxMs } errors { category count sample } }
  workers { workerId status health operations pid lastError }
  history(maxPoints: 10000) { elapsedSeconds intervalSeconds phase qps operations errors retriedOperations errorsByCategory { category count }
    p50Ms p95Ms p99Ms maxMs activeConnections workersReported workersExpected } } }`

/** What a watcher of a run is sent. */
export interface RunUpdated {
  readonly runUpdated: {
    readonly run: {
      readonly status: RunStatus
      readonly phase: RunPhase
      readonly cancellationReason: string | null
      readonly timing: RunTimes
      readonly aggregateMetrics: { readonly qps: number; readonly operations: number } | null
    }
    readonly workers: readonly WholeWorker[]
    readonly newestPoints: readonly WholePoint[]
  }
}

export const RUN_UPDATES = `subscription ($runId: ID!) { runUpdated(runId: $runId) {
  run { status phase cancellationReason timing { serverNow startRequestedAt startedAt measurementStartsAt measurementEndsAt endedAt elapsedSeconds startSkewMs }
    aggregateMetrics { qps operations } }
  workers { workerId status health operations pid lastError }
  newestPoints { elapsedSeconds intervalSeconds phase qps operations errors retriedOperations errorsByCategory { category count } p50Ms p95Ms p99Ms maxMs
    activeConnections workersReported workersExpected } } }`
