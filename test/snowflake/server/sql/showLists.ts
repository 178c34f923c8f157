import { WIRE } from './recordTable.ts'

/** What a SHOW lists. */
export interface ShownList {
  readonly words: readonly string[]
  readonly from: string
  /** Under the product's names, in lower case. */
  readonly columns: string
  readonly where?: string
  /** The column that LIKE and STARTS WITH look at. */
  readonly name: string
  readonly order: string
  /** Of how many parts the name of its place is: 0 none, 1 database, 2 schema. */
  readonly parts: 0 | 1 | 2
  /** `IN x` names a table. */
  readonly isOfTable?: true
}

const yes = (condition: string): string => `CASE WHEN ${condition} THEN 'Y' ELSE 'N' END`
const SIZE = `CASE WHEN kind <> 'VIEW' THEN ${WIRE}.row_count(oid) END AS "rows", CASE WHEN kind <> 'VIEW' THEN pg_total_relation_size(oid) END AS bytes`
const PLACE = 'database AS database_name, schema AS schema_name'
const OWNER = `'ACCOUNTADMIN' AS owner`
const COMMENT = `coalesce(obj_description(oid, 'pg_class'), '') AS comment`
const RELATIONS = `${WIRE}.relations`

const TABLES = `created_at AS created_on, name, ${PLACE}, CASE WHEN relpersistence = 't' THEN 'TEMPORARY' ELSE 'TABLE' END AS kind, ${COMMENT},
  coalesce(cluster_by, '') AS cluster_by, ${SIZE}, ${OWNER}, '1' AS retention_time, CASE WHEN cluster_by IS NULL THEN 'OFF' ELSE 'ON' END AS automatic_clustering,
  'OFF' AS change_tracking, 'N' AS is_external, 'N' AS enable_schema_evolution, 'ROLE' AS owner_role_type, 'N' AS is_event, ${yes(`relations.kind = 'HYBRID'`)} AS is_hybrid,
  'N' AS is_iceberg, ${yes(`relations.kind = 'DYNAMIC'`)} AS is_dynamic, 'N' AS is_immutable, ${yes(`relations.kind = 'INTERACTIVE'`)} AS is_interactive`

const relation = { from: RELATIONS, name: 'relations.name', order: 'database, schema, name', parts: 2 } as const

export const SHOWN: readonly ShownList[] = [
  { ...relation, words: ['TABLES'], columns: TABLES, where: `kind <> 'VIEW'` },
  {
    ...relation,
    words: ['HYBRID', 'TABLES'],
    columns: `created_at AS created_on, name, ${PLACE}, ${OWNER}, ${SIZE}, ${COMMENT}, 'ROLE' AS owner_role_type`,
    where: `kind = 'HYBRID'`,
  },
  {
    ...relation,
    words: ['DYNAMIC', 'TABLES'],
    columns: `created_at AS created_on, name, ${PLACE}, coalesce(cluster_by, '') AS cluster_by, ${SIZE}, ${OWNER}, target_lag, 'FULL' AS refresh_mode, NULL::text AS refresh_mode_reason,
      NULL::text AS warehouse, ${COMMENT}, '' AS text, 'OFF' AS automatic_clustering, 'ACTIVE' AS scheduling_state, NULL::timestamptz AS last_suspended_on, 'N' AS is_clone,
      'N' AS is_replica, 'N' AS is_iceberg, altered_at AS data_timestamp, 'ROLE' AS owner_role_type`,
    where: `kind = 'DYNAMIC'`,
  },
  {
    ...relation,
    words: ['INTERACTIVE', 'TABLES'],
    columns: `created_at AS created_on, name, ${PLACE}, coalesce(cluster_by, '') AS cluster_by, ${SIZE}, ${OWNER}, target_lag, ${COMMENT}, 'ROLE' AS owner_role_type`,
    where: `kind = 'INTERACTIVE'`,
  },
  {
    ...relation,
    words: ['VIEWS'],
    columns: `created_at AS created_on, name, '' AS reserved, ${PLACE}, ${OWNER}, ${COMMENT}, pg_get_viewdef(oid) AS text, 'false' AS is_secure, 'false' AS is_materialized,
      'ROLE' AS owner_role_type, 'OFF' AS change_tracking`,
    where: `kind = 'VIEW'`,
  },
  {
    words: ['COLUMNS'],
    from: `${WIRE}.shown_columns`,
    columns: `table_name, schema AS schema_name, column_name, jsonb_strip_nulls(jsonb_build_object('type', CASE family WHEN 'NUMBER' THEN 'FIXED' WHEN 'FLOAT' THEN 'REAL' ELSE family END,
      'precision', precision, 'scale', scale, 'length', length, 'nullable', is_nullable))::text AS data_type, CASE WHEN is_nullable THEN 'true' ELSE 'NOT_NULL' END AS "null?",
      coalesce(default_text, '') AS "default", 'COLUMN' AS kind, '' AS expression, '' AS comment, database AS database_name,
      CASE WHEN is_identity THEN 'IDENTITY START 1 INCREMENT 1 NOORDER' ELSE '' END AS autoincrement`,
    name: 'column_name',
    order: 'database, schema, table_name, position',
    parts: 2,
    isOfTable: true,
  },
  ...(
    [
      ['PRIMARY', 'PRIMARY KEY'],
      ['UNIQUE', 'UNIQUE'],
    ] as const
  ).map(
    ([word, type]): ShownList => ({
      words: [word, 'KEYS'],
      from: `(SELECT r.created_at AS created_on, r.database, r.schema, r.name AS table_name, ${WIRE}.shown(c.name) AS column_name, c.place AS key_sequence,
        ${WIRE}.shown(k.constraint_name) AS constraint_name FROM ${RELATIONS} r JOIN ${WIRE}.primary_keys k ON (k.schema_name, k.table_name) = (r.schema_name, r.table_name)
        CROSS JOIN LATERAL unnest(k.column_names) WITH ORDINALITY AS c (name, place) WHERE k.constraint_type = '${type}') AS keys`,
      columns: `created_on, ${PLACE}, table_name, column_name, key_sequence, constraint_name, 'false' AS rely, NULL::text AS comment`,
      name: 'constraint_name',
      order: 'database, schema, table_name, key_sequence',
      parts: 2,
      isOfTable: true,
    }),
  ),
  {
    words: ['INDEXES'],
    from: `(SELECT r.created_at AS created_on, ${WIRE}.shown(c.relname) AS name, ${yes('i.indisunique')} AS is_unique, r.database, r.schema, r.name AS table_name,
      ${WIRE}.shown_list(ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (n, o) JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.n WHERE o <= i.indnkeyatts ORDER BY o)) AS columns,
      ${WIRE}.shown_list(ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (n, o) JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.n WHERE o > i.indnkeyatts ORDER BY o)) AS included_columns
      FROM ${RELATIONS} r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class c ON c.oid = i.indexrelid WHERE r.kind = 'HYBRID') AS indexes`,
    columns: `created_on, name, is_unique, columns, included_columns, table_name AS "table", ${PLACE}, ${OWNER}, 'ROLE' AS owner_role_type`,
    name: 'name',
    order: 'database, schema, table_name, name',
    parts: 2,
    isOfTable: true,
  },
  {
    words: ['DATABASES'],
    from: `(SELECT DISTINCT ${WIRE}.shown(split_part(nspname, '.', 1)) AS name FROM pg_namespace WHERE strpos(nspname, '.') > 0) AS databases`,
    columns: `'epoch'::timestamptz AS created_on, name, 'N' AS is_default, 'N' AS is_current, '' AS origin, ${OWNER}, '' AS comment, '' AS options, '1' AS retention_time, 'STANDARD' AS kind`,
    name: 'name',
    order: 'name',
    parts: 0,
  },
  {
    words: ['SCHEMAS'],
    from: `(SELECT ${WIRE}.shown(split_part(nspname, '.', 1)) AS database, ${WIRE}.shown(substr(nspname, strpos(nspname, '.') + 1)) AS name FROM pg_namespace WHERE strpos(nspname, '.') > 0
      UNION SELECT ${WIRE}.shown(split_part(nspname, '.', 1)), 'INFORMATION_SCHEMA' FROM pg_namespace WHERE strpos(nspname, '.') > 0) AS schemas`,
    columns: `'epoch'::timestamptz AS created_on, name, 'N' AS is_default, 'N' AS is_current, database AS database_name, ${OWNER}, '' AS comment, '' AS options, '1' AS retention_time`,
    name: 'name',
    order: 'database, name',
    parts: 1,
  },
  {
    words: ['STAGES'],
    from: `(SELECT created_at AS created_on, ${WIRE}.shown(stage_name) AS name, ${WIRE}.shown(split_part(schema_name, '.', 1)) AS database,
      ${WIRE}.shown(substr(schema_name, strpos(schema_name, '.') + 1)) AS schema FROM ${WIRE}.stages) AS stages`,
    columns: `created_on, name, ${PLACE}, '' AS url, ${OWNER}, '' AS comment, 'INTERNAL' AS type`,
    name: 'name',
    order: 'database, schema, name',
    parts: 2,
  },
]
