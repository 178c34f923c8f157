import { WIRE } from './recordTable.ts'

/** Tables in which this server keeps what PostgreSQL's catalog cannot, and what is read out of the catalog for every listing. */
export const WIRE_SQL: readonly string[] = [
  `CREATE SCHEMA IF NOT EXISTS ${WIRE}`,
  `CREATE TABLE IF NOT EXISTS ${WIRE}.table_kinds (schema_name text, table_name text, kind text NOT NULL, cluster_by text, target_lag text,
     created_at timestamptz NOT NULL DEFAULT now(), altered_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (schema_name, table_name))`,
  `CREATE TABLE IF NOT EXISTS ${WIRE}.primary_keys (schema_name text, table_name text, constraint_name text, constraint_type text NOT NULL, column_names text[] NOT NULL,
     PRIMARY KEY (schema_name, table_name, constraint_name))`,
  `CREATE TABLE IF NOT EXISTS ${WIRE}.stages (schema_name text, stage_name text, created_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (schema_name, stage_name))`,
  // A name as Snowflake has it: every letter's case swapped.
  `CREATE OR REPLACE FUNCTION ${WIRE}.shown(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $body$
     SELECT translate(name, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz') $body$`,
  `CREATE OR REPLACE FUNCTION ${WIRE}.shown_list(names text[]) RETURNS text LANGUAGE sql IMMUTABLE AS $body$
     SELECT '[' || coalesce(string_agg(${WIRE}.shown(n), ', ' ORDER BY o), '') || ']' FROM unnest(names) WITH ORDINALITY AS x (n, o) $body$`,
  // Exact while that is cheap; else as PostgreSQL last estimated it.
  `CREATE OR REPLACE FUNCTION ${WIRE}.row_count(relation oid) RETURNS bigint LANGUAGE plpgsql STABLE AS $body$
   DECLARE
     estimate bigint := (SELECT reltuples::bigint FROM pg_class WHERE oid = relation);
     counted bigint;
   BEGIN
     IF estimate > 1000000 THEN RETURN estimate; END IF;
     EXECUTE format('SELECT count(*) FROM %s', relation::regclass) INTO counted;
     RETURN counted;
   END $body$`,
  `CREATE OR REPLACE FUNCTION ${WIRE}.drop_database(name text) RETURNS void LANGUAGE plpgsql AS $body$
   DECLARE
     found text;
   BEGIN
     FOR found IN SELECT nspname FROM pg_namespace WHERE starts_with(nspname, name || '.') LOOP
       EXECUTE format('DROP SCHEMA %I CASCADE', found);
       DELETE FROM ${WIRE}.table_kinds WHERE schema_name = found;
       DELETE FROM ${WIRE}.primary_keys WHERE schema_name = found;
       DELETE FROM ${WIRE}.stages WHERE schema_name = found;
     END LOOP;
   END $body$`,
  `CREATE OR REPLACE FUNCTION ${WIRE}.family(type_name name) RETURNS text LANGUAGE sql IMMUTABLE AS $body$
     SELECT CASE WHEN type_name IN ('int2', 'int4', 'int8', 'numeric') THEN 'NUMBER' WHEN type_name IN ('float4', 'float8') THEN 'FLOAT'
       WHEN type_name IN ('text', 'varchar', 'bpchar', 'name', 'uuid') THEN 'TEXT' WHEN type_name = 'bool' THEN 'BOOLEAN' WHEN type_name = 'date' THEN 'DATE'
       WHEN type_name = 'time' THEN 'TIME' WHEN type_name = 'timestamp' THEN 'TIMESTAMP_NTZ' WHEN type_name = 'timestamptz' THEN 'TIMESTAMP_LTZ'
       WHEN type_name IN ('jsonb', 'json') THEN 'VARIANT' WHEN type_name = 'bytea' THEN 'BINARY' ELSE upper(type_name::text) END $body$`,
  `DROP VIEW IF EXISTS ${WIRE}.shown_columns, ${WIRE}.relations CASCADE`,
  `CREATE VIEW ${WIRE}.relations AS
     SELECT c.oid, n.nspname AS schema_name, c.relname AS table_name, ${WIRE}.shown(split_part(n.nspname, '.', 1)) AS database,
       ${WIRE}.shown(substr(n.nspname, strpos(n.nspname, '.') + 1)) AS schema, ${WIRE}.shown(c.relname) AS name,
       CASE WHEN c.relkind = 'v' THEN 'VIEW' ELSE coalesce(k.kind, 'STANDARD') END AS kind, k.cluster_by, k.target_lag,
       coalesce(k.created_at, 'epoch') AS created_at, coalesce(k.altered_at, 'epoch') AS altered_at, c.relpersistence
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN ${WIRE}.table_kinds k ON (k.schema_name, k.table_name) = (n.nspname, c.relname)
     WHERE c.relkind IN ('r', 'p', 'v', 'm') AND strpos(n.nspname, '.') > 0`,
  `CREATE VIEW ${WIRE}.shown_columns AS
     SELECT r.oid, r.database, r.schema, r.name AS table_name, r.kind, ${WIRE}.shown(a.attname) AS column_name, a.attname,
       row_number() OVER (PARTITION BY r.oid ORDER BY a.attnum) AS position, NOT a.attnotnull AS is_nullable, a.attidentity <> '' AS is_identity,
       ${WIRE}.family(t.typname) AS family,
       CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN a.atttypmod - 4 WHEN t.typname IN ('text', 'varchar', 'bpchar') THEN 16777216
         WHEN t.typname = 'bytea' THEN 8388608 END AS length,
       CASE WHEN t.typname IN ('int2', 'int4', 'int8') OR (t.typname = 'numeric' AND a.atttypmod < 4) THEN 38
         WHEN t.typname = 'numeric' THEN ((a.atttypmod - 4) >> 16) & 65535 END AS precision,
       CASE WHEN t.typname IN ('int2', 'int4', 'int8') THEN 0 WHEN t.typname = 'numeric' AND a.atttypmod < 4 THEN 6
         WHEN t.typname = 'numeric' THEN (a.atttypmod - 4) & 2047 END AS scale,
       regexp_replace(regexp_replace(pg_get_expr(d.adbin, d.adrelid), '(?:\\(?flakebench_compat\\.)?current_timestamp_ltz\\(\\)', 'CURRENT_TIMESTAMP()'), '::[a-z ]+(?:\\(\\d+\\))?', '', 'g') AS default_text,
       EXISTS (SELECT 1 FROM ${WIRE}.primary_keys p WHERE (p.schema_name, p.table_name) = (r.schema_name, r.table_name) AND p.constraint_type = 'PRIMARY KEY' AND a.attname = ANY (p.column_names)) AS is_primary,
       EXISTS (SELECT 1 FROM ${WIRE}.primary_keys p WHERE (p.schema_name, p.table_name) = (r.schema_name, r.table_name) AND p.constraint_type = 'UNIQUE' AND a.attname = ANY (p.column_names)) AS is_unique
     FROM ${WIRE}.relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped JOIN pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)`,
  // ⚠ PostgreSQL's code for a missing table, which is told in Snowflake's words.
  `CREATE OR REPLACE FUNCTION ${WIRE}.must_exist(of_database text, of_schema text, of_table text) RETURNS oid LANGUAGE plpgsql STABLE AS $body$
   DECLARE
     found oid := (SELECT oid FROM ${WIRE}.relations WHERE (database, schema, name) = (of_database, of_schema, of_table));
   BEGIN
     IF found IS NULL THEN RAISE EXCEPTION 'relation "%.%.%" does not exist', of_database, of_schema, of_table USING ERRCODE = 'undefined_table'; END IF;
     RETURN found;
   END $body$`,
  // Of what a SHOW looks into; the schema may be left open.
  `CREATE OR REPLACE FUNCTION ${WIRE}.must_be_place(of_database text, of_schema text) RETURNS boolean LANGUAGE plpgsql STABLE AS $body$
   BEGIN
     IF of_schema = 'INFORMATION_SCHEMA' THEN RETURN true; END IF;
     IF NOT EXISTS (SELECT 1 FROM pg_namespace WHERE CASE WHEN of_schema IS NULL THEN starts_with(nspname, ${WIRE}.shown(of_database) || '.')
       ELSE nspname = ${WIRE}.shown(of_database) || '.' || ${WIRE}.shown(of_schema) END)
     THEN RAISE EXCEPTION '% does not exist', concat_ws('.', of_database, of_schema) USING ERRCODE = 'invalid_catalog_name'; END IF;
     RETURN true;
   END $body$`,
]
