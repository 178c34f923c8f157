import type snowflake from 'snowflake-sdk'
import { onTestFinished } from 'vitest'
import { quietenDriver } from '../../../sql/store/src/snowflake/config.ts'
import type { SnowflakeServer } from '../server/startSnowflakeServer.ts'

/** What a statement came to, as the driver tells it. */
export interface Outcome {
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  readonly updated: number | undefined
  readonly queryId: string
  readonly statement: snowflake.RowStatement
}

/** The parts of the driver's errors that tests look at. */
export interface DriverError extends Error {
  readonly code: string | number
  readonly sqlState?: string
}

export interface SignedIn {
  readonly connection: snowflake.Connection
  /** @throws DriverError */
  run(sqlText: string, binds?: snowflake.Binds, options?: Partial<snowflake.StatementOption>): Promise<Outcome>
  /** Starts a statement without waiting for it. */
  start(
    sqlText: string,
    options?: Partial<snowflake.StatementOption>,
  ): { readonly statement: snowflake.RowStatement; readonly outcome: Promise<Outcome> }
  close(): Promise<void>
}

/** What `freshSnowflake` lets in. */
const DEFAULTS = { username: 'BENCH', password: 'bench', database: 'BENCH', schema: 'PUBLIC', warehouse: 'BENCH_WH' }

type Driver = typeof snowflake

let loading: Promise<Driver> | undefined

/** The driver as it is published, only told to be quiet. */
const loadDriver = (): Promise<Driver> => {
  loading ??= load()
  return loading
}

const load = async (): Promise<Driver> => {
  quietenDriver()
  const imported = (await import('snowflake-sdk')) as unknown as Driver & { readonly default?: Driver }
  const driver = imported.default ?? imported
  const silence = (): void => undefined
  driver.configure({
    logLevel: 'OFF',
    additionalLogToConsole: false,
    customLogger: { error: silence, warn: silence, info: silence, debug: silence, trace: silence },
  })
  return driver
}

/** Signs in with the unmodified driver; closed when the test ends, or by who called it in a hook. @throws DriverError */
export const signIn = async (server: SnowflakeServer, options: Partial<snowflake.ConnectionOptions> = {}): Promise<SignedIn> => {
  const driver = await loadDriver()
  const connection = driver.createConnection({
    accessUrl: server.url,
    account: server.account,
    ...DEFAULTS,
    ...options,
  } as snowflake.ConnectionOptions)
  await new Promise<void>((resolve, reject) => connection.connect(error => (error ? reject(error) : resolve())))
  const start: SignedIn['start'] = (sqlText, extra = {}) => {
    let statement: snowflake.RowStatement | undefined
    const outcome = new Promise<Outcome>((resolve, reject) => {
      statement = connection.execute({
        sqlText,
        ...extra,
        complete: (error, done, rows) => {
          if (error) reject(error)
          else if (extra.asyncExec === true)
            resolve({ rows: [], updated: undefined, queryId: done.getQueryId(), statement: done as snowflake.RowStatement })
          else
            resolve({
              rows: rows ?? [],
              updated: done.getNumUpdatedRows(),
              queryId: done.getQueryId(),
              statement: done as snowflake.RowStatement,
            })
        },
      })
    })
    return { statement: statement as snowflake.RowStatement, outcome }
  }
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= new Promise<void>(resolve => connection.destroy(() => resolve()))
    return closing
  }
  try {
    onTestFinished(close)
  } catch {
    // Not in a test but in a hook of a file, which closes it.
  }
  return {
    connection,
    run: (sqlText, binds, extra) => start(sqlText, binds === undefined ? extra : { ...extra, binds }).outcome,
    start,
    close,
  }
}

/** The error that a promise is rejected with. */
export const refusal = async (refused: Promise<unknown>): Promise<DriverError> => {
  try {
    await refused
  } catch (error) {
    return error as DriverError
  }
  throw new Error('it was not refused')
}
