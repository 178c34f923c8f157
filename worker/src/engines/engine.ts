import type { Buffer } from 'node:buffer'
import type { ErrorCategory, TableProfile, Target } from '@flakebench/contract'

export type BindValue = string | number | boolean | null | Buffer

/** Text with the engine's own placeholders; prepared under its name once a connection. */
export interface Statement {
  readonly name: string
  readonly text: string
  /** Values that it takes. */
  readonly valueCount: number
}

/** How an operation failed, in the words that are the same for every engine. `sample` holds no bound values. */
export interface OperationFailure {
  readonly category: ErrorCategory
  readonly sample: string
}

/** Called exactly once for each `execute`, when the connection is ready for the next one or lost; null: it went well. */
export type Done = (failure: OperationFailure | null) => void

/** One session with the system under test; one operation in flight. */
export interface EngineConnection {
  /** False once it is lost or closed. */
  readonly isOpen: boolean
  prepare(statement: Statement): Promise<void>
  /** Has the server plan a prepared statement without executing it, which also shows whether the user may do it. */
  rehearse(statement: Statement): Promise<void>
  /** Sends a prepared statement and reads its whole answer. */
  execute(statement: Statement, values: BindValue[], done: Done): void
  /** Asks the server to give up what is in flight; its `done` still comes. @param as what the failure is to count as */
  cancel(as: 'CANCELLED' | 'TIMEOUT'): void
  /** Fastest of some round trips of the cheapest statement, in milliseconds. */
  measureFloor(): Promise<number>
  close(): Promise<void>
  /** Closes at once, without a goodbye. What is in flight fails. */
  destroy(): void
}

/** How to speak to one system under test. */
export interface Engine {
  /** A new session. @throws the driver's own error */
  connect(): Promise<EngineConnection>
  /** Quoted and qualified. */
  tableName(target: Target): string
  quoteName(name: string): string
  /** What the table looks like now. @throws WorkerFailure where there is nothing to benchmark */
  profile(target: Target, seed: number): Promise<TableProfile>
  /** The largest whole-number key now. */
  readMaxKey(target: Target, keyColumn: string): Promise<number>
  failureOf(error: unknown): OperationFailure
  /** One sentence for a person: why no session could be had, and what to do. */
  explainRefusal(error: unknown): string
  /** One sentence: why a statement could not be prepared. @param title e.g. `point lookup` */
  explainStatement(error: unknown, title: string): string
}
