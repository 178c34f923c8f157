import {
  COLUMN_POOL_SIZE,
  drawsKeys,
  isTimeType,
  keyPoolSize,
  type Plan,
  type PoolSize,
  pooledColumns,
  ROW_POOL_SIZE,
  rangePoolSize,
  type SqlDialect,
  type TableProfile,
} from '@flakebench/contract'
import { columnNamed } from '../operations/operation.ts'
import { numberSlots } from '../operations/placeholders.ts'

/** The pools that a plan's operations draw from. Keys are there in any case, so that a preparation never comes to nothing. @throws PlanProblem */
export const planPools = (plan: Plan, profile: TableProfile, dialect: SqlDialect): PoolSize[] => {
  const { operations, targetConnections } = plan
  const columns = pooledColumns(operations).map(name => columnNamed(profile, name).name)
  const timeColumn = scannedTimeColumn(plan, profile, dialect)
  const pools: PoolSize[] = [...new Set(columns)].map(column => ({ kind: 'COLUMN', column, size: COLUMN_POOL_SIZE }))
  if (timeColumn !== null) pools.push({ kind: 'RANGE', column: timeColumn, size: rangePoolSize(targetConnections) })
  if (operations.some(({ kind }) => kind === 'INSERT' || kind === 'UPDATE')) pools.push({ kind: 'ROW', column: '', size: ROW_POOL_SIZE })
  if (drawsKeys(operations) || pools.length === 0) {
    pools.push({ kind: 'KEY', column: profile.keyColumn, size: keyPoolSize(targetConnections) })
  }
  return pools
}

/** The time column beside the one placeholder of the range scan's own SQL; null: it does not scan from a moment on. */
const scannedTimeColumn = ({ operations }: Plan, profile: TableProfile, dialect: SqlDialect): string | null => {
  const sql = operations.find(({ kind }) => kind === 'RANGE_SCAN')?.sql ?? null
  if (sql === null) return null
  const [slot, ...others] = numberSlots(sql.replaceAll('{table}', 't'), dialect).slots
  if (slot?.column == null || others.length > 0) return null
  const column = columnNamed(profile, slot.column)
  return isTimeType(column.type) ? column.name : null
}
