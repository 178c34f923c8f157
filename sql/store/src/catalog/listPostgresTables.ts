import type pg from 'pg'
import { type CatalogList, type CatalogTable, cutAt } from './catalog.ts'
import { hasInName } from './listPostgresPlaces.ts'

interface Relation {
  readonly oid: number
  readonly name: string
  readonly kind: string
  readonly rows: number
  readonly bytes: string | null
  readonly comment: string | null
}

/** By `relkind`: what is no plain table is told, before the comment of somebody's. */
const KINDS: Readonly<Record<string, string>> = { p: 'Partitioned table', v: 'View', m: 'Materialised view', f: 'Foreign table' }

/** -1: not known. Before PostgreSQL 14 what was never analysed has 0 rows, as what is empty has. */
const rowsOf = (rows: string, pages: string): string =>
  `CASE WHEN ${rows} = 0 AND ${pages} = 0 AND current_setting('server_version_num')::integer < 140000 THEN -1 ELSE ${rows} END`

/**
 * Partitions are left out of lists: their table stands for them. Of a partitioned table, rows and bytes are those of its partitions. Both as the last
 * ANALYZE or VACUUM saw them: to measure a table takes a lock on it, as pg_partition_tree does, and one that somebody holds would keep the whole list
 * waiting.
 */
const RELATIONS = `
SELECT c.oid, c.relname AS name, c.relkind AS kind, obj_description(c.oid, 'pg_class') AS comment,
  CASE c.relkind WHEN 'p' THEN ${rowsOf('parts.rows', 'parts.pages')} WHEN 'v' THEN -1 ELSE ${rowsOf('c.reltuples', 'c.relpages')} END::float8 AS rows,
  current_setting('block_size')::bigint * CASE WHEN c.relkind = 'p' THEN parts.pages
    WHEN c.relkind IN ('r', 'm') AND ${rowsOf('c.reltuples', 'c.relpages')} >= 0 THEN c.relpages END AS bytes
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN LATERAL (
  WITH RECURSIVE part (oid) AS (
    SELECT i.inhrelid FROM pg_inherits i WHERE i.inhparent = c.oid
    UNION ALL SELECT i.inhrelid FROM part JOIN pg_inherits i ON i.inhparent = part.oid)
  SELECT CASE WHEN min(l.reltuples) >= 0 THEN sum(l.reltuples) ELSE -1 END AS rows,
    CASE WHEN min(l.reltuples) >= 0 THEN sum(l.relpages) FILTER (WHERE l.relkind = 'r') END AS pages
  FROM part JOIN pg_class l ON l.oid = part.oid WHERE l.relkind <> 'p') parts ON c.relkind = 'p'
WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`

/** Of an extension: what it brought with it, e.g. the view of pg_stat_statements. */
const OF_NO_EXTENSION = `
NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0 AND d.deptype = 'e')`

const toTable = ({ name, kind, rows, bytes, comment }: Relation): CatalogTable => ({
  name,
  tableType: 'POSTGRES',
  // -1: never analysed, or one of its partitions was not.
  rowEstimate: rows === null || rows < 0 ? null : Math.round(rows),
  bytes: bytes === null ? null : Number(bytes),
  comment: [KINDS[kind], comment].filter(text => text != null).join(': ') || null,
})

/** Tables, partitioned and foreign ones, views and materialised views that the role may read. */
export const listPostgresTables = async (
  client: pg.Client,
  schema: string,
  search: string | null,
  most: number,
): Promise<CatalogList<CatalogTable>> => {
  const { rows } = await client.query<Relation>(
    `${RELATIONS} AND NOT c.relispartition AND ${OF_NO_EXTENSION} AND has_table_privilege(c.oid, 'SELECT') AND ${hasInName('c.relname', '$2')}
     ORDER BY c.relname LIMIT $3`,
    [schema, search, most + 1],
  )
  return cutAt(rows.map(toTable), most)
}

/** One of them, also a partition or one that may not be read, with its `relkind`; null: there is none. */
export const readPostgresRelation = async (
  client: pg.Client,
  schema: string,
  table: string,
): Promise<{ readonly table: CatalogTable; readonly kind: string; readonly oid: number } | null> => {
  const [row] = (await client.query<Relation>(`${RELATIONS} AND c.relname = $2`, [schema, table])).rows
  return row === undefined ? null : { table: toTable(row), kind: row.kind, oid: row.oid }
}
