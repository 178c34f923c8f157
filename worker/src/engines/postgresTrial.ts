import { performance } from 'node:perf_hooks'
import type pg from 'pg'
import { type BindValue, SAMPLED_ROWS, type Statement, type Trial } from './engine.ts'
import { asSent, PostgresExecution, rowsOfTag } from './postgresExecution.ts'
import { explaining } from './postgresExplain.ts'

/** An execution as of a load, of which the answer is looked at: it is described, and its first rows are kept. */
class WatchedExecution extends PostgresExecution {
  readonly columnNames: string[] = []
  readonly sample: (string | null)[][] = []

  override submit(connection: pg.Connection): void {
    const { stream } = connection
    stream.cork()
    connection.bind({ statement: this.statement, values: this.values.map(asSent) }, true)
    connection.describe({ type: 'P', name: '' }, true)
    connection.execute(null, true)
    connection.sync()
    stream.uncork()
  }
  override handleRowDescription({ fields }: { readonly fields?: readonly { readonly name: string }[] } = {}): void {
    this.columnNames.push(...(fields ?? []).map(({ name }) => name))
  }
  override handleDataRow({ fields }: { readonly fields?: readonly (string | null)[] } = {}): void {
    if (this.sample.length < SAMPLED_ROWS) this.sample.push([...(fields ?? [])])
  }
}

/** One execution in a transaction of its own, which is rolled back. @param prepare parses the statement under its name */
export const tryOnPostgres = async (
  client: pg.Client,
  prepare: () => Promise<void>,
  statement: Statement,
  values: readonly BindValue[],
): Promise<Trial> => {
  await client.query('BEGIN')
  try {
    await prepare()
    const { rows: lines } = await client.query<[string]>({ text: explaining(statement, values), rowMode: 'array' })
    return { ...(await execute(client, statement, values)), plan: lines.map(([line]) => line).join('\n') }
  } finally {
    await client.query('ROLLBACK')
  }
}

const execute = (client: pg.Client, { name }: Statement, values: readonly BindValue[]): Promise<Omit<Trial, 'plan'>> =>
  new Promise((resolve, reject) => {
    const beganMs = performance.now()
    const execution: WatchedExecution = new WatchedExecution(error => {
      if (error !== null && error !== undefined) return reject(error)
      const { columnNames, sample, commandTag } = execution
      resolve({ tookMs: performance.now() - beganMs, rows: rowsOfTag(commandTag), columnNames, sample })
    })
    execution.statement = name
    execution.values = [...values]
    client.query(execution)
  })
