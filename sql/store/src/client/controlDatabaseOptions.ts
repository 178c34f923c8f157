/** How the control database is opened, whichever engine it is. */
export interface ControlDatabaseOptions {
  /** postgresql://… or snowflake://… */
  readonly url: string
  /** The control tables' schema, in which every session works. */
  readonly schema?: string
  readonly maxConnections?: number
  /** A commit need not reach the disk before it is acknowledged: for heartbeats, which come again in a second. Snowflake has no such thing. */
  readonly relaxedDurability?: boolean
  /** Shown in the server's list of sessions. */
  readonly applicationName?: string
  /** A statement that has not answered by then fails. */
  readonly statementTimeoutMs?: number
}

export const DEFAULT_SCHEMA = 'test_results'
export const DEFAULT_STATEMENT_TIMEOUT_MS = 15_000
