/** pg_stat_statements at one moment: the statements of one user in one database. */
export interface StatementReading {
  /** As `server_version_num`: 180000 is 18. */
  readonly serverVersion: number
  /** When all statistics were last forgotten; null: not told. */
  readonly resetAt: string | null
  /** How often the server has thrown out the least used statements to make room; null: not told. */
  readonly evictions: number | null
  readonly tracksIoTiming: boolean
  readonly statements: readonly StatementCounters[]
}

/** Counters of one statement since the server knows it. Null: this version has no such column. */
export interface StatementCounters {
  /** The server's id of it. */
  readonly queryId: string
  /** A digest of its text without constants and comments: the text itself may hold secrets of the system under test, and is not kept. */
  readonly shape: string
  /** Since when the server has counted it; null: it does not say (before PostgreSQL 17). */
  readonly since: string | null
  readonly calls: number
  readonly rows: number
  readonly executionMs: number
  readonly maxMs: number | null
  readonly blocksHit: number
  readonly blocksRead: number
  readonly ioReadMs: number | null
  readonly ioWriteMs: number | null
  readonly walBytes: number | null
}

/** One statement in one minute, as Snowflake's AGGREGATE_QUERY_HISTORY has it. Moments by Snowflake's clock. */
export interface AggregateRow {
  readonly text: string
  readonly tag: string
  readonly fromMs: number
  readonly toMs: number
  readonly calls: number
  readonly errors: number
  readonly rows: number | null
  readonly totalMs: AggregateTimes
}

export interface AggregateTimes {
  readonly sum: number
  readonly median: number | null
  readonly p90: number | null
  readonly p99: number | null
  readonly max: number | null
}

/** Matched executions of the measurement that took the server equally long, on one cluster, with one label. */
export interface ClusterCount {
  /** Null: the server named none. */
  readonly clusterNumber: number | null
  readonly label: string
  /** The server's own execution time: whole milliseconds. */
  readonly executionMs: number
  readonly executions: number
  readonly queuedOverloadMs: number
  readonly queuedProvisioningMs: number
}
