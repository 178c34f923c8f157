import pg from 'pg'
import { nextModulus, sampleModulus } from '../pools/poolSource.ts'

/** As many keys as a worker keeps in memory. */
export const MOST_SAMPLES = 10_000
/** Some sampled pages may be empty. */
const PAGES_FOR_ONE = 1.25
/** Smaller tables are read as a whole, which is soon done. */
const PAGES_WORTH_IT = 2
const WITH_PAGES = ['r', 'p', 'm']

/** What keys are sampled of. */
export interface SampledColumn {
  readonly oid: number
  readonly relkind: string
  /** Quoted and qualified. */
  readonly table: string
  /** Not quoted. */
  readonly key: string
  readonly rows: number
}

/**
 * Keys in the database's own order, from all over the table, each taken independently of its neighbours: stretches are measured out between them. So of a
 * large table one key a sampled page (TABLESAMPLE SYSTEM takes rows by the page, which in a table in key order are neighbours); of views, small tables and
 * where most pages are empty or keys repeat much, those of all rows with the least hash, in two scans at most.
 */
export const readSampledKeys = async (client: pg.Client, column: SampledColumn, seed: number): Promise<string[]> => {
  const enough = MOST_SAMPLES / 2
  const read = async (source: string): Promise<string[]> =>
    (await client.query<{ key: string }>(leastHashed(source, seed))).rows.map(row => row.key)
  const pages = WITH_PAGES.includes(column.relkind) ? await readPages(client, column.oid) : 0
  if (pages >= MOST_SAMPLES * PAGES_WORTH_IT) {
    const keys = await read(oneOfAPage(column, ((MOST_SAMPLES * PAGES_FOR_ONE) / pages) * 100, seed))
    if (keys.length >= enough) return keys
  }
  const modulus = sampleModulus(column.rows, MOST_SAMPLES)
  const keys = await read(oneInSoMany(column, modulus, seed))
  return modulus === 1 || keys.length >= enough ? keys : read(oneInSoMany(column, nextModulus(modulus, keys.length, MOST_SAMPLES), seed))
}

const leastHashed = (source: string, seed: number): string =>
  `SELECT key::text AS key FROM (
     SELECT key FROM (SELECT DISTINCT key FROM (${source}) a) s
     ORDER BY hashtextextended(key::text, ${seed}), key LIMIT ${MOST_SAMPLES}) d
   ORDER BY d.key`

const oneInSoMany = ({ table, key }: SampledColumn, modulus: number, seed: number): string => {
  const name = pg.escapeIdentifier(key)
  const chosen = modulus === 1 ? '' : ` AND hashtextextended(${name}::text, ${seed}) % ${modulus} = 0`
  return `SELECT ${name} AS key FROM ${table} WHERE ${name} IS NOT NULL${chosen}`
}

/** Of a page by another hash than the one by which the keys of all pages are chosen: those of full pages would be preferred. */
const oneOfAPage = ({ table, key }: SampledColumn, percent: number, seed: number): string => {
  const name = pg.escapeIdentifier(key)
  const page = 'tableoid, (ctid::text::point)[0]'
  return `SELECT DISTINCT ON (${page}) ${name} AS key FROM ${table} TABLESAMPLE SYSTEM (${percent}) REPEATABLE (${seed})
    WHERE ${name} IS NOT NULL ORDER BY ${page}, hashtextextended(${name}::text, ${seed + 1})`
}

/** With those of its partitions, and of the tables that inherit from it. */
const readPages = async (client: pg.Client, oid: number): Promise<number> => {
  const { rows } = await client.query<{ pages: string | null }>(
    `WITH RECURSIVE parts (oid) AS (
       SELECT $1::oid UNION SELECT i.inhrelid FROM pg_inherits i JOIN parts p ON p.oid = i.inhparent)
     SELECT (sum(pg_relation_size(oid)) / current_setting('block_size')::int)::bigint AS pages FROM parts`,
    [oid],
  )
  return Number(rows[0]?.pages ?? 0)
}
