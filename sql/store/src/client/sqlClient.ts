/** A value that a placeholder takes. Objects go as JSON text through PARSE_JSON(?), moments as ISO text. */
export type Bind = string | number | boolean | null

/** A row as the store reads it: lower-case names; moments as milliseconds since 1970, whole numbers and decimals as numbers, JSON parsed. */
export type Row = Readonly<Record<string, unknown>>

/**
 * The control database, whichever engine it is. Statements are written once, in the subset that Snowflake and PostgreSQL share: `?` for values, unquoted
 * names, CURRENT_TIMESTAMP without parentheses, PARSE_JSON(?) in INSERT … SELECT. Every failure is thrown; nothing is turned into an empty list.
 */
export interface SqlClient {
  readonly engine: 'postgres' | 'snowflake'
  query(sql: string, binds?: readonly Bind[]): Promise<readonly Row[]>
  /** The number of rows changed. */
  execute(sql: string, binds?: readonly Bind[]): Promise<number>
  /** All or nothing, on one session. Deadlocks and serialisation failures are tried again, three times at most, so `work` must only use `tx`. */
  transaction<T>(work: (tx: SqlClient) => Promise<T>): Promise<T>
  /** In a transaction on PostgreSQL alone: the text that a `COPY … FROM STDIN` takes. The number of rows. */
  copyIn?(sql: string, text: string): Promise<number>
  close(): Promise<void>
}

/** The control database could not be reached, or did not answer in time. Trying again may help. */
export class ControlDatabaseUnavailable extends Error {
  override readonly name = 'ControlDatabaseUnavailable'
  constructor(
    message: string,
    options: ErrorOptions,
    /** It is there, but did not finish this statement in time. */
    readonly isSlow = false,
  ) {
    super(message, options)
  }
}

/** The writer is no longer the run's owner: another orchestrator has claimed it. Stop, and write nothing more. */
export class StaleEpoch extends Error {
  override readonly name = 'StaleEpoch'
  constructor(runId: string, epoch: number) {
    super(`run ${runId} is no longer owned under epoch ${epoch}`)
  }
}
