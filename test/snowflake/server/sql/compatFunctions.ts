import { COMPAT } from './types.ts'

interface SqlFunction {
  readonly head: string
  readonly returns: string
  readonly body: string
  readonly kind?: 'IMMUTABLE' | 'STABLE' | 'VOLATILE'
}

const define = ({ head, returns, body, kind = 'IMMUTABLE' }: SqlFunction): string =>
  `CREATE OR REPLACE FUNCTION ${COMPAT}.${head} RETURNS ${returns} LANGUAGE sql ${kind} AS $body$ SELECT ${body} $body$`

const immutable = (head: string, returns: string, body: string): string => define({ head, returns, body })
const stable = (head: string, returns: string, body: string): string => define({ head, returns, body, kind: 'STABLE' })
const volatile = (head: string, returns: string, body: string): string => define({ head, returns, body, kind: 'VOLATILE' })

const clock: readonly string[] = [
  stable(
    'current_timestamp_ltz()',
    'timestamptz',
    `statement_timestamp() + coalesce(nullif(current_setting('flakebench.clock_skew_ms', true), '')::double precision, 0) * interval '1 millisecond'`,
  ),
  volatile(
    'sysdate()',
    'timestamp',
    `(clock_timestamp() + coalesce(nullif(current_setting('flakebench.clock_skew_ms', true), '')::double precision, 0) * interval '1 millisecond') AT TIME ZONE 'UTC'`,
  ),
]

const json: readonly string[] = [
  // Alone in a function, so that nothing is cast before it was looked at.
  stable('valid_text(t text, type_name text)', 'text', 'CASE WHEN pg_input_is_valid(t, type_name) THEN t END'),
  ...['boolean', 'smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision'].map(type =>
    immutable(`from_variant_to_${type.split(' ')[0]}(j jsonb)`, type, `(j #>> '{}')::${type}`),
  ),
  immutable('variant_text(j jsonb)', 'text', `j #>> '{}'`),
  immutable('from_variant_to_date(j jsonb)', 'date', `(j #>> '{}')::date`),
  immutable('from_variant_to_timestamp(j jsonb)', 'timestamp', `(j #>> '{}')::timestamp`),
  stable('from_variant_to_timestamptz(j jsonb)', 'timestamptz', `(j #>> '{}')::timestamptz`),
  immutable('parse_json(t text)', 'jsonb', `nullif(t, '')::jsonb`),
  immutable('parse_json(j jsonb)', 'jsonb', 'j'),
  immutable('try_parse_json(t text)', 'jsonb', `${COMPAT}.valid_text(nullif(t, ''), 'jsonb')::jsonb`),
  immutable('check_json(t text)', 'text', `CASE WHEN NOT pg_input_is_valid(nullif(t, ''), 'jsonb') THEN 'not valid JSON' END`),
  immutable('to_json(v anyelement)', 'text', 'to_jsonb(v)::json::text'),
  immutable('to_variant(t text)', 'jsonb', 'to_jsonb(t)'),
  immutable('to_variant(v anyelement)', 'jsonb', 'to_jsonb(v)'),
  immutable(
    'path_steps(path text)',
    'text[]',
    `string_to_array(btrim(regexp_replace(path, '\\[["'']?([^]"'']*)["'']?\\]', '.\\1', 'g'), '.'), '.')`,
  ),
  immutable('get_element(j jsonb, VARIADIC steps text[])', 'jsonb', 'j #> steps'),
  immutable('get_element(j text, VARIADIC steps text[])', 'jsonb', `nullif(j, '')::jsonb #> steps`),
  immutable('get_path(j jsonb, path text)', 'jsonb', `j #> ${COMPAT}.path_steps(path)`),
  immutable('get_item(j jsonb, key text)', 'jsonb', 'j -> key'),
  immutable('get_item(j jsonb, place bigint)', 'jsonb', 'j -> place::integer'),
  immutable('json_extract_path_text(j jsonb, path text)', 'text', `j #>> ${COMPAT}.path_steps(path)`),
  immutable('json_extract_path_text(j text, path text)', 'text', `nullif(j, '')::jsonb #>> ${COMPAT}.path_steps(path)`),
  immutable('array_size(j jsonb)', 'bigint', `CASE WHEN jsonb_typeof(j) = 'array' THEN jsonb_array_length(j)::bigint END`),
  immutable('array_contains(v jsonb, list jsonb)', 'boolean', 'list @> jsonb_build_array(v)'),
  immutable('array_cat(a jsonb, b jsonb)', 'jsonb', 'a || b'),
  immutable(
    'array_slice(j jsonb, first bigint, past bigint)',
    'jsonb',
    `coalesce((SELECT jsonb_agg(e ORDER BY o) FROM jsonb_array_elements(j) WITH ORDINALITY AS x (e, o) WHERE o > first AND o <= past), '[]'::jsonb)`,
  ),
  immutable(
    'array_to_string(j jsonb, separator text)',
    'text',
    `(SELECT string_agg(e #>> '{}', separator ORDER BY o) FROM jsonb_array_elements(j) WITH ORDINALITY AS x (e, o))`,
  ),
  immutable('object_keys(j jsonb)', 'jsonb', `(SELECT coalesce(jsonb_agg(k), '[]'::jsonb) FROM jsonb_object_keys(j) AS k)`),
  immutable('object_insert(j jsonb, key text, v anyelement, change boolean DEFAULT false)', 'jsonb', 'j || jsonb_build_object(key, v)'),
  immutable('object_insert(j jsonb, key text, v text, change boolean DEFAULT false)', 'jsonb', 'j || jsonb_build_object(key, v)'),
  immutable('object_delete(j jsonb, VARIADIC keys text[])', 'jsonb', 'j - keys'),
  immutable(
    'drop_nulls(j jsonb)',
    'jsonb',
    `(SELECT coalesce(jsonb_object_agg(key, value), '{}'::jsonb) FROM jsonb_each(j) WHERE value <> 'null'::jsonb)`,
  ),
  immutable('is_null_value(j jsonb)', 'boolean', `j = 'null'::jsonb`),
  immutable('strip_null_value(j jsonb)', 'jsonb', `nullif(j, 'null'::jsonb)`),
  immutable(
    'typeof(j jsonb)',
    'text',
    `CASE jsonb_typeof(j) WHEN 'string' THEN 'VARCHAR' WHEN 'number' THEN CASE WHEN j::numeric = trunc(j::numeric) THEN 'INTEGER' ELSE 'DECIMAL' END WHEN 'null' THEN 'NULL_VALUE' ELSE upper(jsonb_typeof(j)) END`,
  ),
  immutable('split(t text, separator text)', 'jsonb', 'to_jsonb(string_to_array(t, separator))'),
  immutable(
    'flatten(input jsonb, path text, is_outer boolean)',
    'TABLE (seq bigint, key text, path text, index bigint, value jsonb, this jsonb)',
    `1::bigint, key, steps, place, element, whole FROM (SELECT CASE WHEN $2 = '' THEN $1 ELSE $1 #> ${COMPAT}.path_steps($2) END AS whole) AS input
     CROSS JOIN LATERAL (
       SELECT NULL::text AS key, '[' || (o - 1) || ']' AS steps, o - 1 AS place, e AS element, o AS position
       FROM jsonb_array_elements(CASE WHEN jsonb_typeof(whole) = 'array' THEN whole ELSE '[]'::jsonb END) WITH ORDINALITY AS a (e, o)
       UNION ALL
       SELECT k, k, NULL::bigint, e, o FROM jsonb_each(CASE WHEN jsonb_typeof(whole) = 'object' THEN whole ELSE '{}'::jsonb END) WITH ORDINALITY AS b (k, e, o)
       UNION ALL
       SELECT NULL, '', NULL, NULL, 0 WHERE $3 AND coalesce(whole IN ('[]'::jsonb, '{}'::jsonb) OR jsonb_typeof(whole) NOT IN ('array', 'object'), true)
     ) AS flat ORDER BY position`,
  ),
]

const numbers: readonly string[] = [
  ...(['bigint', 'numeric', 'double precision'] as const).map(type =>
    immutable(`from_boolean_to_${type.split(' ')[0]}(b boolean)`, type, `CASE WHEN b THEN 1 WHEN NOT b THEN 0 END::${type}`),
  ),
  immutable(
    'greatest_of(VARIADIC list anycompatiblearray)',
    'anycompatible',
    'CASE WHEN array_position(list, NULL) IS NULL THEN (SELECT max(x) FROM unnest(list) AS x) END',
  ),
  immutable(
    'least_of(VARIADIC list anycompatiblearray)',
    'anycompatible',
    'CASE WHEN array_position(list, NULL) IS NULL THEN (SELECT min(x) FROM unnest(list) AS x) END',
  ),
  immutable('round(n numeric, digits integer DEFAULT 0)', 'numeric', 'pg_catalog.round(n, digits)'),
  immutable(
    'round(n double precision, digits integer DEFAULT 0)',
    'double precision',
    'pg_catalog.round(n::numeric, digits)::double precision',
  ),
  immutable('square(n double precision)', 'double precision', 'n * n'),
  immutable('log(base double precision, n double precision)', 'double precision', 'ln(n) / ln(base)'),
  immutable('div0(a numeric, b numeric)', 'numeric', 'CASE WHEN b = 0 THEN 0 ELSE a / b END'),
  immutable('div0(a double precision, b double precision)', 'double precision', 'CASE WHEN b = 0 THEN 0 ELSE a / b END'),
  immutable('bitand(a bigint, b bigint)', 'bigint', 'a & b'),
  immutable('bitor(a bigint, b bigint)', 'bigint', 'a | b'),
  immutable('bitxor(a bigint, b bigint)', 'bigint', 'a # b'),
  ...(['text', 'double precision', 'jsonb'] as const).map(type =>
    immutable(`to_double(v ${type})`, 'double precision', 'v::double precision'),
  ),
  ...(['text', 'numeric', 'jsonb'] as const).map(type =>
    immutable(
      `to_number(v ${type}, digits integer DEFAULT 38, decimals integer DEFAULT 0)`,
      'numeric',
      `pg_catalog.round(${type === 'jsonb' ? "(v #>> '{}')" : 'v'}::numeric, decimals)`,
    ),
  ),
  ...(['text', 'boolean', 'jsonb'] as const).map(type => immutable(`to_boolean(v ${type})`, 'boolean', 'v::boolean')),
  immutable('to_boolean(v numeric)', 'boolean', 'v <> 0'),
  immutable(
    'try_to_number(v text, digits integer DEFAULT 38, decimals integer DEFAULT 0)',
    'numeric',
    `pg_catalog.round(${COMPAT}.valid_text(v, 'numeric')::numeric, decimals)`,
  ),
  immutable('try_to_double(v text)', 'double precision', `${COMPAT}.valid_text(v, 'double precision')::double precision`),
  immutable('try_to_boolean(v text)', 'boolean', `${COMPAT}.valid_text(v, 'boolean')::boolean`),
]

const chance: readonly string[] = [
  volatile('random_number()', 'bigint', `random('-9223372036854775808'::bigint, 9223372036854775807)`),
  // The n-th call of a statement answers the n-th number of the seed's row.
  `CREATE OR REPLACE FUNCTION ${COMPAT}.random_number(seed bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $body$
   DECLARE
     statement text := seed || '@' || extract(epoch FROM statement_timestamp());
     state text[] := string_to_array(current_setting('flakebench.random', true), '#');
     place bigint := CASE WHEN state[1] = statement THEN state[2]::bigint + 1 ELSE 1 END;
   BEGIN
     PERFORM set_config('flakebench.random', statement || '#' || place, false);
     RETURN hashint8extended(place, seed);
   END $body$`,
  immutable(
    'uniform_whole(low bigint, high bigint, chance numeric)',
    'bigint',
    '(low + mod(abs(chance), (high - low + 1)::numeric))::bigint',
  ),
  immutable(
    'uniform_real(low double precision, high double precision, chance numeric)',
    'double precision',
    'low + (high - low) * mod(abs(chance), 1000000007)::double precision / 1000000007',
  ),
  immutable(
    'randstr(letters bigint, chance bigint)',
    'text',
    `(SELECT string_agg(substr('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 1 + mod(abs(hashint8extended(chance, i) / 2), 62)::integer, 1), '' ORDER BY i) FROM generate_series(1, letters) AS i)`,
  ),
  volatile('uuid_string()', 'text', 'gen_random_uuid()::text'),
]

const text: readonly string[] = [
  immutable('to_varchar(v text)', 'text', 'v'),
  stable('to_varchar(v timestamp)', 'text', `to_char(v, 'YYYY-MM-DD HH24:MI:SS.FF3')`),
  stable('to_varchar(v timestamptz)', 'text', `to_char(v, 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM')`),
  immutable('to_varchar(v jsonb)', 'text', `v #>> '{}'`),
  stable('to_varchar(v anyelement)', 'text', 'v::text'),
  immutable('contains(t text, part text)', 'boolean', 'strpos(t, part) > 0'),
  immutable('endswith(t text, part text)', 'boolean', 'right(t, length(part)) = part'),
  immutable('regexp_like(t text, pattern text)', 'boolean', `t ~ ('^(?:' || pattern || ')$')`),
  immutable(`replace_pattern(t text, pattern text, other text DEFAULT '')`, 'text', `regexp_replace(t, pattern, other, 'g')`),
  immutable('find_pattern(t text, pattern text)', 'text', 'regexp_substr(t, pattern)'),
  immutable('count_pattern(t text, pattern text)', 'bigint', 'regexp_count(t, pattern)::bigint'),
  immutable(
    'sha2(t text, bits integer DEFAULT 256)',
    'text',
    `encode(CASE bits WHEN 512 THEN sha512(convert_to(t, 'UTF8')) WHEN 224 THEN sha224(convert_to(t, 'UTF8')) WHEN 384 THEN sha384(convert_to(t, 'UTF8')) ELSE sha256(convert_to(t, 'UTF8')) END, 'hex')`,
  ),
  immutable('base64_encode(t text)', 'text', `replace(encode(convert_to(t, 'UTF8'), 'base64'), E'\\n', '')`),
  immutable('base64_decode_string(t text)', 'text', `convert_from(decode(t, 'base64'), 'UTF8')`),
  immutable('hex_encode(t text)', 'text', `upper(encode(convert_to(t, 'UTF8'), 'hex'))`),
]

export const COMPAT_FUNCTION_SQL: readonly string[] = [...clock, ...json, ...numbers, ...chance, ...text]
