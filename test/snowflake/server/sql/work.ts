import type { Statement } from './nodes.ts'
import type { SessionView, TableName } from './translation.ts'

/** What is known and gathered while one statement is translated. */
export interface Work {
  readonly statement: Statement
  readonly session: SessionView
  /** EXPLAIN: binds have no values and are planned as NULL. */
  readonly unbound: boolean
  readonly reads: TableName[]
  readonly writes: TableName[]
  /** How many `?` have been read. */
  binds: number
  /** Set when the statement reads TABLE(INFORMATION_SCHEMA.QUERY_HISTORY(…)) or ACCOUNT_USAGE.AGGREGATE_QUERY_HISTORY. */
  history: HistoryWindow | null
}

/** What part of the log a statement asks for. */
export interface HistoryWindow {
  readonly fromMs: number | null
  readonly toMs: number | null
  readonly limit: number
  /** By minutes, as ACCOUNT_USAGE has it, and with its delay. */
  readonly isAggregate?: boolean
}

/** Names that hide tables: those of WITH. In upper case unless quoted. */
export type Scope = ReadonlySet<string>

export const NO_SCOPE: Scope = new Set()

export const startWork = (statement: Statement, session: SessionView, unbound = false): Work => ({
  statement,
  session,
  unbound,
  reads: [],
  writes: [],
  binds: 0,
  history: null,
})
