import type { LoadPhase } from '@flakebench/contract'

/** The intervals of one phase that a run has: the first and the last, and when they began and ended, milliseconds from the agreed start. */
export interface PhaseSpan {
  readonly phase: LoadPhase
  readonly intervals: number
  readonly firstIndex: number
  readonly lastIndex: number
  readonly startMs: number
  readonly endMs: number
}

export const spanOf = (spans: readonly PhaseSpan[], phase: LoadPhase): PhaseSpan | null => spans.find(span => span.phase === phase) ?? null
