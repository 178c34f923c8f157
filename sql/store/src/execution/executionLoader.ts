import type { Execution, SpoolSummary } from '@flakebench/contract'

/** A file of a worker's spool. */
export interface SpoolFileKey {
  readonly runId: string
  readonly workerId: string
  readonly attempt: number
  /** From 1. */
  readonly fileNumber: number
}

/**
 * What became of a file: LOADED: its executions are in QUERY_EXECUTIONS, and the file in SPOOL_FILES. THERE: they were already. SUPERSEDED: the run has
 * another owner by now, and nothing was loaded.
 */
export type LoadOutcome = 'LOADED' | 'THERE' | 'SUPERSEDED'

/** Brings spooled executions into the control database, a file a transaction. One file at a time. */
export interface ExecutionLoader {
  /**
   * All of a file or nothing, and once, however often it is called and by how many, and wherever one of them is killed.
   * @param epoch under which the caller owns the run
   * @param rows read only when they are wanted; what they throw undoes the load, and is thrown
   * @param summarise called once, after the last row: what is in the file
   * @throws ControlDatabaseUnavailable: whether it was loaded is not known; calling again tells
   */
  load(file: SpoolFileKey, epoch: number, rows: AsyncIterable<readonly Execution[]>, summarise: () => SpoolSummary): Promise<LoadOutcome>
  close(): Promise<void>
}
