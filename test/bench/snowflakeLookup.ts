import type { Plan } from '@flakebench/contract'
import type { SnowflakeConnection } from '@flakebench/store'
import { samplePlan } from '../kit/samplePlan.ts'

/** What all clients of the bench send: the worker's own statement. */
export const LOOKUP = `SELECT /*flakebench kind=POINT_LOOKUP*/ "ORDER_ID", "CUSTOMER_ID", "STATUS", "AMOUNT", "CURRENCY", "CREATED_AT", "UPDATED_AT", "NOTE" FROM "BENCH"."PUBLIC"."ORDERS" WHERE "ORDER_ID" = ?`

export const ROWS = 100_000

export const PASSWORD = 'bench'

export const connectionTo = (accessUrl: string): SnowflakeConnection => ({
  id: 'bench',
  name: 'bench',
  type: 'SNOWFLAKE',
  sealedCredentials: null,
  settings: { account: 'FLAKEBENCH', user: 'BENCH', role: null, authenticator: 'PASSWORD', tokenFile: null, accessUrl },
})

export const lookupPlan = (targetConnections: number, seconds: number): Plan => {
  const plan = samplePlan({
    load: { warmupSeconds: 1, durationSeconds: seconds + 1 },
    targetConnections,
    operations: [{ kind: 'POINT_LOOKUP', label: 'POINT_LOOKUP', operationType: 'READ', weight: 100, sql: null, parameters: [] }],
  })
  const target = {
    ...plan.target,
    tableType: 'STANDARD' as const,
    database: 'BENCH',
    schema: 'PUBLIC',
    table: 'ORDERS',
    warehouse: 'BENCH_WH',
  }
  return { ...plan, target }
}
