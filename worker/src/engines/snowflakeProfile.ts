import { DENSE_KEYS, drawsKeys, keyDensitySetting, type Plan, type TableProfile } from '@flakebench/contract'
import { asObjects, readWarehouseRow, type SnowflakeSession, toWarehouseState } from '@flakebench/store'
import { EXIT, WorkerFailure } from '../failure.ts'
import { seededRandom } from '../operations/random.ts'
import { nextModulus, sampleModulus } from '../pools/poolSource.ts'
import { type FoundTable, readColumns, readKeyColumn } from './snowflakeCatalog.ts'
import { qualifiedName, quoteName } from './snowflakeNames.ts'
import { SAMPLING } from './snowflakePools.ts'
import { keysSql } from './snowflakeSample.ts'

/** As many keys as a worker keeps in memory without value pools. */
const MOST_SAMPLES = 10_000
/** Where it is looked whether numbers are keys: stretches of them, so that few micro-partitions are read where the table is in the key's order. */
const PROBED_STRETCHES = 20
const PROBED_NUMBERS = 50
/** Source: Snowflake's documentation of interactive warehouses. */
const INTERACTIVE_LIMIT_SECONDS = 5
/** To ask these for their range would scan a row store, or an hour's billing of a cache. */
const DEAR_TO_SCAN = ['HYBRID', 'INTERACTIVE']

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
  const profile = { columns, keyColumn: key.name, keyRange: null, keyDensity: null, sampledKeys: [], rowEstimate: found.rows, ...server }
  if (DEAR_TO_SCAN.includes(found.tableType)) {
    requirePool(found, plan)
    return profile
  }
  const isWhole = key.type === 'number' && key.numericScale === 0
  // Value pools hold the keys that are drawn: none is looked for besides.
  const needsKeys = plan.poolSetId === null && drawsKeys(plan.operations)
  if (!isWhole) {
    if (!needsKeys) return profile
    const rowEstimate = found.rows ?? (await countRows(session, found))
    return { ...profile, rowEstimate, sampledKeys: await readSampledKeys(session, found, key.name, rowEstimate, seed) }
  }
  const { count, ...keyRange } = await readKeyRange(session, found, key.name)
  const keyDensity = await readDensity(session, found, key.name, { ...keyRange, count }, needsKeys, seed)
  const isSparse = keyDensity !== null && keyDensity < DENSE_KEYS
  return {
    ...profile,
    keyRange,
    keyDensity,
    sampledKeys: isSparse && needsKeys ? await readSampledKeys(session, found, key.name, count, seed) : [],
    rowEstimate: found.rows ?? count,
    settings: { ...profile.settings, ...keyDensitySetting(keyDensity) },
  }
}

/** @throws WorkerFailure when keys are to be drawn and there is nothing to draw them from */
const requirePool = ({ tableType }: FoundTable, plan: Plan): void => {
  if (plan.poolSetId !== null || !drawsKeys(plan.operations)) return
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

const countRows = async (session: SnowflakeSession, found: FoundTable): Promise<number> =>
  Number((await firstRow(session, `SELECT COUNT(*) AS counted FROM ${qualifiedName(found)}`))['counted'] ?? 0)

interface CountedRange {
  readonly min: number
  readonly max: number
  readonly count: number
}

/**
 * The share of the range's numbers that are keys. No more than rows by numbers, which costs nothing; and since keys may repeat, no more than is found
 * when some of the numbers are looked for. Null for an empty table.
 */
const readDensity = async (
  session: SnowflakeSession,
  found: FoundTable,
  key: string,
  { min, max, count }: CountedRange,
  isProbed: boolean,
  seed: number,
): Promise<number | null> => {
  if (max < min) return null
  const numbers = max - min + 1
  const byCount = Math.min(count / numbers, 1)
  if (byCount < DENSE_KEYS || !isProbed) return byCount
  const name = quoteName(key)
  const ranges = probedRanges(min, max, seed)
  const row = await firstRow(
    session,
    `SELECT COUNT(DISTINCT ${name}) AS found FROM ${qualifiedName(found)} WHERE ${ranges.map(([low, high]) => `${name} BETWEEN ${low} AND ${high}`).join(' OR ')}`,
  )
  const probed = ranges.reduce((sum, [low, high]) => sum + high - low + 1, 0)
  return Math.min(byCount, Number(row['found'] ?? 0) / probed)
}

/** Stretches of numbers from all over the range, none of which meets another. */
const probedRanges = (min: number, max: number, seed: number): (readonly [low: number, high: number])[] => {
  const numbers = max - min + 1
  if (numbers <= PROBED_STRETCHES * PROBED_NUMBERS) return [[min, max]]
  const random = seededRandom(seed, 0, 'probed keys')
  const part = Math.floor(numbers / PROBED_STRETCHES)
  return Array.from({ length: PROBED_STRETCHES }, (_, i) => {
    const low = min + i * part + random.below(part - PROBED_NUMBERS + 1)
    return [low, low + PROBED_NUMBERS - 1] as const
  })
}

/** Keys from all over the table, in its own order: a scan of the key's column, or two. */
const readSampledKeys = async (
  session: SnowflakeSession,
  found: FoundTable,
  key: string,
  rows: number,
  seed: number,
): Promise<string[]> => {
  const read = async (modulus: number): Promise<string[]> => {
    const sql = keysSql({ table: qualifiedName(found), key, size: MOST_SAMPLES, seed, modulus })
    return (await session.execute(sql, [], SAMPLING)).rows.map(([value]) => String(value))
  }
  const modulus = sampleModulus(rows, MOST_SAMPLES)
  const keys = await read(modulus)
  return modulus === 1 || keys.length >= MOST_SAMPLES / 2 ? keys : read(nextModulus(modulus, keys.length, MOST_SAMPLES))
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
