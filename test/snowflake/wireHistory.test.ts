import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type FreshSnowflake, freshSnowflake } from './kit/freshSnowflake.ts'
import { refusal, type SignedIn, signIn } from './kit/signedIn.ts'

let fresh: FreshSnowflake
beforeAll(async () => {
  fresh = await freshSnowflake()
})
afterAll(() => fresh.drop())

let session: SignedIn
beforeEach(async () => {
  session = await signIn(fresh.server)
  await session.run('CREATE OR REPLACE HYBRID TABLE h (id INTEGER PRIMARY KEY)')
  await session.run('CREATE OR REPLACE TABLE s (id INTEGER)')
  fresh.server.clearLog()
  fresh.server.dials.reset()
})

const HISTORY =
  'SELECT query_text, query_tag, execution_status, error_code, error_message, warehouse_name, total_elapsed_time FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY(RESULT_LIMIT => 100)) ORDER BY start_time'
const texts = async (): Promise<unknown[]> => (await session.run(HISTORY)).rows.map(row => row['QUERY_TEXT'])

it('leaves short statements on hybrid tables out, and keeps all others', async () => {
  await session.run('SELECT * FROM h')
  await session.run('SELECT * FROM s')
  await session.run('INSERT INTO h SELECT id FROM s')
  fresh.server.dials.statementLatencyMs = 500
  await session.run('SELECT id FROM h')
  fresh.server.dials.statementLatencyMs = 0
  await session.run('BEGIN')
  await session.run('SELECT id + 1 FROM h')
  await session.run('COMMIT')
  expect(await texts()).toEqual([
    'SELECT * FROM s',
    'INSERT INTO h SELECT id FROM s',
    'SELECT id FROM h',
    'BEGIN',
    'SELECT id + 1 FROM h',
    'COMMIT',
  ])
})

it('tells what became of a statement, with its tag', async () => {
  const parameters = { QUERY_TAG: 'flakebench:run_id=1' }
  await session.run('/* before */ SELECT /* marker */ * FROM s', undefined, { parameters } as never)
  await refusal(session.run('SELECT * FROM nowhere'))
  const { rows } = await session.run(HISTORY)
  expect(rows).toMatchObject([
    {
      QUERY_TEXT: 'SELECT /* marker */ * FROM s',
      QUERY_TAG: 'flakebench:run_id=1',
      EXECUTION_STATUS: 'SUCCESS',
      ERROR_CODE: null,
      WAREHOUSE_NAME: 'BENCH_WH',
    },
    {
      QUERY_TEXT: 'SELECT * FROM nowhere',
      QUERY_TAG: '',
      EXECUTION_STATUS: 'FAILED_WITH_ERROR',
      ERROR_MESSAGE: expect.stringContaining('NOWHERE') as string,
    },
  ])
})

it('looks at the newest first, and no further than its limit', async () => {
  for (const n of [1, 2, 3]) await session.run(`SELECT ${n} AS n FROM s`)
  const { rows } = await session.run(
    "SELECT query_text FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY(RESULT_LIMIT => 2)) WHERE query_text LIKE 'SELECT %'",
  )
  expect(rows.map(row => row['QUERY_TEXT']).sort()).toEqual(['SELECT 2 AS n FROM s', 'SELECT 3 AS n FROM s'])
})

const AGGREGATES = `SELECT query_text, calls, total_elapsed_time, errors FROM SNOWFLAKE.ACCOUNT_USAGE.AGGREGATE_QUERY_HISTORY
  WHERE query_tag LIKE ? AND interval_end_time >= '2020-01-01T00:00:00.000Z'::TIMESTAMP_LTZ`

it('has short statements on hybrid tables in minutes, as late as the dial says', async () => {
  const parameters = { QUERY_TAG: 'flakebench:run_id=2' }
  for (let i = 0; i < 3; i++) await session.run('SELECT * FROM h', undefined, { parameters } as never)
  expect((await session.run(AGGREGATES, ['flakebench:%'])).rows).toEqual([])
  fresh.server.dials.accountUsage = { delayMs: 0, isGranted: true }
  const { rows } = await session.run(AGGREGATES, ['flakebench:%'])
  expect(rows.reduce((sum, row) => sum + Number(row['CALLS']), 0)).toBe(3)
  expect(rows[0]).toMatchObject({ QUERY_TEXT: 'SELECT * FROM h', TOTAL_ELAPSED_TIME: { sum: expect.any(Number) as number }, ERRORS: [] })
})

it('hides ACCOUNT_USAGE from roles without the privilege', async () => {
  fresh.server.dials.accountUsage = { delayMs: 0, isGranted: false }
  expect(await refusal(session.run(AGGREGATES, ['%']))).toMatchObject({ code: '002003' })
})
