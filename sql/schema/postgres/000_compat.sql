-- The names of Snowflake's types and functions that the shared SQL uses, for PostgreSQL 14 and later. No extension, no superuser.
-- One statement a block; blocks end with a line of two dashes and a semicolon, because function bodies hold semicolons.

DO $$ BEGIN CREATE DOMAIN variant AS jsonb; EXCEPTION WHEN duplicate_object THEN NULL; END $$
--;
DO $$ BEGIN CREATE DOMAIN timestamp_ntz AS timestamp(6); EXCEPTION WHEN duplicate_object THEN NULL; END $$
--;
CREATE OR REPLACE FUNCTION parse_json(t text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$ SELECT NULLIF(t, '')::jsonb $$
--;
-- Counts the boundaries crossed, as Snowflake does.
CREATE OR REPLACE FUNCTION timestampdiff(part text, a timestamp, b timestamp) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE lower(part)
    WHEN 'microsecond' THEN (EXTRACT(EPOCH FROM b - a) * 1000000)::bigint
    WHEN 'millisecond' THEN (EXTRACT(EPOCH FROM date_trunc('milliseconds', b) - date_trunc('milliseconds', a)) * 1000)::bigint
    WHEN 'second' THEN EXTRACT(EPOCH FROM date_trunc('second', b) - date_trunc('second', a))::bigint
    WHEN 'minute' THEN (EXTRACT(EPOCH FROM date_trunc('minute', b) - date_trunc('minute', a)) / 60)::bigint
    WHEN 'hour' THEN (EXTRACT(EPOCH FROM date_trunc('hour', b) - date_trunc('hour', a)) / 3600)::bigint
    WHEN 'day' THEN (b::date - a::date)::bigint
  END
$$
--;
CREATE OR REPLACE FUNCTION timestampdiff(part text, a timestamptz, b timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT timestampdiff(part, a AT TIME ZONE 'UTC', b AT TIME ZONE 'UTC')
$$
--;
CREATE OR REPLACE FUNCTION timestampdiff(part text, a timestamp, b timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT timestampdiff(part, a, b AT TIME ZONE 'UTC')
$$
--;
CREATE OR REPLACE FUNCTION timestampdiff(part text, a timestamptz, b timestamp) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT timestampdiff(part, a AT TIME ZONE 'UTC', b)
$$
--;
CREATE OR REPLACE FUNCTION dateadd(part text, n numeric, t timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT t + n * ('1 ' || part)::interval
$$
--;
CREATE OR REPLACE FUNCTION dateadd(part text, n numeric, t timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$
  SELECT t + n * ('1 ' || part)::interval
$$
--;
CREATE OR REPLACE FUNCTION json_extract_path_text(j jsonb, path text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT j #>> string_to_array(path, '.')
$$
