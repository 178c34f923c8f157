import type { Target } from '@flakebench/contract'
import type { SnowflakeSession } from '@flakebench/store'
import { nextModulus, type PoolSource, type RowsRequest, type SampleRequest, sampleModulus } from '../pools/poolSource.ts'
import { hashedOnce, keysSql } from './snowflakeSample.ts'

export interface SnowflakePoolOptions {
  withSession<T>(work: (session: SnowflakeSession) => Promise<T>): Promise<T>
  tableName(target: Target): Promise<string>
  quoteName(name: string): string
}

type TextRow = readonly (string | null)[]

/** Reading a sample may take longer than any operation of a run. */
const DEADLINE_MS = 900_000
/** However the account writes moments: none of their digits is lost, and they are read again as they were. */
const MOMENT = 'YYYY-MM-DD HH24:MI:SS.FF9'
export const SAMPLING = {
  deadlineMs: DEADLINE_MS,
  parameters: {
    STATEMENT_TIMEOUT_IN_SECONDS: DEADLINE_MS / 1_000,
    TIMEZONE: 'UTC',
    DATE_OUTPUT_FORMAT: 'YYYY-MM-DD',
    TIME_OUTPUT_FORMAT: 'HH24:MI:SS.FF9',
    TIMESTAMP_OUTPUT_FORMAT: `${MOMENT} TZHTZM`,
    TIMESTAMP_NTZ_OUTPUT_FORMAT: MOMENT,
    TIMESTAMP_LTZ_OUTPUT_FORMAT: `${MOMENT} TZHTZM`,
    TIMESTAMP_TZ_OUTPUT_FORMAT: `${MOMENT} TZHTZM`,
  },
} as const
const BATCH = 10_000

/**
 * Samples of Snowflake tables of every type: of all rows those whose hash, of key and seed, leaves no remainder; of these the ones with the least hash.
 * Never by block, however cheap: a block is a whole micro-partition, and keys of a few of them are all found in the same cached files. It costs a scan
 * of the key's column and of the sampled ones, each once as a rule; a sample that is too small (a column mostly NULL, keys that repeat) costs another.
 */
export const snowflakePools = (options: SnowflakePoolOptions): PoolSource => {
  const { withSession, tableName, quoteName } = options
  /** What repeats in the key may differ in the columns: all of them together are hashed, or the sample would be of a few keys. */
  const rowsSql = ({ profile, size, seed, columns, isWithoutNull }: RowsRequest, table: string, modulus: number): string => {
    const texts = columns.map(name => `CAST(${quoteName(name)} AS VARCHAR)`)
    const hashed = [...new Set([profile.keyColumn, ...columns])]
    const where = [
      ...(isWithoutNull ? columns.map(name => `${quoteName(name)} IS NOT NULL`) : []),
      ...(modulus === 1 ? [] : [hashedOnce(hashed, seed, modulus)]),
    ]
    return `SELECT ${texts.map((text, i) => `${text} AS c${i}`).join(', ')} FROM ${table}${where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`}
      ORDER BY HASH(${hashed.map(quoteName).join(', ')}, ${seed}), ${texts.join(', ')} LIMIT ${size}`
  }
  const read = (sql: string): Promise<readonly TextRow[]> =>
    withSession(async session => (await session.execute(sql, [], SAMPLING)).rows as readonly TextRow[])

  const countRows = async (target: Target): Promise<number> => {
    const [row] = await read(`SELECT CAST(COUNT(*) AS VARCHAR) AS c0 FROM ${await tableName(target)}`)
    return Number(row?.[0] ?? 0)
  }

  const readSample = async (request: SampleRequest, sql: (table: string, modulus: number) => string): Promise<readonly TextRow[]> => {
    const { target, profile, size } = request
    const table = await tableName(target)
    const modulus = sampleModulus(profile.rowEstimate ?? (await countRows(target)), size)
    const rows = await read(sql(table, modulus))
    return modulus === 1 || rows.length >= size / 2 ? rows : read(sql(table, nextModulus(modulus, rows.length, size)))
  }

  return {
    countRows,
    sampleKeys: request =>
      inBatches(
        readSample(request, (table, modulus) =>
          keysSql({ table, key: request.profile.keyColumn, size: request.size, seed: request.seed, modulus }),
        ),
        ([key]) => key as string,
      ),
    sampleRows: request =>
      inBatches(
        readSample(request, (table, modulus) => rowsSql(request, table, modulus)),
        row => row,
      ),
    readTimeSpan: async (target, column) => {
      const name = quoteName(column)
      const [row] = await read(
        `SELECT CAST(MIN(${name}) AS VARCHAR) AS c0, CAST(MAX(${name}) AS VARCHAR) AS c1 FROM ${await tableName(target)}`,
      )
      const [min = null, max = null] = row ?? []
      return min === null || max === null ? null : { min, max }
    },
  }
}

async function* inBatches<T>(reading: Promise<readonly TextRow[]>, shape: (row: TextRow) => T): AsyncGenerator<readonly T[]> {
  const rows = await reading
  for (let at = 0; at < rows.length; at += BATCH) yield rows.slice(at, at + BATCH).map(shape)
}
