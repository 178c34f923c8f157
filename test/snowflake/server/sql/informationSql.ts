import { INFORMATION } from './informationSchema.ts'
import { WIRE } from './recordTable.ts'

const define = (name: string, columns: string, body: string): string =>
  `CREATE FUNCTION ${INFORMATION}.${name}(wanted text) RETURNS TABLE (${columns}) LANGUAGE sql STABLE AS $body$ ${body} $body$`

const OF_DATABASE = `database = ${WIRE}.shown(wanted)`

/** INFORMATION_SCHEMA of one database, named as PostgreSQL has it. Only the columns that anybody asked for so far. */
export const INFORMATION_SQL: readonly string[] = [
  `DROP SCHEMA IF EXISTS ${INFORMATION} CASCADE`,
  `CREATE SCHEMA ${INFORMATION}`,
  define(
    'tables',
    `table_catalog text, table_schema text, table_name text, table_owner text, table_type text, is_transient text, clustering_key text, row_count bigint, bytes bigint,
     retention_time bigint, created timestamptz, last_altered timestamptz, last_ddl timestamptz, auto_clustering_on text, comment text, is_temporary text, is_iceberg text,
     is_dynamic text, is_hybrid text, is_interactive text`,
    `SELECT database, schema, name, 'ACCOUNTADMIN', CASE WHEN kind = 'VIEW' THEN 'VIEW' ELSE 'BASE TABLE' END, 'NO', cluster_by,
       CASE WHEN kind <> 'VIEW' THEN ${WIRE}.row_count(oid) END, CASE WHEN kind <> 'VIEW' THEN pg_total_relation_size(oid) END, 1::bigint, created_at, altered_at, altered_at,
       CASE WHEN cluster_by IS NULL THEN 'NO' ELSE 'YES' END, obj_description(oid, 'pg_class'), 'NO', 'NO', CASE WHEN kind = 'DYNAMIC' THEN 'YES' ELSE 'NO' END,
       CASE WHEN kind = 'HYBRID' THEN 'YES' ELSE 'NO' END, CASE WHEN kind = 'INTERACTIVE' THEN 'YES' ELSE 'NO' END
     FROM ${WIRE}.relations WHERE ${OF_DATABASE}`,
  ),
  define(
    'hybrid_tables',
    'catalog text, schema text, name text, owner text, row_count bigint, bytes bigint, created timestamptz, last_altered timestamptz, comment text',
    `SELECT database, schema, name, 'ACCOUNTADMIN', ${WIRE}.row_count(oid), pg_total_relation_size(oid), created_at, altered_at, obj_description(oid, 'pg_class')
     FROM ${WIRE}.relations WHERE ${OF_DATABASE} AND kind = 'HYBRID'`,
  ),
  define(
    'views',
    'table_catalog text, table_schema text, table_name text, table_owner text, view_definition text, is_updatable text, is_secure text, created timestamptz, last_altered timestamptz, comment text',
    `SELECT database, schema, name, 'ACCOUNTADMIN', pg_get_viewdef(oid), 'NO', 'NO', created_at, altered_at, obj_description(oid, 'pg_class')
     FROM ${WIRE}.relations WHERE ${OF_DATABASE} AND kind = 'VIEW'`,
  ),
  define(
    'columns',
    `table_catalog text, table_schema text, table_name text, column_name text, ordinal_position bigint, column_default text, is_nullable text, data_type text,
     character_maximum_length bigint, character_octet_length bigint, numeric_precision bigint, numeric_precision_radix bigint, numeric_scale bigint, datetime_precision bigint,
     is_identity text, identity_generation text, identity_start text, identity_increment text, comment text`,
    `SELECT database, schema, table_name, column_name, position, default_text, CASE WHEN is_nullable THEN 'YES' ELSE 'NO' END, family, length::bigint,
       CASE WHEN family = 'TEXT' THEN length::bigint ELSE length END, precision::bigint, CASE WHEN precision IS NOT NULL THEN 10::bigint END, scale::bigint,
       CASE WHEN family LIKE 'TIME%' THEN 9::bigint END, CASE WHEN is_identity THEN 'YES' ELSE 'NO' END, CASE WHEN is_identity THEN 'BY DEFAULT' END,
       CASE WHEN is_identity THEN '1' END, CASE WHEN is_identity THEN '1' END, NULL::text
     FROM ${WIRE}.shown_columns WHERE ${OF_DATABASE}`,
  ),
  define(
    'schemata',
    'catalog_name text, schema_name text, schema_owner text, is_transient text, retention_time bigint, created timestamptz, last_altered timestamptz, comment text',
    `SELECT ${WIRE}.shown(split_part(nspname, '.', 1)), ${WIRE}.shown(substr(nspname, strpos(nspname, '.') + 1)), 'ACCOUNTADMIN', 'NO', 1::bigint, 'epoch'::timestamptz,
       'epoch'::timestamptz, NULL::text FROM pg_namespace WHERE split_part(nspname, '.', 1) = wanted AND strpos(nspname, '.') > 0
     UNION ALL SELECT ${WIRE}.shown(wanted), 'INFORMATION_SCHEMA', NULL, 'NO', 1, NULL, NULL, NULL`,
  ),
  define(
    'databases',
    'database_name text, database_owner text, is_transient text, comment text, created timestamptz, last_altered timestamptz, retention_time bigint, type text',
    `SELECT DISTINCT ${WIRE}.shown(split_part(nspname, '.', 1)), 'ACCOUNTADMIN', 'NO', NULL::text, 'epoch'::timestamptz, 'epoch'::timestamptz, 1::bigint, 'STANDARD'
     FROM pg_namespace WHERE strpos(nspname, '.') > 0`,
  ),
  define(
    'table_constraints',
    `constraint_catalog text, constraint_schema text, constraint_name text, table_catalog text, table_schema text, table_name text, constraint_type text, is_deferrable text,
     initially_deferred text, enforced text, comment text, created timestamptz, last_altered timestamptz, rely text`,
    `SELECT r.database, r.schema, ${WIRE}.shown(p.constraint_name), r.database, r.schema, r.name, p.constraint_type, 'NO', 'YES',
       CASE WHEN r.kind = 'HYBRID' THEN 'YES' ELSE 'NO' END, NULL::text, r.created_at, r.altered_at, 'NO'
     FROM ${WIRE}.relations r JOIN ${WIRE}.primary_keys p ON (p.schema_name, p.table_name) = (r.schema_name, r.table_name) WHERE r.${OF_DATABASE}`,
  ),
  define(
    'indexes',
    'table_catalog text, table_schema text, table_name text, name text, is_unique text, status text',
    `SELECT r.database, r.schema, r.name, ${WIRE}.shown(c.relname), CASE WHEN i.indisunique THEN 'YES' ELSE 'NO' END, 'ACTIVE'
     FROM ${WIRE}.relations r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class c ON c.oid = i.indexrelid WHERE r.${OF_DATABASE} AND r.kind = 'HYBRID'`,
  ),
  define(
    'index_columns',
    'table_catalog text, table_schema text, table_name text, index_name text, name text, ordinal_position bigint',
    `SELECT r.database, r.schema, r.name, ${WIRE}.shown(c.relname), ${WIRE}.shown(a.attname), k.place
     FROM ${WIRE}.relations r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class c ON c.oid = i.indexrelid
     CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place) JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.attnum
     WHERE r.${OF_DATABASE} AND r.kind = 'HYBRID'`,
  ),
  define(
    'stages',
    'stage_catalog text, stage_schema text, stage_name text, stage_type text, created timestamptz',
    `SELECT ${WIRE}.shown(split_part(schema_name, '.', 1)), ${WIRE}.shown(substr(schema_name, strpos(schema_name, '.') + 1)), ${WIRE}.shown(stage_name), 'Internal Named', created_at
     FROM ${WIRE}.stages WHERE split_part(schema_name, '.', 1) = wanted`,
  ),
]
