import {
  COLUMN_POOL_SIZE,
  drawsKeys,
  keyPoolSize,
  type Plan,
  type PoolSize,
  pooledColumns,
  ROW_POOL_SIZE,
  rangePoolSize,
  type SqlDialect,
  searchedPools,
  type TableProfile,
} from '@flakebench/contract'
import { columnNamed } from '../operations/operation.ts'

/** The pools that a plan's operations draw from. Keys are there in any case, so that a preparation never comes to nothing. @throws PlanProblem */
export const planPools = (plan: Plan, profile: TableProfile, dialect: SqlDialect): PoolSize[] => {
  const { operations, targetConnections } = plan
  const searched = searchedPools(operations, profile, dialect)
  const searchedIn = (kind: PoolSize['kind']): string[] => searched.filter(one => one.kind === kind).map(({ column }) => column)
  const columns = [...pooledColumns(operations), ...searchedIn('COLUMN')].map(name => columnNamed(profile, name).name)
  const pools: PoolSize[] = [...new Set(columns)].map(column => ({ kind: 'COLUMN', column, size: COLUMN_POOL_SIZE }))
  for (const name of searchedIn('RANGE')) {
    pools.push({ kind: 'RANGE', column: columnNamed(profile, name).name, size: rangePoolSize(targetConnections) })
  }
  // Rows to find are drawn like the values of a column; of rows to write, it is enough to know what repeats.
  if (searchedIn('ROW').length > 0) pools.push({ kind: 'ROW', column: '', size: COLUMN_POOL_SIZE })
  else if (operations.some(({ kind }) => kind === 'INSERT' || kind === 'UPDATE'))
    pools.push({ kind: 'ROW', column: '', size: ROW_POOL_SIZE })
  if (drawsKeys(operations) || pools.length === 0) {
    pools.push({ kind: 'KEY', column: profile.keyColumn, size: keyPoolSize(targetConnections) })
  }
  return pools
}
