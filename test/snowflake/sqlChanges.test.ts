import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTranslatedDatabase, sampleSession, type TranslatedDatabase } from './kit/translatedDatabase.ts'
import { translate } from './server/sql/translate.ts'

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

describe('DML in Snowflake’s SQL', () => {
  it('merges, overwrites, and changes from other tables', async () => {
    await db.run('CREATE TABLE target (id INT, n INT, t STRING)')
    await db.run('INSERT INTO target VALUES (?, ?, ?), (2, 20, NULL), (3, 30, DEFAULT)', ['1', '10', 'a'])
    const merge = `MERGE INTO target AS t USING (SELECT CAST(? AS INTEGER) AS id, CAST(? AS INTEGER) AS n) AS s ON t.id = s.id
      WHEN MATCHED AND s.n = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET t.n = CASE WHEN s.n > 5 THEN s.n ELSE t.n END WHEN NOT MATCHED THEN INSERT (id, n) VALUES (s.id, s.n)`
    for (const binds of [
      ['1', '11'],
      ['2', '0'],
      ['4', '40'],
    ])
      await db.run(merge, binds)
    await db.run("UPDATE target t SET t.n = t.n + v.d, t = 'u' FROM (VALUES (3, 5)) AS v (id, d) WHERE t.id = v.id")
    expect(await db.run('SELECT id, n, t FROM target ORDER BY id')).toEqual([
      { ID: '1', N: '11', T: 'a' },
      { ID: '3', N: '35', T: 'u' },
      { ID: '4', N: '40', T: null },
    ])
    await db.run('DELETE FROM target USING (SELECT 4 AS id) d WHERE target.id = d.id')
    await db.run('INSERT OVERWRITE INTO target SELECT f.value:id, f.value:n, f.value:t FROM TABLE(FLATTEN(PARSE_JSON(?))) f', [
      '[{"id":9,"n":"90","t":"x"}]',
    ])
    expect(await db.run('SELECT * FROM target')).toEqual([{ ID: '9', N: '90', T: 'x' }])
  })

  it('waits for a row’s lock only when told to', () => {
    const inTransaction = sampleSession({ inTransaction: true })
    const steps = (sql: string) => (translate(sql, inTransaction) as { steps: readonly string[] }).steps
    expect(steps('SELECT id FROM orders WHERE id = ? FOR UPDATE')).toEqual([
      'SELECT id FROM "bench.public".orders WHERE id = $1 FOR UPDATE NOWAIT',
    ])
    expect(steps('SELECT id FROM orders WHERE id = ? FOR UPDATE WAIT 5')).toEqual([
      "SET LOCAL lock_timeout = '5000ms'",
      'SELECT id FROM "bench.public".orders WHERE id = $1 FOR UPDATE',
    ])
  })
})

describe('definitions in Snowflake’s SQL', () => {
  it('keeps the keys of a standard table without enforcing them', async () => {
    await db.run("INSERT INTO other.plain VALUES (1, 'a'), (1, 'a')")
    expect(await db.run('SHOW PRIMARY KEYS IN TABLE other.plain')).toMatchObject([
      { table_name: 'PLAIN', column_name: 'ID', key_sequence: '1' },
    ])
    await db.run('TRUNCATE TABLE other.plain')
  })

  it('enforces the keys of a hybrid table', async () => {
    await db.run(
      'CREATE HYBRID TABLE items (id INT NOT NULL, order_id INT NOT NULL, code STRING UNIQUE, CONSTRAINT items_pk PRIMARY KEY (id), FOREIGN KEY (order_id) REFERENCES orders (id))',
    )
    await db.run("INSERT INTO items VALUES (1, 1, 'a')")
    await expect(db.run("INSERT INTO items VALUES (1, 1, 'b')")).rejects.toThrow(/items_pk/)
    await expect(db.run("INSERT INTO items VALUES (2, 1, 'a')")).rejects.toThrow(/unique/)
    await expect(db.run("INSERT INTO items VALUES (3, 999, 'c')")).rejects.toThrow(/foreign key/)
    expect(await db.run('SHOW INDEXES IN TABLE orders')).toMatchObject([
      { name: 'BY_CUSTOMER', is_unique: 'N', columns: '[CUSTOMER]', included_columns: '[AMOUNT]', table: 'ORDERS' },
      { is_unique: 'Y', columns: '[ID]' },
    ])
    await db.run('DROP TABLE items')
  })

  it('makes tables from queries, of every kind', async () => {
    await db.run('CREATE OR REPLACE TABLE copy AS SELECT id, customer FROM orders WHERE id < 4')
    await db.run('CREATE OR REPLACE INTERACTIVE TABLE fast CLUSTER BY (id) AS SELECT * FROM copy')
    await db.run(
      "CREATE OR REPLACE DYNAMIC TABLE lately TARGET_LAG = '1 minute' WAREHOUSE = wh AS SELECT customer, COUNT(*) AS n FROM copy GROUP BY customer",
    )
    await db.run('CREATE OR REPLACE VIEW seen AS SELECT id AS number, customer FROM copy')
    await db.run('CREATE OR REPLACE VIEW seen (a) AS SELECT id FROM copy')
    await db.run('CREATE HYBRID TABLE keyed (id INT PRIMARY KEY, customer STRING) AS SELECT id, customer FROM copy')
    expect(await db.run("SHOW TABLES LIKE '%' IN SCHEMA bench.public")).toMatchObject(
      [
        ['COPY', 'N', 'N', 'N', '3'],
        ['FAST', 'N', 'N', 'Y', '3'],
        ['KEYED', 'Y', 'N', 'N', '3'],
        ['LATELY', 'N', 'Y', 'N', '3'],
        ['ORDERS', 'Y', 'N', 'N', '100'],
        ['TARGET', 'N', 'N', 'N', '1'],
      ].map(([name, is_hybrid, is_dynamic, is_interactive, rows]) => ({
        name,
        is_hybrid,
        is_dynamic,
        is_interactive,
        rows,
        database_name: 'BENCH',
        schema_name: 'PUBLIC',
      })),
    )
    expect(await db.run('SHOW DYNAMIC TABLES')).toMatchObject([{ name: 'LATELY', target_lag: '1 minute' }])
    expect(await db.run("SHOW INTERACTIVE TABLES LIKE 'f%'")).toMatchObject([{ name: 'FAST', cluster_by: 'LINEAR(id)' }])
    expect(await db.run('SHOW HYBRID TABLES IN DATABASE')).toHaveLength(2)
    expect(await db.run('SHOW VIEWS')).toMatchObject([{ name: 'SEEN' }])
    expect(await db.run('SELECT a FROM seen ORDER BY a LIMIT 1')).toEqual([{ A: '1' }])
    for (const drop of [
      'DROP TABLE fast',
      'DROP DYNAMIC TABLE lately',
      'DROP VIEW seen',
      'DROP TABLE IF EXISTS keyed',
      'DROP TABLE IF EXISTS copy',
    ])
      await db.run(drop)
    expect(db.kinds.has('bench.public.fast')).toBe(false)
  })

  it('describes a table, adds columns, and tells of a missing one', async () => {
    await db.run(
      "CREATE TABLE described (id NUMBER(10,0) NOT NULL, t VARCHAR(20) DEFAULT 'x', at TIMESTAMP_LTZ, o OBJECT, z TIMESTAMP_TZ, f FLOAT, PRIMARY KEY (id))",
    )
    await db.run('ALTER TABLE described ADD COLUMN IF NOT EXISTS b BOOLEAN DEFAULT FALSE NOT NULL')
    await db.run('ALTER TABLE described ADD COLUMN IF NOT EXISTS b BOOLEAN')
    const rows = await db.run('DESCRIBE TABLE bench.public.described')
    expect(rows.map(row => [row['name'], row['type'], row['null?'], row['default'], row['primary key']])).toEqual([
      ['ID', 'NUMBER(10,0)', 'N', null, 'Y'],
      ['T', 'VARCHAR(20)', 'Y', "'x'", 'N'],
      ['AT', 'TIMESTAMP_LTZ(9)', 'Y', null, 'N'],
      ['O', 'OBJECT', 'Y', null, 'N'],
      ['Z', 'TIMESTAMP_TZ(9)', 'Y', null, 'N'],
      ['F', 'FLOAT', 'Y', null, 'N'],
      ['B', 'BOOLEAN', 'N', 'false', 'N'],
    ])
    expect(await db.run('SHOW COLUMNS IN TABLE described')).toHaveLength(7)
    await expect(db.run('DESC TABLE nothing')).rejects.toThrow(/does not exist/)
    await db.run('DROP TABLE described')
  })

  it('keeps databases apart', async () => {
    await db.run('CREATE DATABASE IF NOT EXISTS second')
    await db.run('CREATE TABLE second.public.t (id INT)')
    await db.run('INSERT INTO second..t VALUES (7)')
    expect(await db.run('SELECT id FROM second.public.t')).toEqual([{ ID: '7' }])
    expect(await db.run('SHOW TABLES IN DATABASE second')).toMatchObject([{ name: 'T', database_name: 'SECOND' }])
    expect((await db.run('SHOW DATABASES')).map(row => row['name'])).toEqual(['BENCH', 'SECOND'])
    expect(await db.run('SHOW SCHEMAS IN DATABASE bench')).toMatchObject([
      { name: 'INFORMATION_SCHEMA' },
      { name: 'OTHER' },
      { name: 'PUBLIC' },
    ])
    await expect(db.run('SHOW TABLES IN SCHEMA second.nothing')).rejects.toThrow(/does not exist/)
    await db.run('DROP DATABASE second')
    await expect(db.run('SHOW SCHEMAS IN DATABASE second')).rejects.toThrow(/does not exist/)
    await expect(db.run('SELECT id FROM second.public.t')).rejects.toThrow(/does not exist/)
  })
})
