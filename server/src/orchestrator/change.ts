import type { ControllerStep, RunRecord } from '@flakebench/contract'
import type { LoadMemory, Remark } from '../decide/decideLoad.ts'
import type { RunDecision } from '../decide/decideRun.ts'

/** What a beat writes, and what its owner knows and says once it is written. */
export interface Change extends Pick<RunDecision, 'set' | 'commands'> {
  readonly steps: readonly ControllerStep[]
  /** Null: it is not about the load. */
  readonly memory: LoadMemory | null
  readonly remarks: readonly Remark[]
  readonly due: Due | null
}

/** When every worker must have heard of a change. */
export interface Due {
  readonly of: 'START' | 'SHARES'
  /** Monotonic milliseconds: from then on it holds. */
  readonly atMs: number
  /** That it was given beyond what the statements take. */
  readonly marginMs: number
}

/** A change whose writing failed, which may have been written all the same. */
export interface UnsureChange {
  /** As it was before. */
  readonly run: RunRecord
  readonly change: Change
}
