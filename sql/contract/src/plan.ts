import type { OperationKind, OperationType } from './enums.ts'
import type { RunSchedule } from './schedule.ts'
import type { Advanced, GenericParameter, Guardrails, Load, Scaling, Slo, Target } from './template/template.ts'

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
  readonly advanced: Advanced
  /** Workers to start. */
  readonly workerCount: number
  /** Run-wide: the workers share it evenly. */
  readonly targetConnections: number
  /** Every random choice of the run follows from it. */
  readonly seed: number
  /** The value pools that its operations draw from (see `ValuePoolSet`); null: none, keys come from the table's profile. */
  readonly poolSetId: string | null
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
