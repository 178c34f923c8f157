import { performance } from 'node:perf_hooks'
import type { DriverConnection, DriverStatement } from './driverConnection.ts'
import { type BindValue, SAMPLED_ROWS, type Statement, type Trial } from './engine.ts'
import { explaining } from './snowflakeExplain.ts'

/** How statements of a trial are sent. */
export interface TrialSession {
  readonly driver: DriverConnection
  /** Sent with each. */
  readonly parameters: Record<string, string | number | boolean>
  readonly signal: AbortSignal
}

interface Answer {
  readonly rows: number | null
  readonly columnNames: readonly string[]
  /** The first ones. */
  readonly sample: readonly (readonly (string | null)[])[]
}

/** Lines of a plan that are kept. */
const MOST_LINES = 1_000

/** One execution in a transaction of its own, which is rolled back. */
export const tryOnSnowflake = async (session: TrialSession, statement: Statement, values: readonly BindValue[]): Promise<Trial> => {
  const explained = explaining(statement, values)
  const plan = explained === null ? null : await send(session, explained.sqlText, explained.binds, MOST_LINES)
  await send(session, 'BEGIN')
  try {
    const beganMs = performance.now()
    const answer = await send(session, statement.text, values)
    const tookMs = performance.now() - beganMs
    return { ...answer, tookMs, plan: plan === null ? null : plan.sample.map(row => row.join(' ')).join('\n') }
  } finally {
    // After a statement that was given up, too: what it has locked would stay locked for long.
    await send({ ...session, signal: new AbortController().signal }, 'ROLLBACK')
  }
}

const send = (
  { driver, parameters, signal }: TrialSession,
  sqlText: string,
  values: readonly BindValue[] = [],
  mostKept = SAMPLED_ROWS,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const giveUp = (): void => statement.cancel(() => undefined)
    const fail = (error: unknown): void => {
      signal.removeEventListener('abort', giveUp)
      reject(error)
    }
    const statement: DriverStatement = driver.execute({
      sqlText,
      binds: values as (string | number | boolean | null)[],
      streamResult: true,
      // The digits of a number as they came.
      fetchAsString: ['Boolean', 'Number', 'Date', 'JSON', 'Buffer'],
      parameters,
      complete: (error, ended) => {
        if (error) return fail(error)
        readAnswer(ended, mostKept).then(answer => {
          signal.removeEventListener('abort', giveUp)
          resolve(answer)
        }, fail)
      },
    })
    signal.addEventListener('abort', giveUp, { once: true })
  })

/** To its end, as a load does. */
const readAnswer = (statement: DriverStatement, mostKept: number): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sample: (string | null)[][] = []
    const changed = (statement.getNumUpdatedRows() as number | undefined) ?? -1
    const columnNames = (statement.getColumns() ?? []).map(column => column.getName())
    statement
      .streamRows()
      .on('data', (row: readonly (string | null)[]) => {
        if (sample.length < mostKept) sample.push(row.map(value => (value === null ? null : String(value))))
      })
      .on('end', () => {
        const isChange = changed >= 0
        resolve({
          rows: isChange ? changed : statement.getNumRows(),
          columnNames: isChange ? [] : columnNames,
          sample: isChange ? [] : sample,
        })
      })
      .on('error', reject)
  })
