import type { OperationKind, OperationType } from './enums.ts'
import type { RunSchedule } from './schedule.ts'
import type { Advanced, GenericParameter, Guardrails, Load, Scaling, Slo, SloAbort, Target } from './template/template.ts'

/** The frozen settings of a run that workers follow: RUN_STATUS.SCENARIO_CONFIG. Later edits of the template do not reach it. */
export interface Plan {
  readonly templateId: string
  readonly templateName: string
  readonly templateVersion: number
  readonly target: Target
  /** Operations with a weight above zero, canonical ones first, in the order of `OPERATION_KINDS`. Weights sum to 100. */
  readonly operations: readonly PlannedOperation[]
  readonly load: Load
  readonly scaling: Scaling
  readonly guardrails: Guardrails
  readonly slos: readonly Slo[]
  readonly sloAbort: SloAbort
  readonly advanced: Advanced
  /** Workers to start with. */
  readonly workerCount: number
  /** Run-wide, to start with: the workers share it evenly. */
  readonly targetConnections: number
  readonly limits: LoadLimits
  /**
   * What the run loads, in words that are equal when two runs would spoil each other: the server of a PostgreSQL, the warehouse and the table of a
   * Snowflake account. Runs that have one in common wait for each other, unless `advanced.shareSut`.
   */
  readonly sut: readonly string[]
  /** Every random choice of the run follows from it. */
  readonly seed: number
  /** The value pools that its operations draw from (see `ValuePoolSet`); null: none, keys come from the table's profile. */
  readonly poolSetId: string | null
}

/** How far the run's controller may go; all are absolute and decided when the run is prepared. */
export interface LoadLimits {
  readonly minWorkers: number
  /** Workers that may serve at the same time. */
  readonly maxWorkers: number
  /** Of one worker. */
  readonly minConnections: number
  /** Of one worker: another is started beyond that. */
  readonly maxConnections: number
  /** Whether a person has set the upper bounds (BOUNDED, FIXED); otherwise they are those of this machine. */
  readonly areSet: boolean
}

export interface PlannedOperation {
  readonly kind: OperationKind
  /** Tells generic operations apart; the kind itself for canonical ones. */
  readonly label: string
  readonly operationType: OperationType
  /** Percent, two decimals. */
  readonly weight: number
  /** Null: the engine's canonical statement for the table's own columns. */
  readonly sql: string | null
  readonly parameters: readonly GenericParameter[]
}

/** The schedule that follows from a plan once the start is agreed. */
export const scheduleOf = (plan: Plan, startAtMs: number): RunSchedule => ({
  startAtMs,
  warmupMs: plan.load.warmupSeconds * 1_000,
  measurementMs: plan.load.mode === 'FIND_MAX_CONCURRENCY' ? null : plan.load.durationSeconds * 1_000,
  intervalMs: plan.advanced.metricsIntervalSeconds * 1_000,
})
