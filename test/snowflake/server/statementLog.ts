import type { Statement } from './execution/statement.ts'

/** A statement as it was executed, whatever came of it. */
export interface LoggedStatement {
  readonly queryId: string
  readonly requestId: string
  readonly text: string
  /** QUERY_TAG; empty: none. */
  readonly tag: string
  /** INSERT, SELECT, BEGIN, …: its first word. */
  readonly kind: string
  readonly sessionId: number
  readonly user: string
  readonly role: string
  readonly database: string | null
  readonly schema: string | null
  readonly warehouse: string | null
  readonly warehouseSize: string | null
  readonly warehouseType: string | null
  readonly clusterNumber: number | null
  /** Epoch, with the clock's skew at its start. */
  readonly startMs: number
  /** From its first request to its answer, waiting included. */
  readonly ms: number
  readonly queuedOverloadMs: number
  readonly queuedProvisioningMs: number
  /** Waited for the lock of a standard table. */
  readonly blockedMs: number
  readonly rowsProduced: number | null
  /** Snowflake's code of the refusal; null: it went well. */
  readonly errorCode: string | null
  readonly errorMessage: string | null
  readonly hasBinds: boolean
  /** QUERY_HISTORY shows it. */
  readonly isInHistory: boolean
  /** How many requests asked for it: more than one when the driver had to repeat itself. It was executed once. */
  readonly timesReceived: number
}

export interface StatementLog {
  add(entry: LoggedStatement): void
  list(): readonly LoggedStatement[]
  clear(): void
}

/** The latest are kept. */
const MAX_ENTRIES = 200_000

export const createStatementLog = (): StatementLog => {
  let entries: LoggedStatement[] = []
  return {
    add(entry) {
      entries.push(entry)
      if (entries.length > MAX_ENTRIES * 1.25) entries = entries.slice(-MAX_ENTRIES)
    },
    list: () => entries,
    clear() {
      entries = []
    },
  }
}

/** What a statement is logged as once it is done. */
export const logEntry = (
  statement: Statement,
  facts: { readonly isInHistory: boolean; readonly skewMs: number; readonly size: string | null; readonly type: string | null },
): LoggedStatement => {
  const { session, timings, receipts } = statement
  return {
    queryId: statement.id,
    requestId: statement.requestId,
    text: statement.text,
    tag: statement.parameters.get('QUERY_TAG') ?? '',
    kind: kindOf(statement.text),
    sessionId: session.id,
    user: session.user,
    role: session.role,
    database: session.database,
    schema: session.schema,
    warehouse: session.warehouse,
    warehouseSize: facts.size,
    warehouseType: facts.type,
    ...timings,
    startMs: statement.receivedAtMs + facts.skewMs,
    ms: Math.round((performance.now() - statement.receivedAt) * 1000) / 1000,
    errorCode: statement.refusal?.code ?? null,
    errorMessage: statement.refusal?.message ?? null,
    hasBinds: statement.bindings !== undefined,
    isInHistory: facts.isInHistory,
    // Read when the log is read: a repeated request may come after the answer.
    get timesReceived() {
      return receipts.times
    },
  }
}

const kindOf = (text: string): string => /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*([A-Za-z]+)/.exec(text)?.[1]?.toUpperCase() ?? ''
