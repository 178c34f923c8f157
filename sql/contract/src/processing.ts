import type { ProcessingStep } from './enums.ts'

/** How far the processing of a run is: RUN_STATUS.PROCESSING_STATE. A new owner begins it anew; what was done is not done twice. */
export interface ProcessingState {
  readonly step: ProcessingStep
  /** Of `total`: executions loaded, statements matched; 0 where nothing can be counted. */
  readonly done: number
  /** Null: not known. */
  readonly total: number | null
  /** A person does not want to wait for it, in words: what takes long is left out. What is on disk still is loaded later. */
  readonly stopped?: string
}
