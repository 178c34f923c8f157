import type { Bind, Connection, Column as DriverColumn, RowStatement, SnowflakeError } from 'snowflake-sdk'
import { closeConnection } from './closeConnection.ts'
import { loadSnowflake, type SnowflakeDriver } from './driver.ts'
import { SnowflakeFailure, SnowflakeTimeout, toSnowflakeFailure } from './failure.ts'
import { type RequestWatch, watchRequest } from './hiddenRetries.ts'
import { connectionOptions, type SnowflakeSignIn } from './signIn.ts'
import { type SnowflakeColumn, valueReader } from './values.ts'

/** Parameters of a session or a statement, by Snowflake's names. */
export type SnowflakeParameters = Readonly<Record<string, string | number | boolean>>

export interface SnowflakeSessionOptions {
  /** Shown in Snowflake's list of sessions. */
  readonly application: string
  /** Until it can be used; the loading of the driver apart. */
  readonly connectTimeoutMs?: number
  /** Set once, after the login. */
  readonly parameters?: SnowflakeParameters
  /** Of each statement that says nothing else. */
  readonly deadlineMs?: number
}

export interface ExecuteOptions {
  /** After which the statement is cancelled, the call fails and the session is of no more use. */
  readonly deadlineMs?: number
  /** For this statement alone; they cost no further request. */
  readonly parameters?: SnowflakeParameters
  /** How often the driver may send the request again before the call fails. Default: as often as the driver wants to, until the deadline. */
  readonly mostRetries?: number
  /** Leave the rows where they are. */
  readonly withoutRows?: boolean
}

export interface SnowflakeResult {
  readonly columns: readonly SnowflakeColumn[]
  /** A value a column: see SnowflakeColumn. Of a statement that changes rows: none. */
  readonly rows: readonly (readonly unknown[])[]
  /** Rows changed by an INSERT, UPDATE, DELETE or MERGE; 0 for anything else. */
  readonly affected: number
  readonly queryId: string
  /** How often the driver sent the request again, unasked. */
  readonly retries: number
}

/** One session. Its statements run one after the other, whatever the number of callers. */
export interface SnowflakeSession {
  /** False once the server has forgotten it, or a statement of it was given up: close it and open another. */
  readonly isUsable: boolean
  /** @throws SnowflakeFailure */
  execute(sql: string, binds?: readonly Bind[], options?: ExecuteOptions): Promise<SnowflakeResult>
  /** Never fails, and takes two seconds at most. What runs is cancelled by the server, and an open transaction undone: as soon as the server can be reached. */
  close(): Promise<void>
}

const CONNECT_TIMEOUT_MS = 15_000
const DEADLINE_MS = 60_000

/** @throws SnowflakeFailure */
export const openSnowflakeSession = async (signIn: SnowflakeSignIn, options: SnowflakeSessionOptions): Promise<SnowflakeSession> => {
  const deadlineMs = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS
  const driver = await loadSnowflake()
  const startedAt = performance.now()
  const connection = await connect(driver, signIn, options.application, deadlineMs)
  const session = sessionOver(connection, options.deadlineMs ?? DEADLINE_MS)
  const settings = Object.entries(options.parameters ?? {}).map(([name, value]) => `${name} = ${literal(value)}`)
  if (settings.length === 0) return session
  try {
    const leftMs = Math.max(1, deadlineMs - (performance.now() - startedAt))
    await session.execute(`ALTER SESSION SET ${settings.join(', ')}`, [], { deadlineMs: leftMs })
    return session
  } catch (error) {
    await session.close()
    throw error
  }
}

const literal = (value: string | number | boolean): string =>
  typeof value === 'string' ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : String(value).toUpperCase()

const connect = (driver: SnowflakeDriver, signIn: SnowflakeSignIn, application: string, deadlineMs: number): Promise<Connection> =>
  new Promise((resolve, reject) => {
    let isOver = false
    const timer = setTimeout(() => {
      isOver = true
      reject(new SnowflakeTimeout('no session was granted', deadlineMs))
    }, deadlineMs)
    const finish = (error: unknown, connection: Connection | null): void => {
      // Granted after all, when nobody waits for it any more.
      if (isOver) return void (error ? null : connection?.destroy(() => undefined))
      isOver = true
      clearTimeout(timer)
      if (error || connection === null) reject(toSnowflakeFailure(error))
      else resolve(connection)
    }
    try {
      const connection = driver.createConnection(connectionOptions(signIn, application))
      connection.connect(error => finish(error, connection))
    } catch (error) {
      finish(error, null)
    }
  })

const sessionOver = (connection: Connection, deadlineMs: number): SnowflakeSession => {
  let isGivenUp = false
  const session: SnowflakeSession = {
    get isUsable() {
      return !isGivenUp && connection.isUp()
    },
    execute: async (sql, binds = [], options = {}) => {
      if (!session.isUsable) throw new SnowflakeFailure('SESSION_LOST', '', null, 'the session is over')
      try {
        return await executeOn(connection, sql, binds, { ...options, deadlineMs: options.deadlineMs ?? deadlineMs })
      } catch (error) {
        const { kind } = error as SnowflakeFailure
        // ⚠ After a timeout the statement may still run, and every later one of the session would queue up behind it.
        if (kind === 'TIMEOUT' || kind === 'SESSION_LOST' || kind === 'NETWORK') isGivenUp = true
        throw error
      }
    },
    close: () => {
      isGivenUp = true
      return closeConnection(connection)
    },
  }
  return session
}

const executeOn = (
  connection: Connection,
  sql: string,
  binds: readonly Bind[],
  options: ExecuteOptions & { readonly deadlineMs: number },
): Promise<SnowflakeResult> => {
  const { deadlineMs } = options
  return new Promise((resolve, reject) => {
    let statement: RowStatement | undefined
    let watch: RequestWatch | undefined
    const timer = setTimeout(() => {
      watch?.giveUp()
      statement?.cancel(() => undefined)
      reject(new SnowflakeTimeout('the statement did not end', deadlineMs, statement?.getQueryId() ?? null, watch?.retries))
    }, deadlineMs)
    const fail = (error: unknown): void => {
      clearTimeout(timer)
      watch?.end()
      reject(toSnowflakeFailure(error, watch?.retries))
    }
    const complete = (error: SnowflakeError | undefined, ended: RowStatement): void => {
      if (error) {
        fail(error)
        return
      }
      watch?.end()
      const retries = watch?.retries ?? 0
      readResult(ended, options.withoutRows === true, retries).then(result => {
        clearTimeout(timer)
        resolve(result)
      }, fail)
    }
    try {
      statement = connection.execute({
        sqlText: sql,
        complete,
        // ⚠ Otherwise the driver, when all its tries have failed, begins a second round of them.
        streamResult: true,
        ...(binds.length === 0 ? {} : { binds }),
        ...(options.parameters === undefined ? {} : { parameters: { ...options.parameters } }),
      })
      // The request leaves in a later turn.
      const sent = statement
      watch = watchRequest(sent.getRequestId(), options.mostRetries ?? Number.POSITIVE_INFINITY, () => sent.getQueryId())
    } catch (error) {
      fail(error)
    }
  })
}

const toColumn = (column: DriverColumn): SnowflakeColumn => ({
  name: column.getName().toLowerCase(),
  type: column.getType().toLowerCase(),
  scale: column.getScale() ?? null,
})

const readResult = async (statement: RowStatement, withoutRows: boolean, retries: number): Promise<SnowflakeResult> => {
  const changed = statement.getNumUpdatedRows() ?? -1
  const columns = (statement.getColumns() ?? []).map(toColumn)
  const rows = changed >= 0 || withoutRows ? [] : await readRows(statement, columns)
  return { columns, rows, affected: Math.max(0, changed), queryId: statement.getQueryId(), retries }
}

const readRows = (statement: RowStatement, columns: readonly SnowflakeColumn[]): Promise<unknown[][]> =>
  new Promise((resolve, reject) => {
    const readers = columns.map(valueReader)
    const rows: unknown[][] = []
    statement
      .streamRows()
      .on('data', (row: readonly unknown[]) => {
        rows.push(row.map((value, i) => (readers[i] as (value: unknown) => unknown)(value)))
      })
      .on('end', () => resolve(rows))
      .on('error', reject)
  })
