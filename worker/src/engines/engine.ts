import type { Buffer } from 'node:buffer'
import type { ErrorCategory, LoadPhase, SqlDialect, TableProfile, Target } from '@flakebench/contract'
import type { PoolSource } from '../pools/poolSource.ts'

export type BindValue = string | number | boolean | null | Buffer

/** Text with the engine's own placeholders (see `numberSlots`); prepared under its name once a connection. */
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

/**
 * Called exactly once for each `execute`, when the connection is ready for the next one or lost.
 * @param failure null: it went well
 * @param wasRetried the driver has sent it more than once, unasked: its pauses between the tries are in the operation's time
 */
export type Done = (failure: OperationFailure | null, wasRetried: boolean) => void

/** One execution outside of any load, for a person to look at. */
export interface Trial {
  /** From sending it to having read the whole answer; its planning apart. */
  readonly tookMs: number
  /** Rows returned or changed; null: the server does not say. */
  readonly rows: number | null
  readonly columnNames: readonly string[]
  /** The first rows, as the server writes them. */
  readonly sample: readonly (readonly (string | null)[])[]
  /** Null: the engine plans no such statement. */
  readonly plan: string | null
}

/** Rows of a trial that are kept. */
export const SAMPLED_ROWS = 10

/** The columns of a table, and which of them rows are found by. */
export type TableShape = Pick<TableProfile, 'columns' | 'keyColumn'>

/** One session with the system under test; one operation in flight. */
export interface EngineConnection {
  /** False once it is lost or closed. */
  readonly isOpen: boolean
  /**
   * What the server calls the execution that ended last, as `done` finds it; null: it does not say, or never heard of it. For the record of single
   * executions, which are found in the server's own history by it.
   */
  readonly lastQueryId: string | null
  /** Rows that the execution that ended last returned or changed, as `done` finds it; null: it failed, or the server does not say. */
  readonly lastRows: number | null
  prepare(statement: Statement): Promise<void>
  /** Has the server plan a prepared statement with these values, without executing it, which also shows whether the user may do it. */
  rehearse(statement: Statement, values: readonly BindValue[]): Promise<void>
  /** Sends a prepared statement and reads its whole answer. */
  execute(statement: Statement, values: BindValue[], done: Done): void
  /** Asks the server to give up what is in flight; its `done` still comes. @param as what the failure is to count as */
  cancel(as: 'CANCELLED' | 'TIMEOUT'): void
  /**
   * Plans a statement and executes it once, in a transaction that is rolled back whatever happens. Nothing else is in flight, or prepared under its name.
   * @param signal ends it early
   * @throws the driver's own error
   */
  tryOnce(statement: Statement, values: readonly BindValue[], signal: AbortSignal): Promise<Trial>
  /** Fastest of some round trips of the cheapest statement, in milliseconds. */
  measureFloor(): Promise<number>
  close(): Promise<void>
  /** Closes at once, without a goodbye. What is in flight fails. */
  destroy(): void
}

/** How to speak to one system under test. */
export interface Engine {
  /** How statements are read, and what placeholders look like. */
  readonly dialect: SqlDialect
  /** Sessions that are opened at the same time, at most. */
  readonly openedAtOnce: number
  /** A few refused sign-ins lock the user: only one is tried at a time until one succeeds, and after a refusal none for a while. */
  readonly locksUsers: boolean
  /** A new session. @throws the driver's own error */
  connect(): Promise<EngineConnection>
  /** Quoted and qualified, as the table is called there. @throws WorkerFailure when there is none of that name */
  tableName(target: Target): Promise<string>
  quoteName(name: string): string
  /** Of the profile, what statements are made of: a look at the catalog alone. @throws WorkerFailure as `profile` */
  describe(target: Target): Promise<TableShape>
  /** What the table looks like now. @throws WorkerFailure where there is nothing to benchmark */
  profile(target: Target, seed: number): Promise<TableProfile>
  /** The largest whole-number key now. */
  readMaxKey(target: Target, keyColumn: string): Promise<number>
  /** What is executed from now on belongs to this phase. */
  enterPhase(phase: LoadPhase | 'PROCESSING'): void
  /** Samples of the table, for value pools. */
  readonly pools: PoolSource
  failureOf(error: unknown): OperationFailure
  /** One sentence for a person: why no session could be had, and what to do. */
  explainRefusal(error: unknown): string
  /** One sentence: why a statement could not be prepared. @param title e.g. `point lookup` */
  explainStatement(error: unknown, title: string): string
}
