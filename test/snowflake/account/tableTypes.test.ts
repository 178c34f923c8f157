import { openSnowflakeSession, parseSnowflakeUrl, readSessionAccount, type SnowflakeSession, type SnowflakeSignIn } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { OperationFailure } from '../../../worker/src/engines/engine.ts'
import { samplePlan } from '../../kit/samplePlan.ts'
import { savedSignIn } from '../../kit/savedSignIn.ts'
import { newDatabaseName } from '../../kit/sharedClusters.ts'
import { type BenchedTable, engineOn, executeOn, operationOf, operationsOn, statementOf } from '../../kit/snowflakeLoad.ts'

/** In the account of SNOWFLAKE_TEST_URL: what the wire server takes for granted, asked of the product itself. */
const COLUMNS = 'ORDER_ID NUMBER(18, 0) NOT NULL, AMOUNT NUMBER(10, 2) NOT NULL, CREATED_AT TIMESTAMP_NTZ NOT NULL, NOTE VARCHAR'
const ROWS = `SELECT SEQ4() + 1, 12.5, CURRENT_TIMESTAMP::TIMESTAMP_NTZ, 'note' FROM TABLE(GENERATOR(ROWCOUNT => 200))`
const schema = newDatabaseName().toUpperCase()
let signIn: SnowflakeSignIn & { readonly database: string }
let session: SnowflakeSession | undefined
const signedIn = (): SnowflakeSession => {
  if (session === undefined) throw new Error('nobody is signed in')
  return session
}
const execute = (sql: string): Promise<unknown> => signedIn().execute(sql, [], { deadlineMs: 120_000 })

beforeAll(async () => {
  const parsed = parseSnowflakeUrl(inject('snowflakeAccountUrl'))
  if (parsed.signIn === null) throw new Error(`SNOWFLAKE_TEST_URL ${parsed.faults.join('; ')}`)
  signIn = parsed.signIn
  session = await openSnowflakeSession(signIn, { application: 'tests', connectTimeoutMs: 60_000 })
  const { warehouse } = signIn
  for (const sql of [
    `CREATE SCHEMA ${schema}`,
    `USE SCHEMA ${schema}`,
    `CREATE TABLE PLAIN (${COLUMNS}, PRIMARY KEY (ORDER_ID))`,
    `INSERT INTO PLAIN ${ROWS}`,
    `CREATE HYBRID TABLE ROWWISE (${COLUMNS}, PRIMARY KEY (ORDER_ID))`,
    `INSERT INTO ROWWISE ${ROWS}`,
    'CREATE VIEW SEEN AS SELECT * FROM PLAIN',
    `CREATE DYNAMIC TABLE REFRESHED TARGET_LAG = '1 hour' WAREHOUSE = ${warehouse} AS SELECT * FROM PLAIN`,
  ]) {
    await execute(sql)
  }
}, 600_000)
afterAll(async () => {
  if (session === undefined) return
  await execute(`DROP SCHEMA IF EXISTS ${schema}`)
  await session.close()
})

const tableOf = (tableType: BenchedTable['tableType'], table: string): BenchedTable => ({
  ...savedSignIn(signIn),
  database: signIn.database,
  schema,
  table,
  warehouse: signIn.warehouse ?? '',
  tableType,
})

it('calls an account by its organisation and its name, however its address is spelled', async () => {
  expect(await readSessionAccount(signedIn())).toMatch(/^[A-Z0-9_]+-[A-Z0-9_]+$/)
})

describe('a table in an account', () => {
  it.each([
    { tableType: 'STANDARD', table: 'PLAIN', kinds: ['POINT_LOOKUP', 'RANGE_SCAN', 'INSERT', 'UPDATE'] },
    { tableType: 'HYBRID', table: 'ROWWISE', kinds: ['INSERT'] },
    { tableType: 'VIEW', table: 'SEEN', kinds: ['POINT_LOOKUP', 'RANGE_SCAN'] },
    { tableType: 'DYNAMIC', table: 'REFRESHED', kinds: ['POINT_LOOKUP', 'RANGE_SCAN'] },
  ] as const)(
    '$tableType is recognised, and takes $kinds',
    async ({ tableType, table, kinds }) => {
      const benched = tableOf(tableType, table)
      const engine = engineOn(benched, { operations: kinds.map(kind => operationOf(kind, 100 / kinds.length)) })
      const plan = samplePlan({ operations: kinds.map(kind => operationOf(kind, 100 / kinds.length)) })
      const { database, warehouse } = benched
      const operations = await operationsOn(engine, { ...plan, target: { ...plan.target, database, schema, table, warehouse, tableType } })
      const connection = await engine.connect()
      try {
        for (const { statement, bind, firstValues } of operations) {
          await connection.prepare(statement)
          await connection.rehearse(statement, firstValues())
          const failure = await new Promise<OperationFailure | null>(resolve => connection.execute(statement, bind(), resolve))
          expect(failure, statement.text).toBeNull()
          expect(connection.lastQueryId).not.toBeNull()
        }
      } finally {
        await connection.close()
      }
    },
    300_000,
  )

  it.each([
    { category: 'SYNTAX', sql: 'SELEKT 1' },
    { category: 'MISSING_OBJECT', sql: 'SELECT 1 FROM NOWHERE' },
    { category: 'CONSTRAINT', sql: "INSERT INTO ROWWISE VALUES (1, 1, '2026-01-01', 'taken')" },
    { category: 'DATA', sql: "INSERT INTO PLAIN VALUES ('no number', 1, '2026-01-01', '')" },
  ])('answers $sql with $category', async ({ category, sql }) => {
    const connection = await engineOn(tableOf('STANDARD', 'PLAIN')).connect()
    try {
      expect(await executeOn(connection, sql)).toMatchObject({ category })
    } finally {
      await connection.close()
    }
  })

  it('gives up a statement when asked to', async () => {
    const connection = await engineOn(tableOf('STANDARD', 'PLAIN')).connect()
    try {
      const failed = new Promise<OperationFailure | null>(resolve =>
        connection.execute(statementOf("SELECT SYSTEM$WAIT(60, 'SECONDS')"), [], resolve),
      )
      connection.cancel('TIMEOUT')
      expect(await failed).toMatchObject({ category: 'TIMEOUT' })
    } finally {
      await connection.close()
    }
  })
})
