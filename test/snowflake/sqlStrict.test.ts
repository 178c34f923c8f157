import { describe, expect, it } from 'vitest'
import { sampleSession } from './kit/translatedDatabase.ts'
import { STRICT_RULES, UNREADABLE } from './server/sql/strictRules.ts'
import { translate } from './server/sql/translate.ts'
import { type SessionView, SnowflakeError, type TableKind } from './server/sql/translation.ts'

const KINDS = new Map<string, TableKind>([
  ['bench.public.h', 'HYBRID'],
  ['bench.public.h2', 'HYBRID'],
  ['bench.public.t', 'STANDARD'],
  ['bench.public.i', 'INTERACTIVE'],
  ['bench.public.d', 'DYNAMIC'],
  ['bench.public.v', 'VIEW'],
])

const refusalOf = (sql: string, change: Partial<SessionView> = {}): SnowflakeError => {
  try {
    translate(sql, sampleSession(change, KINDS))
  } catch (error) {
    if (error instanceof SnowflakeError) return error
    throw error
  }
  throw new Error(`taken: ${sql}`)
}

/** Statements that Snowflake refuses, and its code. */
const REFUSED: readonly (readonly [string, string])[] = [
  ['INSERT INTO h (id) VALUES (?) RETURNING id', '001003'],
  ['INSERT INTO h (id) VALUES (?) ON CONFLICT DO NOTHING', '001003'],
  ['INSERT INTO h (id) SELECT ? ON CONFLICT (id) DO UPDATE SET id = 1', '001003'],
  ['SELECT * FROM h WHERE id = $1', '001003'],
  ['SELECT * FROM h LIMIT ?', '002010'],
  ['SELECT * FROM h LIMIT 5 OFFSET ?', '002010'],
  ['INSERT INTO h (id, j) VALUES (?, PARSE_JSON(?))', '002014'],
  ['INSERT INTO h (id) VALUES (?::INT)', '002014'],
  ['INSERT INTO h (id) VALUES (UPPER(?))', '002014'],
  ['INSERT INTO h (id) VALUES ((SELECT 1))', '002014'],
  ['SELECT id FROM h WHERE id = ? FOR UPDATE SKIP LOCKED', '001003'],
  ['LISTEN changes', '001003'],
  ['NOTIFY changes', '001003'],
  ['SAVEPOINT a', '001003'],
  ['ROLLBACK TO SAVEPOINT a', '001003'],
  ['BEGIN ISOLATION LEVEL SERIALIZABLE', '001003'],
  ['SELECT COUNT(*) FILTER (WHERE id > 1) FROM h', '001003'],
  ['SELECT DISTINCT ON (id) id FROM h', '001003'],
  ['SELECT * FROM h WHERE id = ANY(?)', '001003'],
  ['SELECT j::jsonb FROM h', '002040'],
  ["SELECT j->>'a' FROM h", '001003'],
  ["SELECT j->'a' FROM h", '001003'],
  ["SELECT * FROM h WHERE j @> '{}'", '001003'],
  ["SELECT * FROM h WHERE n ~ 'x'", '001003'],
  ['SELECT pg_sleep(1)', '002140'],
  ['SELECT NOW()', '002140'],
  ['SELECT jsonb_build_object(1, 2)', '002140'],
  ['SELECT * FROM generate_series(1, 2)', '001003'],
  ['SELECT ARRAY[1, 2]', '001003'],
  ["SELECT E'a'", '001003'],
  ['CREATE FUNCTION f() RETURNS int AS $$ SELECT 1 $$', '001003'],
  ['CREATE EXTENSION x', '001003'],
  ['VACUUM h', '001003'],
  ['CREATE INDEX x ON t (a)', '000002'],
  ['CREATE TABLE x (a INT, INDEX i (a))', '000002'],
  ['CREATE HYBRID TABLE x (a INT)', '391400'],
  ['CREATE HYBRID TABLE x (a INT PRIMARY KEY) CLUSTER BY (a)', '000002'],
  ['CREATE TEMPORARY HYBRID TABLE x (a INT PRIMARY KEY)', '000002'],
  ['CREATE TRANSIENT HYBRID TABLE x (a INT PRIMARY KEY)', '000002'],
  ['CREATE HYBRID TABLE x (a INT PRIMARY KEY, j VARIANT, INDEX i (j))', '000002'],
  ['CREATE HYBRID TABLE x (a INT PRIMARY KEY, b INT, FOREIGN KEY (b) REFERENCES h (id))', '000002'],
  ...['JSONB', 'SERIAL', 'TIMESTAMPTZ', 'UUID', 'BYTEA'].map(type => [`CREATE TABLE x (a ${type})`, '002040'] as const),
  ['UPDATE i SET a = 1', '000002'],
  ['DELETE FROM i', '000002'],
  ['INSERT INTO i VALUES (1)', '000002'],
  ['MERGE INTO i USING t ON i.a = t.a WHEN MATCHED THEN DELETE', '000002'],
  ['INSERT INTO d VALUES (1)', '000002'],
  ['UPDATE v SET a = 1', '000002'],
  ['SELECT * FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE', '002003'],
  ['SELECT 1; SELECT 2', '000008'],
  ['SELECT * FROM h SAMPLE (10 ROWS) SEED (1)', '001003'],
  ['CREATE INTERACTIVE TABLE x (a INT)', '001003'],
  ['CREATE DYNAMIC TABLE x AS SELECT 1 AS a', '001003'],
  ["SELECT 'open", '001003'],
  ['SELECT (1', '001003'],
  ['', '000900'],
]

describe('in strict mode', () => {
  it.each(REFUSED)('refuses %s', (sql, code) => {
    expect(refusalOf(sql)).toMatchObject({ code, sqlState: expect.stringMatching(/^[0-9A-Z]{5}$/) })
  })

  it('locks rows of one hybrid table in a transaction, and nothing else', () => {
    expect(refusalOf('SELECT id FROM h WHERE id = ? FOR UPDATE').message).toContain('begin a transaction')
    const inTransaction = { inTransaction: true }
    expect(refusalOf('SELECT id FROM t WHERE id = ? FOR UPDATE', inTransaction).message).toContain('T is none')
    for (const sql of [
      'SELECT h.id FROM h JOIN h2 ON h.id = h2.id FOR UPDATE',
      'SELECT COUNT(*) FROM h FOR UPDATE',
      'SELECT DISTINCT id FROM h FOR UPDATE',
      'SELECT id FROM h GROUP BY id FOR UPDATE',
    ]) {
      expect(refusalOf(sql, inTransaction).code).toBe('000002')
    }
    expect(translate('SELECT id FROM h WHERE id = ? FOR UPDATE', sampleSession(inTransaction, KINDS))).toMatchObject({
      writes: [{ schema: 'bench.public', table: 'h' }],
    })
  })

  it('takes what Snowflake takes', () => {
    for (const sql of [
      'INSERT INTO h (id, at, who) VALUES (?, CURRENT_TIMESTAMP, CURRENT_USER()), (-1, CURRENT_TIMESTAMP(), NULL)',
      'INSERT OVERWRITE INTO i SELECT * FROM t',
      "SELECT id FROM h WHERE name LIKE ANY ('a%', 'b%') AND id IS DISTINCT FROM 3",
      'SELECT t.filter, t.returning FROM t',
      'CREATE INDEX IF NOT EXISTS x ON h (a)',
      'CREATE HYBRID TABLE x (a INT PRIMARY KEY, b INT NOT NULL REFERENCES h (id))',
      'SELECT 1;',
    ]) {
      expect(() => translate(sql, sampleSession({}, KINDS)), sql).not.toThrow()
    }
  })

  it('says where it could not read on', () => {
    expect(refusalOf('UPDATE h\nSET id = 1 RETURNING id').message).toBe(
      "SQL compilation error:\nsyntax error line 2 at position 11 unexpected 'RETURNING'.",
    )
  })

  it('has a reason for each rule', () => {
    for (const { name, why } of [...STRICT_RULES, ...UNREADABLE]) expect(why, name).toMatch(/\.$/)
  })
})

describe('not in strict mode', () => {
  it('lets PostgreSQL decide', () => {
    const lenient = sampleSession({ strict: false }, KINDS)
    for (const sql of [
      'UPDATE i SET a = 1',
      'SELECT * FROM h LIMIT ?',
      'INSERT INTO h (j) VALUES (PARSE_JSON(?))',
      'SELECT pg_sleep(1)',
      'SELECT id FROM t FOR UPDATE',
    ]) {
      expect(() => translate(sql, lenient), sql).not.toThrow()
    }
  })
})
