import type pg from 'pg'
import { type CatalogTable, MOST_LISTED } from './catalog.ts'

interface Relation {
  readonly name: string
  readonly kind: string
  readonly rows: number
  readonly bytes: string | null
  readonly comment: string | null
}

/** By `relkind`: what is no plain table is told, before the comment of somebody's. */
const KINDS: Readonly<Record<string, string>> = { p: 'Partitioned table', v: 'View', m: 'Materialised view', f: 'Foreign table' }

/**
 * Partitions are left out of lists: their table stands for them. Of a partitioned table, rows and bytes are those of its partitions. Bytes as the last
 * ANALYZE or VACUUM saw them: to measure a table takes a lock on it, and one that somebody holds would keep the whole list waiting.
 */
const RELATIONS = `
SELECT c.relname AS name, c.relkind AS kind, obj_description(c.oid, 'pg_class') AS comment,
  CASE WHEN c.relkind = 'p'
    THEN (SELECT CASE WHEN min(l.reltuples) < 0 THEN -1 ELSE sum(l.reltuples) END
      FROM pg_partition_tree(c.oid) t JOIN pg_class l ON l.oid = t.relid WHERE t.isleaf)
    WHEN c.relkind = 'v' THEN -1 ELSE c.reltuples END::float8 AS rows,
  current_setting('block_size')::bigint * CASE WHEN c.relkind IN ('r', 'm') THEN c.relpages
    WHEN c.relkind = 'p' THEN (SELECT sum(l.relpages) FROM pg_partition_tree(c.oid) t JOIN pg_class l ON l.oid = t.relid WHERE t.isleaf) END AS bytes
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`

/** Of an extension: what it brought with it, e.g. the view of pg_stat_statements. */
const OF_NO_EXTENSION = `
NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0 AND d.deptype = 'e')`

const toTable = ({ name, kind, rows, bytes, comment }: Relation): CatalogTable => ({
  name,
  tableType: 'POSTGRES',
  // -1: never analysed.
  rowEstimate: rows === null || rows < 0 ? null : Math.round(rows),
  bytes: bytes === null ? null : Number(bytes),
  comment: [KINDS[kind], comment].filter(text => text != null).join(': ') || null,
})

/** Tables, partitioned and foreign ones, views and materialised views that the role may read. */
export const listPostgresTables = async (client: pg.Client, schema: string): Promise<CatalogTable[]> =>
  (
    await client.query<Relation>(
      `${RELATIONS} AND NOT c.relispartition AND ${OF_NO_EXTENSION} AND has_table_privilege(c.oid, 'SELECT') ORDER BY c.relname LIMIT ${MOST_LISTED}`,
      [schema],
    )
  ).rows.map(toTable)

/** One of them, also a partition or one that may not be read, with its `relkind`; null: there is none. */
export const readPostgresRelation = async (
  client: pg.Client,
  schema: string,
  table: string,
): Promise<{ readonly table: CatalogTable; readonly kind: string } | null> => {
  const [row] = (await client.query<Relation>(`${RELATIONS} AND c.relname = $2`, [schema, table])).rows
  return row === undefined ? null : { table: toTable(row), kind: row.kind }
}
