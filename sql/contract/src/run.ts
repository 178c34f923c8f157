import type { ArrivalShare } from './arrivalShare.ts'
import type { WorkerTargets } from './controlEvent.ts'
import type { CompletionReason, RunPhase, RunStatus, WorkerStatus } from './enums.ts'
import type { SpoolReport } from './execution.ts'
import type { BoundsState, FindMaxState, FleetNotes, GuardrailState, QpsState } from './loadState.ts'
import type { Plan } from './plan.ts'
import type { ProcessingState } from './processing.ts'

/** Where a run stands: a row of RUN_STATUS. Moments are milliseconds since 1970 by the clock of the control database, `nowMs` beside them. */
export interface RunRecord {
  readonly id: string
  readonly name: string
  /** Counts the runs of one template, from 1. */
  readonly number: number
  readonly templateId: string
  readonly status: RunStatus
  readonly phase: RunPhase
  /** Rises with every change of state. */
  readonly version: number
  readonly plan: Plan
  /** Rows of the benchmarked table at the start, as the engine's statistics have it; null until a worker has looked. */
  readonly tableRows: number | null
  readonly orchestratorId: string | null
  readonly epoch: number
  readonly leaseExpiresAtMs: number | null
  readonly startRequestedAtMs: number | null
  /** The agreed start. */
  readonly startAtMs: number | null
  readonly measurementStartsAtMs: number | null
  readonly measurementEndsAtMs: number | null
  readonly phaseStartedAtMs: number | null
  readonly stopRequestedAtMs: number | null
  readonly endedAtMs: number | null
  /** Group ids given out so far; who of them serves is in `fleetNotes` (see `servingWorkers`). */
  readonly workersExpected: number
  readonly workersReady: number
  readonly workerTargets: WorkerTargets | null
  /** Null: not an open loop, or not begun. */
  readonly arrivalShares: readonly ArrivalShare[] | null
  readonly fleetNotes: FleetNotes
  readonly findMax: FindMaxState | null
  readonly qpsController: QpsState | null
  readonly bounds: BoundsState | null
  readonly guardrail: GuardrailState | null
  /** Id of the run whose end this one waits for, because both load the same; null: for none. */
  readonly waitsFor: string | null
  /** Null: the processing has not begun. */
  readonly processing: ProcessingState | null
  readonly nextSequenceId: number
  readonly completionReason: CompletionReason | null
  readonly cancellationReason: string | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
  /** The database's clock when the row was read. */
  readonly nowMs: number
  /** Since startRun was accepted, until the end: computed by the database. */
  readonly elapsedSeconds: number
}

/** What a change of a run's state may set. Moments in milliseconds since 1970 by the database clock, or 'now' for that clock when it is written. */
export interface RunChanges {
  readonly status?: RunStatus
  readonly phase?: RunPhase
  readonly startRequestedAt?: 'now'
  readonly startAtMs?: number
  readonly measurementStartsAtMs?: number
  readonly measurementEndsAtMs?: number | null
  readonly phaseStartedAt?: 'now' | number
  readonly stopRequestedAt?: 'now'
  readonly endedAt?: 'now'
  readonly workersExpected?: number
  readonly workerTargets?: WorkerTargets
  readonly arrivalShares?: readonly ArrivalShare[]
  readonly fleetNotes?: FleetNotes
  readonly findMax?: FindMaxState
  readonly qpsController?: QpsState
  readonly bounds?: BoundsState
  readonly guardrail?: GuardrailState
  readonly waitsFor?: string | null
  readonly processing?: ProcessingState
  readonly completionReason?: CompletionReason
  readonly cancellationReason?: string | null
}

/** How a worker is, once a second: a row of WORKER_HEARTBEATS. Counts are since its start, over all phases. */
export interface Heartbeat {
  readonly runId: string
  readonly workerId: string
  readonly workerGroupId: number
  readonly attempt: number
  readonly host: string
  readonly pid: number
  readonly status: WorkerStatus
  readonly phase: RunPhase
  readonly activeConnections: number
  readonly targetConnections: number
  /** 100 = one core. */
  readonly cpuPercent: number | null
  readonly memoryBytes: number | null
  /** As in `ClientHealth`; null before the first reading. */
  readonly cpuUsedPercent: number | null
  readonly memoryUsedPercent: number | null
  readonly operationsStarted: number
  /** Ended and counted. */
  readonly operations: number
  readonly errors: number
  /** Ended, but in no figure. */
  readonly cutOff: number
  /** Snapshots taken so far: the orchestrator waits for as many rows. */
  readonly snapshotsTaken: number
  /** The last control event that it has followed. */
  readonly appliedSequenceId: number
  /** First operation sent, minus the agreed start. */
  readonly startOffsetMs: number | null
  /** Last operation sent, milliseconds from the agreed start. */
  readonly lastSentOffsetMs: number | null
  /** Half the round trip in which the database's clock was read. */
  readonly clockUncertaintyMs: number | null
  /** Fastest round trip of the cheapest statement to the SUT. */
  readonly floorMs: number | null
  /** How late its arrival clock was before the start, 99th percentile; null until measured. */
  readonly schedulingP99Ms: number | null
  /** Null: it keeps no executions. */
  readonly spool: SpoolReport | null
  readonly lastError: string | null
}

/** A heartbeat as it was read. */
export interface HeartbeatRecord extends Heartbeat {
  /** Age in database time. */
  readonly ageSeconds: number
  readonly count: number
}
