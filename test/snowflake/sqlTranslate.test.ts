import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTranslatedDatabase, type TranslatedDatabase } from './kit/translatedDatabase.ts'

let db: TranslatedDatabase

beforeAll(async () => {
  db = await openTranslatedDatabase()
  await db.run('CREATE SCHEMA other')
  await db.run(`CREATE HYBRID TABLE orders (id INT AUTOINCREMENT PRIMARY KEY, customer VARCHAR(40) NOT NULL, amount NUMBER(12, 2) DEFAULT 0, "Note" STRING,
    placed TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP(), detail VARIANT, INDEX by_customer (customer) INCLUDE (amount))`)
  await db.run(`INSERT INTO orders (customer, amount, "Note", placed, detail)
    SELECT 'c' || MOD(SEQ4(), 10), SEQ4() * 1.5, NULL, '2026-01-02 03:04:05.678', PARSE_JSON('{"a":{"b":[1,2,"x"]},"n":5}') FROM TABLE(GENERATOR(ROWCOUNT => 100))`)
  await db.run('CREATE TABLE other.plain (id NUMBER PRIMARY KEY, name STRING UNIQUE)')
})
afterAll(() => db.close())

type Cell = string | null

/** A query, its binds, and its rows: cells in order, as text. */
const QUERIES: readonly (readonly [string, readonly Cell[], readonly (readonly Cell[])[]])[] = [
  ['SELECT 1 AS one, 1/2 AS half, 7 / 2 * 2 AS seven', [], [['1', '0.50000000000000000000', '7.0000000000000000']]],
  ["SELECT ?, ? IS NULL, ? || 'x'", ['a', null, 'b'], [['a', 't', 'bx']]],
  ['SELECT COUNT(*) FROM orders WHERE (? IS NULL OR customer = ?)', [null, null], [['100']]],
  ['SELECT :1 a, :2 b, :1 c', ['a', 'b'], [['a', 'b', 'a']]],
  ["SELECT 'it''s', 'a\\'b\\n', $$raw ' \\n$$", [], [["it's", "a'b\n", "raw ' \\n"]]],
  [
    "SELECT detail:a.b[2]::STRING, detail['a']['b'][0]::INT, GET_PATH(detail, 'a.b[1]'), ARRAY_SIZE(detail:a.b) FROM orders LIMIT 1",
    [],
    [['x', '1', '2', '3']],
  ],
  ['SELECT o.detail:n::NUMBER + 1 n FROM orders o WHERE o.id = 1', [], [['6']]],
  ["SELECT PARSE_JSON(?):k::VARCHAR, PARSE_JSON('') IS NULL", ['{"k":"v"}'], [['v', 't']]],
  [
    "SELECT TIMESTAMPDIFF('millisecond', placed, '2026-01-02 03:04:06') , DATEDIFF(day, placed, '2026-01-05'::TIMESTAMP_NTZ), TIMESTAMPDIFF(SECOND, '2026-01-01 00:00:00.9', '2026-01-01 00:00:01.1') FROM orders LIMIT 1",
    [],
    [['322', '3', '1']],
  ],
  [
    "SELECT DATEADD(month, 1, '2026-01-31'::DATE), DATEADD('second', ?, '2026-01-01'::TIMESTAMP_NTZ)",
    ['90'],
    [['2026-02-28', '2026-01-01 00:01:30']],
  ],
  [
    "SELECT TO_VARCHAR('2026-01-02 03:04:05.678'::TIMESTAMP_NTZ), TO_VARCHAR(12), TO_CHAR('2026-01-02'::TIMESTAMP_NTZ, 'YYYY/MM/DD')",
    [],
    [['2026-01-02 03:04:05.678', '12', '2026/01/02']],
  ],
  [
    "SELECT TO_TIMESTAMP_NTZ(1767225600), TO_TIMESTAMP_NTZ('1767225600000'), TO_TIMESTAMP_NTZ(1767225600500, 3), TO_TIMESTAMP_NTZ('2026-01-01T00:00:00.5Z')",
    [],
    [['2026-01-01 00:00:00', '2026-01-01 00:00:00', '2026-01-01 00:00:00.5', '2026-01-01 00:00:00.5']],
  ],
  [
    "SELECT IFF(1 > 2, 'a', 'b'), NVL(NULL, 'c'), ZEROIFNULL(NULL), NVL2(?, 1, 2), COALESCE(?, 'z')",
    [null, null],
    [['b', 'c', '0', '2', 'z']],
  ],
  ['SELECT GREATEST(1, 3, 2), GREATEST(1, NULL), GREATEST_IGNORE_NULLS(1, NULL), LEAST(4, 3)', [], [['3', null, '1', '3']]],
  [
    "SELECT HASH(1, 'a') = HASH(1, 'a'), HASH(1) = HASH(2), MOD(7, 4), ABS(MOD(HASH(id, 42), 10)) < 10 FROM orders WHERE id = 1",
    [],
    [['t', 'f', '3', 't']],
  ],
  [
    'SELECT COUNT_IF(id > 90), APPROX_COUNT_DISTINCT(customer), MEDIAN(id), PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY id) FROM orders',
    [],
    [['10', '10', '50.5', '50.5']],
  ],
  ["SELECT LISTAGG(DISTINCT customer, ',') WITHIN GROUP (ORDER BY customer) FROM orders WHERE id <= 3", [], [['c0,c1,c2']]],
  ['SELECT customer, COUNT(*) n FROM orders GROUP BY customer HAVING COUNT(*) > 5 ORDER BY customer LIMIT 1 OFFSET 1', [], [['c1', '10']]],
  ['SELECT id FROM orders ORDER BY id FETCH FIRST 2 ROWS ONLY', [], [['1'], ['2']]],
  [
    "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v (n, t) ORDER BY n",
    [],
    [
      ['1', 'a'],
      ['2', 'b'],
    ],
  ],
  ["SELECT column1 + 1, column2 FROM VALUES (1, 'a')", [], [['2', 'a']]],
  [
    'SELECT f.value:x::INT, f.index FROM TABLE(FLATTEN(INPUT => PARSE_JSON(?))) f ORDER BY f.index',
    ['[{"x":5},{"x":6}]'],
    [
      ['5', '0'],
      ['6', '1'],
    ],
  ],
  [
    "SELECT f.key, f.value::STRING FROM orders o, LATERAL FLATTEN(INPUT => o.detail, PATH => 'a') f WHERE o.id = 1",
    [],
    [['b', '[1, 2, "x"]']],
  ],
  ['SELECT COUNT(*) FROM orders SAMPLE (10 ROWS)', [], [['10']]],
  ['SELECT COUNT(*) FROM orders TABLESAMPLE SYSTEM (100) SEED (7)', [], [['100']]],
  ['SELECT COUNT(*) <= 100 FROM orders AS o SAMPLE BERNOULLI (50) REPEATABLE (3) WHERE o.id > 0', [], [['t']]],
  ['SELECT COUNT(*) <= 100 FROM (SELECT * FROM orders) SAMPLE (50)', [], [['t']]],
  ['WITH a AS (SELECT 1 AS n), b (m) AS (SELECT n + 1 FROM a) SELECT a.n, b.m FROM a JOIN b ON a.n < b.m', [], [['1', '2']]],
  ['SELECT 1 UNION ALL SELECT 2 MINUS SELECT 2', [], [['1']]],
  ['SELECT bench.public.orders.id FROM bench.public.orders WHERE orders.id = 3', [], [['3']]],
  ['SELECT COUNT(*) FROM OTHER.PLAIN p LEFT JOIN orders o ON p.id = o.id', [], [['0']]],
  [
    "SELECT CASE WHEN id = 1 THEN 'one' ELSE NULL END first, RANK() OVER (PARTITION BY customer ORDER BY id DESC) FROM orders WHERE id = 1",
    [],
    [['one', '1']],
  ],
  [
    'SELECT CURRENT_DATABASE(), CURRENT_SCHEMA(), CURRENT_USER, CURRENT_USER(), CURRENT_ROLE(), CURRENT_WAREHOUSE(), CURRENT_VERSION() IS NOT NULL',
    [],
    [['BENCH', 'PUBLIC', 'TESTER', 'TESTER', 'SYSADMIN', 'WH', 't']],
  ],
  [
    "SELECT CURRENT_TIMESTAMP() > CURRENT_TIMESTAMP - INTERVAL '30 seconds', CURRENT_TIMESTAMP(3)::DATE = CURRENT_DATE, SYSDATE() IS NOT NULL",
    [],
    [['t', 't', 't']],
  ],
  [
    'SELECT LENGTH(UUID_STRING()), LENGTH(RANDSTR(12, RANDOM())), UNIFORM(1, 3, RANDOM()) BETWEEN 1 AND 3, UNIFORM(0::FLOAT, 1::FLOAT, RANDOM(7)) < 1',
    [],
    [['36', '12', 't', 't']],
  ],
  [
    "SELECT OBJECT_CONSTRUCT('a', 1, 'b', NULL), ARRAY_CONSTRUCT(1, 'x'), TYPEOF(PARSE_JSON('1')), TO_JSON(PARSE_JSON('\"q\"'))",
    [],
    [['{"a": 1}', '[1, "x"]', 'INTEGER', '"q"']],
  ],
  ['SELECT ARRAY_AGG(id) WITHIN GROUP (ORDER BY id DESC) FROM orders WHERE id < 4', [], [['[3, 2, 1]']]],
  [
    "SELECT TRY_CAST('x' AS INT), TRY_TO_NUMBER('12'), CAST('12.5' AS NUMBER(10, 1)), CAST(? AS VARCHAR)",
    ['v'],
    [[null, '12', '12.5', 'v']],
  ],
  [
    "SELECT 'abc' LIKE ANY ('a%', 'b%'), 'abc' RLIKE 'a.c', 'abc' ILIKE 'A%', STARTSWITH('abc', 'ab'), CONTAINS('abc', 'b')",
    [],
    [['t', 't', 't', 't', 't']],
  ],
  ['SELECT COUNT(*) FROM orders WHERE id BETWEEN ? AND ? AND customer IN (?, ?)', ['1', '20', 'c1', 'c2'], [['4']]],
  [
    "SELECT EXTRACT(year FROM placed), DATE_PART(epoch_second, placed), YEAR(placed), DATE_TRUNC('minute', placed) FROM orders LIMIT 1",
    [],
    [['2026', '1767323045', '2026', '2026-01-02 03:04:00']],
  ],
  ['SELECT "Note", "ID" FROM orders WHERE "ID" = 1', [], [[null, '1']]],
  [
    "SELECT TABLE_NAME, TABLE_TYPE, ROW_COUNT, IS_HYBRID FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'PUBLIC' AND LOWER(table_name) = 'orders'",
    [],
    [['ORDERS', 'BASE TABLE', '100', 'YES']],
  ],
  [
    "SELECT c.COLUMN_NAME, c.DATA_TYPE, c.IS_NULLABLE, c.NUMERIC_PRECISION, c.NUMERIC_SCALE, c.CHARACTER_MAXIMUM_LENGTH, c.IS_IDENTITY, c.COLUMN_DEFAULT FROM BENCH.INFORMATION_SCHEMA.COLUMNS c WHERE c.TABLE_NAME = 'ORDERS' ORDER BY c.ORDINAL_POSITION",
    [],
    [
      ['ID', 'NUMBER', 'NO', '38', '0', null, 'YES', null],
      ['CUSTOMER', 'TEXT', 'NO', null, null, '40', 'NO', null],
      ['AMOUNT', 'NUMBER', 'YES', '12', '2', null, 'NO', '0'],
      ['Note', 'TEXT', 'YES', null, null, '16777216', 'NO', null],
      ['PLACED', 'TIMESTAMP_NTZ', 'YES', null, null, null, 'NO', 'CURRENT_TIMESTAMP()'],
      ['DETAIL', 'VARIANT', 'YES', null, null, null, 'NO', null],
    ],
  ],
  [
    'SELECT CONSTRAINT_TYPE, TABLE_NAME, ENFORCED FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS ORDER BY TABLE_NAME, CONSTRAINT_TYPE',
    [],
    [
      ['PRIMARY KEY', 'ORDERS', 'YES'],
      ['PRIMARY KEY', 'PLAIN', 'NO'],
      ['UNIQUE', 'PLAIN', 'NO'],
    ],
  ],
  ['SELECT SCHEMA_NAME FROM INFORMATION_SCHEMA.SCHEMATA ORDER BY 1', [], [['INFORMATION_SCHEMA'], ['OTHER'], ['PUBLIC']]],
]

describe('a query in Snowflake’s SQL', () => {
  it.each(QUERIES)('%s', async (sql, binds, expected) => {
    expect((await db.run(sql, binds)).map(row => Object.values(row))).toEqual(expected)
  })

  it('is planned by EXPLAIN without values for its binds', async () => {
    for (const sql of [
      'SELECT * FROM orders WHERE id = ? AND (? IS NULL OR customer = ?) AND detail:a = PARSE_JSON(?)',
      'INSERT INTO orders (customer, amount) VALUES (?, ?)',
      'UPDATE orders SET amount = amount + ? WHERE id = ?',
      'DELETE FROM orders WHERE placed < DATEADD(day, ?, CURRENT_TIMESTAMP)',
    ]) {
      for (const using of ['', 'USING TEXT ', 'USING JSON ', 'USING TABULAR '])
        expect((await db.run(`EXPLAIN ${using}${sql}`)).length).toBeGreaterThan(0)
    }
    await expect(db.run('EXPLAIN SELECT nothing FROM orders')).rejects.toThrow(/does not exist/)
    expect(await db.run('SELECT COUNT(*) n FROM orders')).toEqual([{ N: '100' }])
  })

  it('names columns as Snowflake does', async () => {
    const [row] = await db.run(
      'select count(*), max(id), null, id + 1, \'x\', "Note", detail:n, o.id as "runId" from orders o where id = 1 group by id, "Note", detail',
    )
    expect(Object.keys(row ?? {})).toEqual(['COUNT(*)', 'MAX(ID)', 'NULL', 'ID + 1', "'x'", 'Note', 'DETAIL:N', 'runId'])
  })

  it('repeats its chance with a seed, and not without', async () => {
    const draw = async (seed: string) =>
      (await db.run(`SELECT RANDOM(${seed}) r FROM TABLE(GENERATOR(ROWCOUNT => 5))`)).map(row => row['R'])
    expect(await draw('42')).toEqual(await draw('42'))
    expect(new Set(await draw('42')).size).toBe(5)
    expect(await draw('')).not.toEqual(await draw(''))
  })

  it('reads a clock that may be moved', async () => {
    await db.client.query("SET flakebench.clock_skew_ms = '3600000'")
    const [row] = await db.run("SELECT TIMESTAMPDIFF('minute', ?, CURRENT_TIMESTAMP) AS ahead", [new Date().toISOString()])
    await db.client.query('RESET flakebench.clock_skew_ms')
    expect(Number(row?.['AHEAD'])).toBeGreaterThanOrEqual(59)
  })
})
