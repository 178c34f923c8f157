import type { PlannedOperation } from '@flakebench/contract'
import type { SnowflakeConnection } from '@flakebench/store'
import type { Engine, EngineConnection, OperationFailure, Statement } from '../../worker/src/engines/engine.ts'
import { snowflakeEngine } from '../../worker/src/engines/snowflake.ts'
import { type PlanChange, samplePlan } from './samplePlan.ts'
import type { SnowflakeSut } from './snowflakeSut.ts'

/** Of a saved connection, what tests change. */
export interface SignInChange {
  readonly settings?: Partial<SnowflakeConnection['settings']>
  readonly secret?: string | null
}

export const operationOf = (kind: PlannedOperation['kind'], weight = 100, sql: string | null = null): PlannedOperation => ({
  kind,
  label: kind,
  operationType: kind === 'INSERT' || kind === 'UPDATE' ? 'WRITE' : 'READ',
  weight,
  sql,
  parameters: [],
})

/** A worker's engine on BENCH.PUBLIC.ORDERS, for run `R1` and worker `worker-0`; point lookups unless the change says otherwise. */
export const engineOn = (sut: SnowflakeSut, change: PlanChange = {}, signIn: SignInChange = {}): Engine => {
  const plan = samplePlan({ operations: [operationOf('POINT_LOOKUP')], ...change })
  const { database, schema, table, warehouse, tableType } = sut
  const target = { ...plan.target, database, schema, table, warehouse, tableType, ...change.target }
  return snowflakeEngine({
    connection: { id: 'c', name: 'bench', type: 'SNOWFLAKE', sealedCredentials: null, settings: { ...sut.settings, ...signIn.settings } },
    secret: signIn.secret === undefined ? sut.password : signIn.secret,
    plan: { ...plan, target },
    runId: 'R1',
    workerId: 'worker-0',
  })
}

export const statementOf = (text: string, valueCount = 0): Statement => ({ name: 'tested', text, valueCount })

/** One operation, as a loop sends it: what it failed with, or null. */
export const executeOn = (
  connection: EngineConnection,
  text: string,
  values: (string | number | boolean | null)[] = [],
): Promise<OperationFailure | null> => new Promise(resolve => connection.execute(statementOf(text, values.length), values, resolve))
