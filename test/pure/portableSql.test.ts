import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { portableStatements } from '../../sql/store/src/setup/schemaFiles.ts'
import { PORTABLE_RULES, unportableIn, unportableStrings } from '../kit/portableRules.ts'

const ROOT = join(import.meta.dirname, '../..')
/** What is for one engine only: the adapters, the loaders of executions, the set-up, the demo's and what is asked of systems under test. */
const OF_ONE_ENGINE =
  /^sql\/store\/src\/(client\/postgres\w*\.ts|execution\/\w+Loader\.ts|setup\/|demo\/|catalog\/|connection\/postgres\w+\.ts|enrichment\/read\w+\.ts|warehouse\/readWarehouse\.ts)/

const storeFiles = (): string[] =>
  execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'sql/store/src'], { cwd: ROOT, encoding: 'utf8' })
    .split('\n')
    .filter(path => path.endsWith('.ts') && !OF_ONE_ENGINE.test(path))

describe('the statements of the control plane', () => {
  it('of the store use nothing that Snowflake lacks', () => {
    const files = storeFiles()
    expect(files).toContain('sql/store/src/run/lease.ts')
    expect(files.flatMap(path => unportableStrings(path, readFileSync(join(ROOT, path), 'utf8')))).toEqual([])
  })

  it('of the schema use nothing that Snowflake lacks', () => {
    const statements = portableStatements()
    expect(statements.length).toBeGreaterThan(10)
    expect(statements.flatMap(statement => unportableIn(statement).map(name => `${name}: ${statement}`))).toEqual([])
  })
})

describe('the check', () => {
  const refused: readonly (readonly [rule: string, sql: string])[] = [
    ['RETURNING', 'UPDATE t SET a = 1 WHERE b = ? RETURNING a'],
    ['RETURNING', 'insert into t (a) select ? returning a'],
    ['ON_CONFLICT', 'INSERT INTO t (a) SELECT ? ON CONFLICT (a) DO NOTHING'],
    ['SKIP_LOCKED', 'SELECT a FROM t FOR UPDATE NOWAIT SKIP LOCKED'],
    ['FOR_UPDATE_WAITS', 'SELECT a FROM t WHERE b = ? FOR UPDATE'],
    ['FOR_UPDATE_WAITS', 'SELECT a FROM t WHERE b = ? FOR NO KEY UPDATE'],
    ['FOR_SHARE', 'SELECT a FROM t FOR SHARE'],
    ['LISTEN_NOTIFY', 'LISTEN runs'],
    ['LISTEN_NOTIFY', "SELECT pg_notify('runs', ?)"],
    ['NUMBERED_PLACEHOLDER', 'SELECT a FROM t WHERE b = $1'],
    ['DOLLAR_QUOTES', 'SELECT $$text$$ AS a'],
    ['DOLLAR_QUOTES', 'SELECT $body$text$body$ AS a'],
    ['LIMIT_PLACEHOLDER', 'SELECT a FROM t LIMIT ?'],
    ['LIMIT_PLACEHOLDER', 'SELECT a FROM t LIMIT 5\n OFFSET ?'],
    ['FILTER_CLAUSE', 'SELECT COUNT(*) FILTER (WHERE a > 1) FROM t'],
    ['DISTINCT_ON', 'SELECT DISTINCT ON (a) a, b FROM t'],
    ['ILIKE', 'SELECT a FROM t WHERE b ILIKE ?'],
    ['JSON_CAST', 'SELECT ?::jsonb'],
    ['JSON_CAST', 'SELECT ?::json'],
    ['JSON_CAST', 'SELECT CAST(? AS jsonb)'],
    ['POSTGRES_CAST', 'SELECT ?::int8'],
    ['POSTGRES_CAST', 'SELECT ?::text[]'],
    ['JSON_ARROW', "SELECT a -> 'b' FROM t"],
    ['JSON_ARROW', "SELECT a ->> 'b' FROM t"],
    ['JSON_ARROW', 'SELECT a FROM t WHERE b @> c'],
    ['NOW', 'SELECT NOW()'],
    ['POSTGRES_CLOCK', 'SELECT clock_timestamp()'],
    ['CURRENT_TIMESTAMP_CALL', 'SELECT CURRENT_TIMESTAMP()'],
    ['CURRENT_TIMESTAMP_CALL', 'SELECT CURRENT_TIMESTAMP(3)'],
    ['PARSE_JSON_IN_VALUES', 'INSERT INTO t (a, b) VALUES (?, PARSE_JSON(?))'],
    ['UNQUOTED_DATE_PART', 'SELECT TIMESTAMPDIFF(SECOND, a, b) FROM t'],
    ['UNQUOTED_DATE_PART', 'SELECT DATEADD(second, 1, a) FROM t'],
    ['POSTGRES_TYPE', 'CREATE TABLE t (a BIGSERIAL)'],
    ['POSTGRES_TYPE', 'CREATE TABLE t (a serial, b int)'],
    ['POSTGRES_TYPE', 'CREATE TABLE t (a JSONB NOT NULL)'],
    ['POSTGRES_TYPE', 'CREATE TABLE t (a TIMESTAMPTZ)'],
    ['ARRAY', 'CREATE TABLE t (a TEXT[])'],
    ['ARRAY', 'SELECT ARRAY[1, 2]'],
    ['ARRAY', 'SELECT a FROM t WHERE b = ANY(?)'],
    ['GENERATE_SERIES', 'SELECT n FROM GENERATE_SERIES(1, 5) AS n'],
    ['ADVISORY_LOCK', 'SELECT pg_advisory_xact_lock(?)'],
    ['ADVISORY_LOCK', 'SELECT pg_try_advisory_lock(?)'],
    ['POSTGRES_CATALOG', 'SELECT 1 FROM pg_class'],
    ['RANDOM', 'SELECT a FROM t ORDER BY RANDOM()'],
    ['SAVEPOINT', 'SAVEPOINT one'],
    ['LATERAL', 'SELECT a FROM t CROSS JOIN LATERAL (SELECT 1) AS x'],
    ['POSTGRES_AGGREGATE', "SELECT STRING_AGG(a, ',') FROM t"],
    ['POSTGRES_AGGREGATE', 'SELECT json_build_object(a, b) FROM t'],
    ['POSTGRES_AGGREGATE', "SELECT JSONB_EXTRACT_PATH_TEXT(a, 'b') FROM t"],
    ['REGEX_OPERATOR', "SELECT a FROM t WHERE b ~* 'x'"],
    ['CONCAT', 'SELECT CONCAT(a, b) FROM t'],
    ['GREATEST_OF_NULL', 'SELECT GREATEST(a, b) FROM t'],
    ['UNTYPED_NULL_TEST', 'SELECT a FROM t WHERE (? IS NULL OR b = ?)'],
    ['IDENTITY', 'CREATE TABLE t (a INTEGER GENERATED ALWAYS AS IDENTITY)'],
    ['CHECK_CONSTRAINT', 'CREATE TABLE t (a INTEGER CHECK (a > 0))'],
    ['CASCADE', 'CREATE TABLE t (a INTEGER REFERENCES u ON DELETE CASCADE)'],
    ['POSTGRES_OBJECT', 'CREATE OR REPLACE FUNCTION f() RETURNS integer'],
    ['SEPARATE_INDEX', 'CREATE INDEX i ON t (a)'],
    ['INDEX_WITHOUT_HYBRID', 'CREATE TABLE IF NOT EXISTS t (\n a INTEGER,\n INDEX i (a)\n)'],
    ['SESSION_SETTING', "SET timezone = 'UTC'"],
    ['BACKSLASH', "SELECT 'a\\nb'"],
    ['BACKSLASH', "SELECT E'x'"],
  ]
  it.each(refused)('finds %s in %j', (name, sql) => {
    expect(unportableIn(sql)).toContain(name)
  })

  it('has seen each of its rules at work', () => {
    expect(new Set(refused.map(([name]) => name))).toEqual(new Set(PORTABLE_RULES.map(({ name }) => name)))
  })

  it.each([
    'UPDATE t SET version = version + 1, at = CURRENT_TIMESTAMP WHERE id = ? AND version = ?',
    'INSERT INTO t (a, b) SELECT ?, PARSE_JSON(?) WHERE NOT EXISTS (SELECT 1 FROM t WHERE a = ?)',
    'INSERT INTO t (a, b) VALUES (?, ?), (?, ?)',
    "SELECT CAST(JSON_EXTRACT_PATH_TEXT(a, 'b.c') AS DOUBLE PRECISION) FROM t",
    "SELECT TIMESTAMPDIFF('second', a, b), DATEADD('second', -5, CURRENT_TIMESTAMP) FROM t",
    'SELECT a FROM t WHERE id = ? FOR UPDATE NOWAIT',
    'SELECT a FROM t ORDER BY b DESC NULLS LAST LIMIT 10 OFFSET 20',
    "SELECT SUM(CASE WHEN a > 1 THEN 1 ELSE 0 END), a['b'], a || '?' FROM t",
    'SELECT \'RETURNING NOW() $1 ILIKE -> ON CONFLICT\' AS words, "random" FROM t -- FOR UPDATE\n/* SKIP LOCKED */',
    'SELECT a FROM t WHERE (CAST(? AS VARCHAR) IS NULL OR b = ?) AND c IN (?, ?) AND d LIKE ?',
    'SELECT GREATEST(COALESCE(a, 0), COALESCE(b, 0)), a::VARCHAR, CAST(b AS DOUBLE PRECISION) FROM t',
    'CREATE HYBRID TABLE IF NOT EXISTS t (a VARCHAR(26) NOT NULL, b VARIANT, CONSTRAINT t_pk PRIMARY KEY (a), INDEX t_b (b))',
    'CREATE TABLE IF NOT EXISTS index_names (a TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP NOT NULL, indexed BOOLEAN)',
  ])('lets %j pass', sql => {
    expect(unportableIn(sql)).toEqual([])
  })

  it('sees literals, templates and their parts, with the line on which they begin', () => {
    const planted = `import { now } from './RETURNING.ts'
const COLUMNS = 'a, NOW() AS b'
const sql = \`SELECT \${COLUMNS} FROM t
  WHERE a = \${column} LIMIT ?\`
const tail = \`ON \${'x'} CONFLICT\` + 'RETURNING id'`
    expect(unportableStrings('planted.ts', planted).map(found => found.split(':').slice(0, 2).join(':'))).toEqual([
      'planted.ts:2 NOW',
      'planted.ts:3 LIMIT_PLACEHOLDER',
      'planted.ts:5 RETURNING',
    ])
  })
})
