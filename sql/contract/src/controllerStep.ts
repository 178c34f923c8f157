import type { StepOutcome, StepPurpose, StepType } from './enums.ts'
import type { EncodedHistogram } from './histogram.ts'

/** One step of a controller: a row of CONTROLLER_STEP_HISTORY. Moments are milliseconds from the agreed start. */
export interface ControllerStep {
  /** From 1, per run. */
  readonly stepNumber: number
  readonly type: StepType
  /** Null: a rate's. */
  readonly purpose: StepPurpose | null
  readonly workers: number
  readonly fromConnections: number
  readonly toConnections: number
  /** When its target was set. */
  readonly startMs: number
  /** Ramp and settling are over: from here its figures count. Null: it never came so far. */
  readonly observedFromMs: number | null
  readonly endMs: number
  /** Whole intervals between observedFromMs and endMs. All figures below are of them. */
  readonly observedSeconds: number
  /** Ended, failed ones included. */
  readonly operations: number
  readonly errors: number
  /** Successful operations per second. */
  readonly qps: number
  /** Of a rate. */
  readonly targetQps: number | null
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  /** Fraction of 1. */
  readonly errorRate: number
  /** Against the best step before it; null for the first. */
  readonly qpsVsPriorPercent: number | null
  /** Against the first step; null for the first. */
  readonly p95VsBaselinePercent: number | null
  /** (achieved − target) / target, of a rate. */
  readonly qpsErrorPercent: number | null
  /** Statements were seen to wait in the warehouse. */
  readonly isQueued: boolean
  readonly clientLimitedSeconds: number
  readonly outcome: StepOutcome
  /** In words. */
  readonly reason: string | null
  /** Response times of the step's successful operations. */
  readonly latency: EncodedHistogram | null
}
