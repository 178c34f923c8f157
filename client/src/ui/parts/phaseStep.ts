export type StepState = 'DONE' | 'CURRENT' | 'PENDING' | 'FAILED' | 'STOPPED' | 'SKIPPED'

/** One of the phases of a run as its bubble shows it. */
export interface PhaseStep {
  readonly phase: string
  readonly word: string
  readonly state: StepState
  /** As in 1:12 / 5:00; empty before the phase began. */
  readonly timer: string
  /** 0–1 where the end is known. */
  readonly progress: number | null
}
