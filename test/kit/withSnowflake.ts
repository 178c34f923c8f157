import { openSnowflakeSession } from '@flakebench/store'

/** Executes a statement, and returns its rows as objects with lower-case names. */
export type ExecuteSnowflake = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>

const DEADLINE_MS = 30_000

/** A session with a wire server as its usual user, in BENCH.PUBLIC, closed whatever happens. */
export const withSnowflake = async <T>(accessUrl: string, work: (execute: ExecuteSnowflake) => Promise<T>): Promise<T> => {
  const session = await openSnowflakeSession(
    {
      account: 'FLAKEBENCH',
      user: 'BENCH',
      role: null,
      warehouse: 'BENCH_WH',
      database: 'BENCH',
      schema: 'PUBLIC',
      accessUrl,
      auth: { type: 'PASSWORD', password: 'bench' },
    },
    { application: 'tests', connectTimeoutMs: DEADLINE_MS },
  )
  try {
    return await work(async sql => {
      const { columns, rows } = await session.execute(sql, [], { deadlineMs: DEADLINE_MS })
      return rows.map(row => Object.fromEntries(columns.map(({ name }, i) => [name, row[i]])))
    })
  } finally {
    await session.close()
  }
}
