import type { GenericParameter, JsonScalar, ProfiledColumn, TableProfile } from '@flakebench/contract'
import type { OperationContext } from '../../worker/src/operations/operation.ts'
import { seededRandom } from '../../worker/src/operations/random.ts'
import { NO_POOLS, type WorkerPools } from '../../worker/src/pools/workerPools.ts'

export const profiledColumn = (name: string, type: string, over: Partial<ProfiledColumn> = {}): ProfiledColumn => ({
  name,
  type,
  maxLength: null,
  numericPrecision: null,
  numericScale: null,
  nullable: false,
  hasDefault: false,
  generated: false,
  ...over,
})

/** The demo's table with the keys 1 to 1,000. */
export const ORDERS_PROFILE: TableProfile = {
  columns: [
    profiledColumn('order_id', 'bigint'),
    profiledColumn('customer_id', 'integer'),
    profiledColumn('status', 'character varying', { maxLength: 16 }),
    profiledColumn('amount', 'numeric', { numericPrecision: 10, numericScale: 2 }),
    profiledColumn('created_at', 'timestamp with time zone'),
    profiledColumn('note', 'text'),
  ],
  keyColumn: 'order_id',
  keyRange: { min: 1, max: 1_000 },
  keyDensity: 1,
  sampledKeys: [],
  rowEstimate: 1_000,
  engineVersion: '',
  settings: {},
}

/** What operations of one worker are built from. */
export const contextWith = (pools: Partial<WorkerPools> = {}, over: Partial<OperationContext> = {}): OperationContext => {
  const workerGroupId = over.owner?.workerGroupId ?? 0
  return {
    profile: ORDERS_PROFILE,
    table: '"public"."orders"',
    dialect: 'postgres',
    rangeSize: 100,
    owner: { runId: 'r', workerGroupId, stride: 2, attempt: 1, currentMaxKey: null },
    pools: { ...NO_POOLS, ...pools },
    quoteName: name => `"${name}"`,
    random: purpose => seededRandom(42, workerGroupId, purpose),
    ...over,
  }
}

export const poolOfColumn = (name: string, ...values: readonly JsonScalar[]): Pick<WorkerPools, 'columns'> => ({
  columns: new Map([[name, values]]),
})

/** A parameter that says nothing but what is given. */
export const parameterOf = (given: Partial<GenericParameter> & Pick<GenericParameter, 'strategy'>): GenericParameter => ({
  name: null,
  position: null,
  value: null,
  values: null,
  weights: null,
  column: null,
  min: null,
  max: null,
  integer: false,
  dependsOn: null,
  offsets: null,
  ...given,
})
