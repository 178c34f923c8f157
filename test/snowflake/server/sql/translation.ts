/** A refusal in Snowflake's own words: `code` and `sqlState` are what the driver shows. */
export class SnowflakeError extends Error {
  override readonly name = 'SnowflakeError'
  constructor(
    /** Six digits, as `001003`. */
    readonly code: string,
    readonly sqlState: string,
    message: string,
  ) {
    super(message)
  }
}

/** What Snowflake's driver reads DML counts by. Source: snowflake-sdk 3.3.0, statement types. */
export const STATEMENT_TYPE = {
  SELECT: 0x1000,
  INSERT: 0x3100,
  UPDATE: 0x3200,
  DELETE: 0x3300,
  MERGE: 0x3400,
  COPY: 0x3000,
  SHOW: 0x1000,
  DDL: 0x6000,
  SESSION: 0x4000,
} as const

/** What the session looks like to whoever translates a statement. Names as Snowflake has them: folded to upper case unless quoted. */
export interface SessionView {
  readonly user: string
  readonly role: string
  readonly database: string | null
  readonly schema: string | null
  readonly warehouse: string | null
  /** Inside BEGIN … COMMIT. */
  readonly inTransaction: boolean
  /** Session parameters with those of the statement over them; names in upper case, values as text. */
  readonly parameters: ReadonlyMap<string, string>
  /** The kind of a table by its PostgreSQL schema and name (see `postgresName`); null: there is none, or it is not known. */
  readonly tableKind: (schema: string, table: string) => TableKind | null
  /** Refuse what Snowflake refuses. */
  readonly strict: boolean
}

export type TableKind = 'STANDARD' | 'HYBRID' | 'INTERACTIVE' | 'DYNAMIC' | 'VIEW'

/** A column of an answer that was made without PostgreSQL. */
export interface AnswerColumn {
  readonly name: string
  readonly type: 'text' | 'fixed' | 'real' | 'boolean' | 'timestamp_ltz' | 'timestamp_ntz' | 'variant'
}

/** What one statement asks for. */
export type Translation =
  /** Statements for PostgreSQL, in order, `$n` for the n-th bind; the last one's answer is the answer. */
  | {
      readonly type: 'POSTGRES'
      readonly steps: readonly string[]
      readonly answer: 'ROWS' | 'INSERT' | 'UPDATE' | 'DELETE' | 'MERGE' | { readonly status: string }
      readonly statementTypeId: number
      /** Set by DDL that makes or drops a table: what the session's `tableKind` says from then on. */
      readonly registers?: readonly TableRegistration[]
      /** Tables that DML changes or locks: by PostgreSQL schema and name. */
      readonly writes: readonly TableName[]
      /** Every table that it names. */
      readonly reads: readonly TableName[]
      /** Rows are to be shown as `SHOW` does: column names in lower case as they are. */
      readonly lowerCaseNames?: boolean
    }
  /** ALTER SESSION SET / UNSET; null unsets. */
  | { readonly type: 'PARAMETERS'; readonly set: readonly { readonly name: string; readonly value: string | null }[] }
  /** USE DATABASE, SCHEMA, WAREHOUSE, ROLE. */
  | { readonly type: 'USE'; readonly object: 'DATABASE' | 'SCHEMA' | 'WAREHOUSE' | 'ROLE'; readonly names: readonly string[] }
  | { readonly type: 'TRANSACTION'; readonly action: 'BEGIN' | 'COMMIT' | 'ROLLBACK' }
  /** @param like pattern with % and _, null for all */
  | { readonly type: 'SHOW_WAREHOUSES'; readonly like: string | null }
  | { readonly type: 'ALTER_WAREHOUSE'; readonly name: string; readonly action: string }
  /** SELECT … FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY(…)), or from ACCOUNT_USAGE.AGGREGATE_QUERY_HISTORY: the log is put into a temporary table, then `sql` runs on PostgreSQL. */
  | {
      readonly type: 'QUERY_HISTORY'
      readonly fromMs: number | null
      readonly toMs: number | null
      readonly limit: number
      readonly isAggregate?: boolean
      /** Of the temporary table that holds the log's rows. */
      readonly table: string
      readonly columns: readonly string[]
      readonly sql: string
    }
  /** SYSTEM$WAIT(n, 'SECONDS'): holds the statement. */
  | { readonly type: 'WAIT'; readonly ms: number }
  /** PUT file://… @stage */
  | {
      readonly type: 'PUT'
      readonly sources: readonly string[]
      readonly stage: string
      readonly path: string
      readonly autoCompress: boolean
    }
  /** COPY INTO table FROM @stage, or FROM (SELECT $1, $2 … FROM @stage) */
  | {
      readonly type: 'COPY'
      readonly table: TableName
      readonly columns: readonly string[] | null
      /** The file's columns that are selected, from 0, for the table's in their order; null: all as they stand. */
      readonly selected: readonly number[] | null
      readonly stage: string
      readonly path: string
      readonly format: Readonly<Record<string, string>>
      readonly onError: string
      readonly purge: boolean
    }
  | { readonly type: 'LIST_STAGE' | 'REMOVE_STAGE'; readonly stage: string; readonly path: string }
  /** Answered as it stands. */
  | { readonly type: 'ANSWER'; readonly columns: readonly AnswerColumn[]; readonly rows: readonly (readonly (string | null)[])[] }

/** As PostgreSQL has them (see `postgresName`). */
export interface TableName {
  readonly schema: string
  readonly table: string
}

export interface TableRegistration extends TableName {
  /** Null: it is dropped. */
  readonly kind: TableKind | null
}

/**
 * Snowflake folds plain names to upper case, PostgreSQL to lower: swapping the case of every letter makes each plain name plain on the other side, and
 * keeps any two quoted names apart. Applied to every name on the way in, and to the names of columns on the way out.
 */
export const swapCase = (name: string): string => {
  let swapped = ''
  for (const letter of name) swapped += letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase()
  return swapped
}

/** All of Snowflake's databases live in one of PostgreSQL: schema PUBLIC of database BENCH is the schema `bench.public` there. */
export const postgresSchema = (database: string, schema: string): string => swapCase(`${database}.${schema}`)
