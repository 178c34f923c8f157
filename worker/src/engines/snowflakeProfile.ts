import type { Plan, ProfiledColumn, TableProfile } from '@flakebench/contract'
import { asObjects, readWarehouseRow, type SnowflakeSession, toWarehouseState } from '@flakebench/store'
import { EXIT, WorkerFailure } from '../failure.ts'
import { type FoundTable, readColumns, readKeyColumn } from './snowflakeCatalog.ts'
import { qualifiedName, quoteName } from './snowflakeNames.ts'

/** As many keys as a worker keeps in memory. */
const MOST_SAMPLES = 10_000
/** Below the most, since a sample of blocks never meets its size exactly. */
const SAMPLE_AIM = 9_000
/** Source: Snowflake's documentation of interactive warehouses. */
const INTERACTIVE_LIMIT_SECONDS = 5
/** To ask these for their range would scan a row store, or an hour's billing of a cache. */
const DEAR_TO_SCAN = ['HYBRID', 'INTERACTIVE']
const DRAWING_KEYS = ['POINT_LOOKUP', 'RANGE_SCAN', 'UPDATE']

/** Looks at a table before the first operation: columns, key, range of keys, size, and what of Snowflake's settings changes results. */
export const profileSnowflakeTable = async (
  session: SnowflakeSession,
  found: FoundTable,
  plan: Plan,
  seed: number,
): Promise<TableProfile> => {
  const columns = await readColumns(session, found)
  const key = await readKeyColumn(session, found, columns)
  const server = await readServer(session, plan)
  const profile = { columns, keyColumn: key.name, keyRange: null, sampledKeys: [], rowEstimate: found.rows ?? 0, ...server }
  if (DEAR_TO_SCAN.includes(found.tableType)) {
    requirePool(found, plan)
    return profile
  }
  const isWhole = key.type === 'number' && key.numericScale === 0
  if (!isWhole) return { ...profile, sampledKeys: await readSampledKeys(session, found, key, seed) }
  const { count, ...keyRange } = await readKeyRange(session, found, key.name)
  return { ...profile, keyRange, rowEstimate: found.rows ?? count }
}

/** @throws WorkerFailure when keys are to be drawn and there is nothing to draw them from */
const requirePool = ({ tableType }: FoundTable, plan: Plan): void => {
  const drawing = plan.operations.some(({ kind }) => DRAWING_KEYS.includes(kind))
  if (!drawing || plan.poolSetId !== null) return
  const table = tableType === 'HYBRID' ? 'a hybrid table' : 'an interactive table'
  throw new WorkerFailure(
    EXIT.NOT_PREPARED,
    `To look for the range of keys of ${table} would scan it: prepare the template's value pools first, keys are drawn from them`,
  )
}

const firstRow = async (session: SnowflakeSession, sql: string): Promise<Readonly<Record<string, unknown>>> =>
  asObjects(await session.execute(sql))[0] ?? {}

/** Of standard tables Snowflake answers this from what it notes of each file. An empty table has the range 1 to 0. */
const readKeyRange = async (
  session: SnowflakeSession,
  found: FoundTable,
  key: string,
): Promise<{ min: number; max: number; count: number }> => {
  const name = quoteName(key)
  const row = await firstRow(
    session,
    `SELECT CAST(MIN(${name}) AS VARCHAR) AS lowest, CAST(MAX(${name}) AS VARCHAR) AS highest, COUNT(*) AS counted FROM ${qualifiedName(found)}`,
  )
  const min = Number(row['lowest'] ?? 1)
  const max = Number(row['highest'] ?? 0)
  if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max)) {
    throw new WorkerFailure(
      EXIT.NOT_PREPARED,
      `The keys of ${qualifiedName(found)} go beyond 2^53, which cannot be counted exactly: use a table with smaller keys`,
    )
  }
  return { min, max, count: Number(row['counted'] ?? 0) }
}

export const readMaxKey = async (session: SnowflakeSession, found: FoundTable, key: string): Promise<number> => {
  const row = await firstRow(session, `SELECT CAST(MAX(${quoteName(key)}) AS VARCHAR) AS highest FROM ${qualifiedName(found)}`)
  return Number(row['highest'] ?? 0)
}

/** Keys in the order of their text. Views cannot be sampled by a seed: their first rows are taken. */
const readSampledKeys = async (session: SnowflakeSession, found: FoundTable, key: ProfiledColumn, seed: number): Promise<string[]> => {
  const name = quoteName(key.name)
  const read = async (sample: string): Promise<string[]> => {
    const { rows } = await session.execute(
      `SELECT DISTINCT CAST(k AS VARCHAR) AS k FROM (SELECT ${name} AS k FROM ${qualifiedName(found)} ${sample} LIMIT ${MOST_SAMPLES}) WHERE k IS NOT NULL ORDER BY 1`,
    )
    return rows.map(([value]) => String(value))
  }
  const rows = found.rows ?? 0
  if (found.tableType === 'VIEW' || rows <= MOST_SAMPLES) return read('')
  const sampled = await read(`SAMPLE SYSTEM (${(SAMPLE_AIM / rows) * 100}) SEED (${seed})`)
  return sampled.length > 0 ? sampled : read('')
}

/** What changes results, for the record. @throws WorkerFailure when the warehouse is not there */
const readServer = async (session: SnowflakeSession, plan: Plan): Promise<Pick<TableProfile, 'engineVersion' | 'settings'>> => {
  const { version, region } = await firstRow(session, 'SELECT CURRENT_VERSION() AS version, CURRENT_REGION() AS region')
  return {
    engineVersion: `Snowflake ${String(version)}`,
    settings: {
      region: String(region ?? ''),
      result_cache: plan.target.useCachedResult ? 'ON' : 'OFF',
      ...(await readWarehouse(session, plan)),
    },
  }
}

const readWarehouse = async (session: SnowflakeSession, { target, advanced }: Plan): Promise<Record<string, string>> => {
  const name = target.warehouse ?? ''
  const row = await readWarehouseRow(session, name)
  if (row === null) {
    throw new WorkerFailure(
      EXIT.NOT_PREPARED,
      `The warehouse ${name} does not exist, or the connection's role may not see it: check the template's target, or grant USAGE on it`,
    )
  }
  const { type, size, minClusters, maxClusters, scalingPolicy, isInteractive } = toWarehouseState(row)
  const seconds = advanced.statementTimeoutSeconds
  return {
    warehouse: name,
    warehouse_type: type,
    ...(size === null ? {} : { warehouse_size: size }),
    ...(minClusters === null || maxClusters === null
      ? {}
      : { warehouse_clusters: minClusters === maxClusters ? `${minClusters}` : `${minClusters} to ${maxClusters}` }),
    ...(scalingPolicy === null ? {} : { warehouse_scaling_policy: scalingPolicy }),
    ...(isInteractive === true && seconds > INTERACTIVE_LIMIT_SECONDS
      ? {
          statement_limit: `${INTERACTIVE_LIMIT_SECONDS} s: an interactive warehouse ends statements then, whatever the template allows (${seconds} s)`,
        }
      : {}),
  }
}
