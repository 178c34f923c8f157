import { foldName, type WarehouseState } from '@flakebench/contract'
import type { Row } from '../client/sqlClient.ts'
import { likePattern } from '../snowflake/names.ts'
import type { SnowflakeSession } from '../snowflake/session.ts'

const SHOW_TIMEOUT_MS = 10_000
/** Whoever asks asks again by himself. */
const MOST_RETRIES = 1

/**
 * The row of SHOW WAREHOUSES for a warehouse, as Snowflake gives it; null when the session's role sees none of that name. Needs no warehouse, and
 * resumes none.
 * @param name as in SQL: folded to upper case unless it is quoted
 * @throws SnowflakeFailure
 */
export const readWarehouseRow = async (session: SnowflakeSession, name: string): Promise<Row | null> => {
  const wanted = foldName(name)
  const { columns, rows } = await session.execute(`SHOW WAREHOUSES LIKE ${likePattern(wanted)}`, [], {
    deadlineMs: SHOW_TIMEOUT_MS,
    mostRetries: MOST_RETRIES,
  })
  const nameIndex = columns.findIndex(column => column.name === 'name')
  const found = rows.find(row => row[nameIndex] === wanted)
  return found === undefined ? null : Object.fromEntries(columns.map((column, i) => [column.name, found[i] ?? null]))
}

/** Reads a row of SHOW WAREHOUSES by the names of its columns; kinds of warehouses differ in which they have. */
export const toWarehouseState = (row: Row): WarehouseState => ({
  name: textIn(row, 'name') ?? '',
  state: textIn(row, 'state') ?? 'UNKNOWN',
  type: textIn(row, 'type') ?? 'STANDARD',
  size: textIn(row, 'size'),
  minClusters: countIn(row, 'min_cluster_count'),
  maxClusters: countIn(row, 'max_cluster_count'),
  startedClusters: countIn(row, 'started_clusters'),
  running: countIn(row, 'running') ?? 0,
  queued: countIn(row, 'queued') ?? 0,
  scalingPolicy: textIn(row, 'scaling_policy'),
  autoSuspendSeconds: countIn(row, 'auto_suspend'),
  autoResume: flagIn(row, 'auto_resume'),
  queryAcceleration: flagIn(row, 'enable_query_acceleration'),
  queryAccelerationMaxScaleFactor: countIn(row, 'query_acceleration_max_scale_factor'),
  resourceConstraint: textIn(row, 'resource_constraint'),
  generation: textIn(row, 'generation'),
  isInteractive: flagIn(row, 'is_interactive') ?? /interactive/i.test(textIn(row, 'type') ?? ''),
})

/** SHOW writes "nothing" in several ways. */
const textIn = (row: Row, column: string): string | null => {
  const value = row[column]
  if (value == null || value === '' || value === 'null') return null
  return String(value)
}

const countIn = (row: Row, column: string): number | null => {
  const text = textIn(row, column)
  const value = text === null ? Number.NaN : Number(text)
  return Number.isFinite(value) ? Math.round(value) : null
}

const flagIn = (row: Row, column: string): boolean | null => {
  const text = textIn(row, column)?.toLowerCase()
  if (text === undefined) return null
  return ['true', 'y', 'yes', 'on', '1'].includes(text)
}
