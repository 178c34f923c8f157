import type { TableType, Target } from '@flakebench/contract'
import type { SnowflakeSession } from '@flakebench/store'
import { type PoolSource, type RowsRequest, type SampleRequest, samplePercent } from '../pools/poolSource.ts'

export interface SnowflakePoolOptions {
  withSession<T>(work: (session: SnowflakeSession) => Promise<T>): Promise<T>
  tableName(target: Target): Promise<string>
  quoteName(name: string): string
}

type TextRow = readonly (string | null)[]

/** Reading a sample may take longer than any operation of a run. */
const DEADLINE_MS = 900_000
const EXECUTE = { deadlineMs: DEADLINE_MS, parameters: { STATEMENT_TIMEOUT_IN_SECONDS: DEADLINE_MS / 1_000, TIMEZONE: 'UTC' } }
const BATCH = 10_000
/** Only these can be sampled by block with a seed. Source: Snowflake's reference, SAMPLE. */
const SAMPLED_TYPES: readonly TableType[] = ['STANDARD', 'DYNAMIC']

/**
 * Samples of Snowflake tables: blocks by SAMPLE SYSTEM … SEED where the type allows it, of their rows those with the least hash of key and seed. Of other
 * types all rows are hashed.
 */
export const snowflakePools = (options: SnowflakePoolOptions): PoolSource => {
  const { withSession, tableName, quoteName } = options
  const keysSql = ({ profile, size, seed }: SampleRequest, from: string): string =>
    `SELECT CAST(c.k AS VARCHAR) AS k FROM (
       SELECT s.k AS k FROM (SELECT DISTINCT ${quoteName(profile.keyColumn)} AS k FROM ${from}) s
       WHERE s.k IS NOT NULL ORDER BY HASH(s.k, ${seed}), s.k LIMIT ${size}) c
     ORDER BY c.k`
  const rowsSql = ({ profile, size, seed, columns, isWithoutNull }: RowsRequest, from: string): string => {
    const texts = columns.map(name => `CAST(${quoteName(name)} AS VARCHAR)`)
    const where = isWithoutNull ? `WHERE ${columns.map(name => `${quoteName(name)} IS NOT NULL`).join(' AND ')}` : ''
    return `SELECT ${texts.map((text, i) => `${text} AS c${i}`).join(', ')} FROM ${from} ${where}
      ORDER BY HASH(${quoteName(profile.keyColumn)}, ${seed}), ${texts.join(', ')} LIMIT ${size}`
  }
  const read = (sql: string): Promise<readonly TextRow[]> =>
    withSession(async session => (await session.execute(sql, [], EXECUTE)).rows as readonly TextRow[])

  /** All of the table where a sample is not to be had, or holds too few rows. */
  const readSample = async (request: SampleRequest, sql: (from: string) => string): Promise<readonly TextRow[]> => {
    const table = await tableName(request.target)
    const percent = samplePercent(request.profile.rowEstimate, request.size)
    if (percent !== null && SAMPLED_TYPES.includes(request.target.tableType)) {
      const rows = await read(sql(`${table} SAMPLE SYSTEM (${percent}) SEED (${request.seed})`))
      if (rows.length >= request.size / 2) return rows
    }
    return read(sql(table))
  }

  return {
    sampleKeys: request =>
      inBatches(
        readSample(request, from => keysSql(request, from)),
        ([key]) => key as string,
      ),
    sampleRows: request =>
      inBatches(
        readSample(request, from => rowsSql(request, from)),
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
