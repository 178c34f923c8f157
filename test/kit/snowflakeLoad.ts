import type { Plan, PlannedOperation, TableType } from '@flakebench/contract'
import type { SnowflakeConnection } from '@flakebench/store'
import type { Engine, EngineConnection, OperationFailure, Statement } from '../../worker/src/engines/engine.ts'
import { snowflakeEngine } from '../../worker/src/engines/snowflake.ts'
import { buildOperations } from '../../worker/src/operations/buildOperations.ts'
import type { Operation } from '../../worker/src/operations/operation.ts'
import { seededRandom } from '../../worker/src/operations/random.ts'
import { NO_POOLS } from '../../worker/src/pools/workerPools.ts'
import { type PlanChange, samplePlan } from './samplePlan.ts'

/** Of a saved connection, what tests change. */
export interface SignInChange {
  readonly settings?: Partial<SnowflakeConnection['settings']>
  readonly secret?: string | null
  readonly tokenFolder?: string
}

export const operationOf = (kind: PlannedOperation['kind'], weight = 100, sql: string | null = null): PlannedOperation => ({
  kind,
  label: kind,
  operationType: kind === 'INSERT' || kind === 'UPDATE' ? 'WRITE' : 'READ',
  weight,
  sql,
  parameters: [],
})

/** Where a benchmarked table is, and who may use it. */
export interface BenchedTable {
  readonly settings: SnowflakeConnection['settings']
  readonly password: string
  readonly database: string
  readonly schema: string
  readonly table: string
  readonly warehouse: string
  readonly tableType: TableType
}

/** A worker's engine on a table, such as BENCH.PUBLIC.ORDERS of a wire server, for run `R1` and worker `worker-0`; point lookups unless the change says otherwise. */
export const engineOn = (sut: BenchedTable, change: PlanChange = {}, signIn: SignInChange = {}): Engine => {
  const plan = samplePlan({ operations: [operationOf('POINT_LOOKUP')], ...change })
  const { database, schema, table, warehouse, tableType } = sut
  const target = { ...plan.target, database, schema, table, warehouse, tableType, ...change.target }
  return snowflakeEngine({
    connection: { id: 'c', name: 'bench', type: 'SNOWFLAKE', sealedCredentials: null, settings: { ...sut.settings, ...signIn.settings } },
    secret: signIn.secret === undefined ? sut.password : signIn.secret,
    plan: { ...plan, target },
    tokenFolder: signIn.tokenFolder ?? null,
    runId: 'R1',
    workerId: 'worker-0',
  })
}

/** The plan's operations on the engine's table, ready to be rehearsed and sent. */
export const operationsOn = async (engine: Engine, plan: Plan): Promise<Operation[]> =>
  buildOperations(plan, {
    profile: await engine.profile(plan.target, plan.seed),
    table: await engine.tableName(plan.target),
    dialect: engine.dialect,
    rangeSize: 10,
    owner: { runId: 'R1', workerGroupId: 0, stride: 1, attempt: 1, currentMaxKey: null },
    pools: NO_POOLS,
    quoteName: engine.quoteName,
    random: purpose => seededRandom(plan.seed, 0, purpose),
  })

export const statementOf = (text: string, valueCount = 0): Statement => ({ name: 'tested', text, valueCount })

/** One operation, as a loop sends it: what it failed with, or null. */
export const executeOn = (
  connection: EngineConnection,
  text: string,
  values: (string | number | boolean | null)[] = [],
): Promise<OperationFailure | null> => new Promise(resolve => connection.execute(statementOf(text, values.length), values, resolve))
