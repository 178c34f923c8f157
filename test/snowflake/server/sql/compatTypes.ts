import { COMPAT } from './types.ts'

const tried = (statement: string): string => `DO $do$ BEGIN ${statement}; EXCEPTION WHEN duplicate_object THEN NULL; END $do$`

/** Snowflake turns text into what a column takes, and a VARIANT into text without its quotes; PostgreSQL wants to be told. */
const TARGETS = ['bigint', 'integer', 'numeric', 'double precision', 'boolean', 'date', 'time', 'timestamp', 'timestamptz']

/**
 * PostgreSQL has casts of JSON to numbers, but for numbers only and only when asked for; Snowflake's VARIANT becomes what a column takes, from text too.
 * ⚠ They cannot be dropped, only pointed elsewhere: this database is the test server's own.
 */
const VARIANT_CASTS = ['boolean', 'smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision'].map(
  type =>
    `UPDATE pg_cast SET castcontext = 'a', castfunc = '${COMPAT}.from_variant_to_${type.split(' ')[0]}(jsonb)'::regprocedure::oid
     WHERE castsource = 'jsonb'::regtype AND casttarget = '${type}'::regtype`,
)

const casts: readonly string[] = [
  ...['text', 'varchar'].flatMap(source => TARGETS.map(target => tried(`CREATE CAST (${source} AS ${target}) WITH INOUT AS ASSIGNMENT`))),
  tried(`CREATE CAST (jsonb AS text) WITH FUNCTION ${COMPAT}.variant_text(jsonb) AS ASSIGNMENT`),
  tried(`CREATE CAST (jsonb AS varchar) WITH FUNCTION ${COMPAT}.variant_text(jsonb) AS ASSIGNMENT`),
  ...['bigint', 'numeric', 'double precision'].map(target =>
    tried(`CREATE CAST (boolean AS ${target}) WITH FUNCTION ${COMPAT}.from_boolean_to_${target.split(' ')[0]}(boolean) AS ASSIGNMENT`),
  ),
  ...['date', 'timestamp', 'timestamptz'].map(target =>
    tried(`CREATE CAST (jsonb AS ${target}) WITH FUNCTION ${COMPAT}.from_variant_to_${target}(jsonb) AS ASSIGNMENT`),
  ),
]

/** Types of the compat schema; BEFORE its functions, which name them. */
export const COMPAT_TYPES: readonly string[] = [
  `CREATE SCHEMA IF NOT EXISTS ${COMPAT}`,
  tried(`CREATE DOMAIN ${COMPAT}.object AS jsonb`),
  tried(`CREATE DOMAIN ${COMPAT}."array" AS jsonb`),
  tried(`CREATE DOMAIN ${COMPAT}.timestamp_tz AS timestamptz`),
]

/** What the database converts by itself; after the functions. */
export const COMPAT_CASTS: readonly string[] = [
  ...casts,
  ...VARIANT_CASTS,
  tried(`CREATE OPERATOR ${COMPAT}.~=~ (LEFTARG = text, RIGHTARG = text, FUNCTION = ${COMPAT}.regexp_like)`).replace(
    'duplicate_object',
    'duplicate_function',
  ),
]
