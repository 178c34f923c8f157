import type { ErrorCategory, ExecutionsState, OperationKind, OperationType, SpoolState } from './enums.ts'
import type { LoadPhase } from './schedule.ts'

/** One operation that was sent, as it ended: a row of QUERY_EXECUTIONS. Moments are milliseconds from the agreed start. */
export interface Execution {
  /** Unique within the run: `<worker id>.<attempt>.<number>`, numbers rising in the order in which executions ended. */
  readonly id: string
  readonly workerId: string
  /** Counts the connections of the worker, from 0; one that is lost and opened again keeps its number. */
  readonly connection: number
  readonly kind: OperationKind
  readonly label: string
  /** In which it ended; PROCESSING: after the last. */
  readonly phase: LoadPhase | 'PROCESSING'
  /** It started in the phase in which it ended, and is in the figures; otherwise it was cut off by the edge of a phase. */
  readonly counted: boolean
  readonly intendedStartMs: number
  readonly startMs: number
  readonly endMs: number
  /** endMs − intendedStartMs. */
  readonly responseMs: number
  /** Returned or changed; null: it failed, or the server does not say. */
  readonly rows: number | null
  readonly success: boolean
  readonly retried: boolean
  readonly errorCategory: ErrorCategory | null
  /** As the engine gave it, at most 500 characters, without bound values. */
  readonly error: string | null
  /** Id of the group of failures whose messages differ by values alone (see `normaliseError`). */
  readonly errorGroup: string | null
  /** What the server calls it; null: it does not say, or never heard of it. */
  readonly queryId: string | null
}

/** What the server itself recorded of one execution; null where it did not, or was not asked yet. */
export interface ServerTimes {
  readonly totalMs: number
  readonly compilationMs: number | null
  readonly executionMs: number | null
  readonly queuedOverloadMs: number | null
  readonly queuedProvisioningMs: number | null
  readonly blockedMs: number | null
  readonly bytesScanned: number | null
  readonly rowsProduced: number | null
  readonly clusterNumber: number | null
}

/** An execution as it is read again. */
export interface ExecutionRecord extends Execution {
  readonly server: ServerTimes | null
}

/** A statement of a run, with the engine's own placeholders: RUN_STATEMENTS. */
export interface RunStatement {
  readonly operationIndex: number
  readonly kind: OperationKind
  readonly label: string
  readonly operationType: OperationType
  readonly sql: string
}

/** What is in one file of a spool, or in several: made while it is loaded, kept with it, added up over all. */
export interface SpoolSummary {
  readonly counts: readonly SpoolCount[]
  readonly errors: readonly ErrorGroup[]
}

export interface SpoolCount {
  readonly phase: LoadPhase | 'PROCESSING'
  readonly counted: boolean
  readonly label: string
  readonly executions: number
  readonly failed: number
}

/** Failures of one category whose messages differ by values alone. Of counted executions of the measurement and the warmup, and of those cut off. */
export interface ErrorGroup {
  /** Sixteen hexadecimal digits that follow from category and message; `other-<category>`: no group, but the rest of the category. No execution has that. */
  readonly id: string
  readonly category: ErrorCategory
  /** With numbers, quoted values and ids replaced. */
  readonly message: string
  /** The first message as it came. */
  readonly sample: string
  readonly count: number
  readonly byLabel: Readonly<Record<string, number>>
  readonly byWorker: Readonly<Record<string, number>>
  /** When the first and the last of them ended. */
  readonly firstMs: number
  readonly lastMs: number
}

/** What became of a run's executions: TEST_RESULTS.EXECUTIONS. */
export interface ExecutionsKept {
  readonly state: ExecutionsState
  /** In the table. */
  readonly loaded: number
  /** That the workers counted: ended and cut off, over all phases. */
  readonly expected: number
  /** Ended, and not kept: the bound on disk was reached, or the disk refused. */
  readonly dropped: number
  /** Where loaded and counted differ; empty: nowhere. */
  readonly differences: readonly ExecutionDifference[]
  /** Files that could not be loaded, each with the reason. */
  readonly unread: readonly string[]
}

/** One worker, one phase, one label: what its histograms have against what is in the table. */
export interface ExecutionDifference {
  readonly workerId: string
  readonly phase: LoadPhase | 'CUT_OFF'
  readonly label: string
  readonly counted: number
  readonly loaded: number
  /** In words: `the last second before it was killed`. */
  readonly why: string
}

/** How a worker's spool is, with each heartbeat; null: it keeps none. */
export interface SpoolReport {
  readonly state: SpoolState
  readonly spooled: number
  readonly dropped: number
  /** In which it is, on the worker's host: that of all spools, with a folder for each run. Null: a worker from before that was told. */
  readonly folder: string | null
}
