import type { Target } from '@flakebench/contract'
import pg from 'pg'
import { type PoolSource, type RowsRequest, type SampleRequest, samplePercent } from '../pools/poolSource.ts'
import { qualifiedName } from './postgresProfile.ts'

/** A session of its own, signed in. */
type NewClient = () => Promise<pg.Client>
type TextRow = readonly (string | null)[]

/** Reading a sample may take longer than any operation of a run. */
const SESSION = "SET statement_timeout = '15min'; SET timezone = 'UTC'"
const BATCH = 10_000
const SAMPLED_KINDS = ['r', 'p', 'm']

/**
 * Samples of PostgreSQL tables: rows by TABLESAMPLE BERNOULLI … REPEATABLE, of these the ones with the least hash of key and seed. Of views, which cannot
 * be sampled so, all rows are hashed. Each row is taken independently of its neighbours, for stretches are measured out between sampled values: pages
 * (SYSTEM) would give clusters of them. That reads all of the table, once a pool and as a rule only once, before any load.
 */
export const postgresPools = (newClient: NewClient): PoolSource => ({
  sampleKeys: request =>
    batches(
      newClient,
      request,
      sample => keysSql(request, sample),
      ([key]) => key as string,
    ),
  sampleRows: request =>
    batches(
      newClient,
      request,
      sample => rowsSql(request, sample),
      row => row,
    ),
  countRows: async target => {
    const client = await newClient()
    try {
      await client.query(SESSION)
      const { rows } = await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${qualifiedName(target)}`)
      return Number(rows[0]?.n ?? 0)
    } finally {
      await client.end()
    }
  },
  readTimeSpan: async (target, column) => {
    const client = await newClient()
    try {
      return await readTimeSpan(client, target, column)
    } finally {
      await client.end()
    }
  },
})

/** The statement for a sample clause, which may be empty. */
type SampleSql = (sample: string) => string

const quote = pg.escapeIdentifier

const keysSql = ({ target, profile, size, seed }: SampleRequest, sample: string): string =>
  `SELECT k::text FROM (
     SELECT k FROM (SELECT DISTINCT ${quote(profile.keyColumn)} AS k FROM ${qualifiedName(target)} ${sample}) s
     WHERE k IS NOT NULL ORDER BY hashtextextended(k::text, ${seed}), k LIMIT ${size}) c
   ORDER BY c.k`

const rowsSql = ({ target, profile, size, seed, columns, isWithoutNull }: RowsRequest, sample: string): string => {
  const texts = columns.map(name => `${quote(name)}::text`)
  const where = isWithoutNull ? `WHERE ${columns.map(name => `${quote(name)} IS NOT NULL`).join(' AND ')}` : ''
  return `SELECT ${texts.map((text, i) => `${text} AS c${i}`).join(', ')} FROM ${qualifiedName(target)} ${sample} ${where}
    ORDER BY hashtextextended(COALESCE(${quote(profile.keyColumn)}::text, ''), ${seed}), ${texts.join(', ')} LIMIT ${size}`
}

async function* batches<T>(
  newClient: NewClient,
  request: SampleRequest,
  sql: SampleSql,
  shape: (row: TextRow) => T,
): AsyncGenerator<readonly T[]> {
  const client = await newClient()
  try {
    await client.query(SESSION)
    await openSample(client, request, sql)
    for (;;) {
      const { rows } = await client.query<(string | null)[]>({ text: `FETCH ${BATCH} FROM sampled`, rowMode: 'array' })
      if (rows.length > 0) yield rows.map(shape)
      if (rows.length < BATCH) break
    }
  } finally {
    await client.end()
  }
}

/** A cursor on the sample, or on all of the table where that holds too few rows. It is sorted: counting what it holds and going back costs no other scan. */
const openSample = async (client: pg.Client, request: SampleRequest, sql: SampleSql): Promise<void> => {
  const clause = await sampleClause(client, request)
  const declare = (sample: string): Promise<unknown> => client.query(`DECLARE sampled SCROLL CURSOR FOR ${sql(sample)}`)
  await client.query('BEGIN READ ONLY')
  await declare(clause)
  if (clause === '') return
  const { rowCount } = await client.query('MOVE FORWARD ALL FROM sampled')
  await client.query('MOVE ABSOLUTE 0 FROM sampled')
  if ((rowCount ?? 0) >= request.size / 2) return
  await client.query('CLOSE sampled')
  await declare('')
}

/** Empty: all of the table, because it is small, or cannot be sampled. */
const sampleClause = async (client: pg.Client, { target, profile, size, seed }: SampleRequest): Promise<string> => {
  const percent = profile.rowEstimate === null ? null : samplePercent(profile.rowEstimate, size)
  if (percent === null || !SAMPLED_KINDS.includes(await readKind(client, target))) return ''
  return `TABLESAMPLE BERNOULLI (${percent}) REPEATABLE (${seed})`
}

const readKind = async (client: pg.Client, { schema, table }: Target): Promise<string> => {
  const { rows } = await client.query<{ relkind: string }>(
    'SELECT c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2',
    [schema, table],
  )
  return rows[0]?.relkind ?? ''
}

const readTimeSpan = async (client: pg.Client, target: Target, column: string): Promise<{ min: string; max: string } | null> => {
  await client.query(SESSION)
  const name = quote(column)
  const { rows } = await client.query<{ min: string | null; max: string | null }>(
    `SELECT min(${name})::text AS min, max(${name})::text AS max FROM ${qualifiedName(target)} WHERE isfinite(${name})`,
  )
  const { min = null, max = null } = rows[0] ?? {}
  return min === null || max === null ? null : { min, max }
}
