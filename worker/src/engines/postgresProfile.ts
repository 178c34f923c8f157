import {
  DENSE_KEYS,
  drawsKeys,
  keyDensitySetting,
  lookupKeyOf,
  type Plan,
  type ProfiledColumn,
  type TableProfile,
  type Target,
} from '@flakebench/contract'
import { readPostgresIndexes } from '@flakebench/store'
import pg from 'pg'
import { EXIT, WorkerFailure } from '../failure.ts'
import { seededRandom } from '../operations/random.ts'
import type { TableShape } from './engine.ts'
import { readSampledKeys } from './postgresSample.ts'

/** Numbers of which it is looked whether they are keys. */
const PROBED_NUMBERS = 1_000
const WHOLE_TYPES = ['smallint', 'integer', 'bigint']
const NOTED_SETTINGS = [
  'shared_buffers',
  'effective_cache_size',
  'work_mem',
  'max_connections',
  'max_wal_size',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'random_page_cost',
  'jit',
  'default_transaction_isolation',
]

const COLUMNS = `
SELECT a.attname AS name, a.attnotnull OR (t.typtype = 'd' AND t.typnotnull) AS required,
  format_type(CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE a.atttypid END, NULL) AS type,
  CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END AS modifier,
  a.atthasdef OR a.attidentity <> '' OR (t.typtype = 'd' AND t.typdefault IS NOT NULL) AS has_default,
  a.attgenerated <> '' OR a.attidentity = 'a' AS generated
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum`

interface Relation {
  readonly oid: number
  /** `r` table, `p` partitioned, `m` materialised view, `v` view, `f` foreign table. */
  readonly relkind: string
}

/** Looks at a table before the first operation: columns, key, range of keys, size, and what of the server's settings changes results. */
export const profilePostgresTable = async (client: pg.Client, target: Target, plan: Plan, seed: number): Promise<TableProfile> => {
  const table = qualifiedName(target)
  const { relation, columns, key } = await readShape(client, target)
  const rowEstimate = await readRowEstimate(client, table)
  const isWhole = WHOLE_TYPES.includes(key.type) || (key.type === 'numeric' && key.numericPrecision !== null && key.numericScale === 0)
  const keyRange = isWhole ? await readKeyRange(client, table, key.name) : null
  const keyDensity = keyRange === null ? null : await readDensity(client, table, key, keyRange, seed)
  // Value pools hold the keys that are drawn: none is looked for besides.
  const needsKeys = plan.poolSetId === null && drawsKeys(plan.operations)
  const isSampled = needsKeys && (keyRange === null || (keyDensity !== null && keyDensity < DENSE_KEYS))
  const sampled = { ...relation, table, key: key.name, rows: rowEstimate }
  const { engineVersion, settings } = await readServer(client)
  return {
    columns,
    keyColumn: key.name,
    keyRange,
    keyDensity,
    sampledKeys: isSampled ? await readSampledKeys(client, sampled, seed) : [],
    rowEstimate,
    engineVersion,
    settings: { ...settings, ...keyDensitySetting(keyDensity) },
  }
}

/** Columns and key, from the catalog alone. */
export const describePostgresTable = async (client: pg.Client, target: Target): Promise<TableShape> => {
  const { columns, key } = await readShape(client, target)
  return { columns, keyColumn: key.name }
}

const readShape = async (client: pg.Client, target: Target) => {
  const relation = await readRelation(client, target)
  const columns = await readColumns(client, relation.oid)
  return { relation, columns, key: await readKeyColumn(client, relation.oid, columns) }
}

export const qualifiedName = ({ schema, table }: Target): string => `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)}`

const readRelation = async (client: pg.Client, { schema, table }: Target): Promise<Relation> => {
  const found = await client.query<Relation & { may_read: boolean }>(
    `SELECT c.oid::int8::text AS oid, c.relkind, has_table_privilege(c.oid, 'SELECT') AS may_read
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'm', 'v', 'f')`,
    [schema, table],
  )
  const [relation] = found.rows
  if (relation === undefined) {
    throw new WorkerFailure(
      EXIT.NOT_PREPARED,
      `The table ${schema}.${table} does not exist in database ${client.database}: check the template's target`,
    )
  }
  if (!relation.may_read) {
    throw new WorkerFailure(
      EXIT.NOT_PREPARED,
      `${client.user} may not read ${schema}.${table} in database ${client.database}: grant SELECT on it, or use a connection that may`,
    )
  }
  return relation
}

interface ColumnRow {
  readonly name: string
  readonly required: boolean
  readonly type: string
  readonly modifier: number
  readonly has_default: boolean
  readonly generated: boolean
}

const readColumns = async (client: pg.Client, oid: number): Promise<ProfiledColumn[]> =>
  (await client.query<ColumnRow>(COLUMNS, [oid])).rows.map(row => ({
    name: row.name,
    type: row.type,
    ...limitsOf(row.type, row.modifier),
    nullable: !row.required,
    hasDefault: row.has_default,
    generated: row.generated,
  }))

const HEADER = 4

/** What a type's modifier says. Source: PostgreSQL, varchar and numeric keep it with 4 added; numeric's scale is 11 bits with a sign. */
export const limitsOf = (type: string, modifier: number): Pick<ProfiledColumn, 'maxLength' | 'numericPrecision' | 'numericScale'> => {
  const none = { maxLength: null, numericPrecision: null, numericScale: null }
  if (modifier < HEADER) return none
  const plain = modifier - HEADER
  if (type === 'character' || type === 'character varying') return { ...none, maxLength: plain }
  if (type === 'numeric') return { ...none, numericPrecision: (plain >> 16) & 0xffff, numericScale: ((plain & 0x7ff) ^ 0x400) - 0x400 }
  return none
}

const readKeyColumn = async (client: pg.Client, oid: number, columns: readonly ProfiledColumn[]): Promise<ProfiledColumn> => {
  const { keys } = await readPostgresIndexes(client, oid)
  const lookup = lookupKeyOf(
    columns.map(({ name }) => name),
    keys,
  )
  const key = columns.find(({ name }) => name === lookup?.column)
  if (key === undefined) throw new WorkerFailure(EXIT.NOT_PREPARED, 'The table has no columns: choose another one')
  return key
}

/** An empty table has the range 1 to 0. */
const readKeyRange = async (client: pg.Client, table: string, key: string): Promise<{ min: number; max: number }> => {
  const name = pg.escapeIdentifier(key)
  const { rows } = await client.query<{ min: string | null; max: string | null }>(
    `SELECT min(${name})::text AS min, max(${name})::text AS max FROM ${table}`,
  )
  const min = Number(rows[0]?.min ?? 1)
  const max = Number(rows[0]?.max ?? 0)
  if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max)) {
    throw new WorkerFailure(
      EXIT.NOT_PREPARED,
      `The keys of ${table} go beyond 2^53, which cannot be counted exactly: use a table with smaller keys`,
    )
  }
  return { min, max }
}

/**
 * The share of numbers, drawn from the range as keys are, that are keys: the planner's count of rows would be off by more than what matters. Null for an
 * empty table.
 */
const readDensity = async (
  client: pg.Client,
  table: string,
  key: ProfiledColumn,
  { min, max }: { readonly min: number; readonly max: number },
  seed: number,
): Promise<number | null> => {
  if (max < min) return null
  const numbers = max - min + 1
  const random = seededRandom(seed, 0, 'probed keys')
  const probed =
    numbers <= PROBED_NUMBERS
      ? Array.from({ length: numbers }, (_, i) => min + i)
      : [...new Set(Array.from({ length: PROBED_NUMBERS }, () => min + random.below(numbers)))]
  const { rows } = await client.query<{ n: string }>(probeSql(table, key), [probed])
  return Number(rows[0]?.n) / probed.length
}

/** Where no index finds the keys, all of the table is read, but none of it kept. */
export const probeSql = (table: string, { name, type }: Pick<ProfiledColumn, 'name' | 'type'>): string => {
  const key = pg.escapeIdentifier(name)
  return `SELECT count(DISTINCT ${key}) AS n FROM ${table} WHERE ${key} = ANY($1::${type}[])`
}

/** The planner's own estimate: it knows views and tables that were never analysed, too. */
const readRowEstimate = async (client: pg.Client, table: string): Promise<number> => {
  const { rows } = await client.query<{ 'QUERY PLAN': readonly [{ readonly Plan: { readonly 'Plan Rows': number } }] }>(
    `EXPLAIN (FORMAT JSON) SELECT 1 FROM ${table}`,
  )
  return rows[0]?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0
}

const readServer = async (client: pg.Client): Promise<Pick<TableProfile, 'engineVersion' | 'settings'>> => {
  const { rows } = await client.query<{ name: string; setting: string }>(
    'SELECT name, current_setting(name) AS setting FROM pg_settings WHERE name = ANY($1) ORDER BY name',
    [['server_version', ...NOTED_SETTINGS]],
  )
  const { server_version: version = '', ...settings } = Object.fromEntries(rows.map(row => [row.name, row.setting]))
  return { engineVersion: `PostgreSQL ${version}`, settings }
}
