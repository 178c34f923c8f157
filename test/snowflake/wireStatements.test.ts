import type { RowStatement } from 'snowflake-sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FreshSnowflake, freshSnowflake } from './kit/freshSnowflake.ts'
import { refusal, signIn } from './kit/signedIn.ts'

const isoOf = (moment: unknown) => (moment as Date).toISOString()
const columnsOf = (statement: RowStatement) => statement.getColumns() ?? []

let fresh: FreshSnowflake
beforeAll(async () => {
  fresh = await freshSnowflake({ rowsPerChunk: 1000 })
})
afterAll(() => fresh.drop())

describe('binds', () => {
  it('takes each type of bind', async () => {
    const { run } = await signIn(fresh.server)
    await run(
      'CREATE HYBRID TABLE binds (id INTEGER PRIMARY KEY, t VARCHAR(20), n INTEGER, r DOUBLE PRECISION, b BOOLEAN, d TIMESTAMP_NTZ, v VARIANT)',
    )
    const at = new Date('2026-03-04T05:06:07.089Z')
    const values = [1, 'text', -5, 2.5, true, at, JSON.stringify({ a: [1] })] as never[]
    const { updated } = await run('INSERT INTO binds (id, t, n, r, b, d, v) SELECT ?, ?, ?, ?, ?, ?, PARSE_JSON(?)', values)
    expect(updated).toBe(1)
    const { rows } = await run('SELECT * FROM binds WHERE id = ?', [1])
    expect(rows).toHaveLength(1)
    const [row] = rows
    expect(row).toMatchObject({ ID: 1, T: 'text', N: -5, R: 2.5, B: true, V: { a: [1] } })
    expect(isoOf(row?.['D'])).toBe('2026-03-04T05:06:07.089Z')
  })

  it('takes null, and binds by number more than once', async () => {
    const { run } = await signIn(fresh.server)
    const { rows } = await run('SELECT CAST(:1 AS VARCHAR) AS a, CAST(:2 AS VARCHAR) AS b, CAST(:1 AS VARCHAR) AS c', [
      'x',
      null,
    ] as never[])
    expect(rows).toEqual([{ A: 'x', B: null, C: 'x' }])
  })

  it('runs an array bind row by row, all or nothing', async () => {
    const { run } = await signIn(fresh.server)
    await run('CREATE HYBRID TABLE many (id INTEGER PRIMARY KEY, t VARCHAR(10))')
    const rows = Array.from({ length: 250 }, (_, id) => [id, `t${id}`])
    expect((await run('INSERT INTO many (id, t) VALUES (?, ?)', rows as never)).updated).toBe(250)
    const error = await refusal(
      run('INSERT INTO many (id, t) VALUES (?, ?)', [
        [1000, 'new'],
        [1, 'there'],
      ] as never),
    )
    expect(error.code).toBe('200001')
    expect((await run('SELECT COUNT(*) AS n FROM many')).rows).toEqual([{ N: 250 }])
  })
})

describe('results', () => {
  it('gives each type as the driver wants it', async () => {
    const { run } = await signIn(fresh.server)
    await run(`CREATE HYBRID TABLE types (id INTEGER PRIMARY KEY, f DOUBLE PRECISION, n NUMERIC(12,2), t VARCHAR(10), b BOOLEAN, d DATE, m TIME,
      z TIMESTAMP_NTZ, l TIMESTAMP_LTZ, v VARIANT)`)
    await run(`INSERT INTO types SELECT 1, 1.5, 12.34, 'é', TRUE, '2026-02-03', '01:02:03.5', '1969-12-31 23:59:58.75', '2026-02-03 04:05:06.123456+02',
      PARSE_JSON('{"a":{"b":null}}')`)
    await run('INSERT INTO types (id) SELECT 2')
    const { rows, statement } = await run('SELECT * FROM types ORDER BY id')
    const [row, empty] = rows
    expect(row).toMatchObject({ ID: 1, F: 1.5, N: 12.34, T: 'é', B: true, V: { a: { b: null } } })
    expect(isoOf(row?.['D'])).toBe('2026-02-03T00:00:00.000Z')
    expect(isoOf(row?.['Z'])).toBe('1969-12-31T23:59:58.750Z')
    expect(isoOf(row?.['L'])).toBe('2026-02-03T02:05:06.123Z')
    expect(String(row?.['M'])).toBe('01:02:03')
    expect(empty).toMatchObject({ ID: 2, F: null, N: null, T: null, B: null, D: null, Z: null, L: null, V: null })
    expect(columnsOf(statement).map(one => [one.getName(), one.getType()])).toEqual([
      ['ID', 'fixed'],
      ['F', 'real'],
      ['N', 'fixed'],
      ['T', 'text'],
      ['B', 'boolean'],
      ['D', 'date'],
      ['M', 'time'],
      ['Z', 'timestamp_ntz'],
      ['L', 'timestamp_ltz'],
      ['V', 'variant'],
    ])
    expect(columnsOf(statement)[2]?.getScale()).toBe(2)
  })

  it('answers an empty SELECT with columns and no rows', async () => {
    const { run } = await signIn(fresh.server)
    const { rows, statement } = await run('SELECT 1 AS one WHERE 1 = 0')
    expect(rows).toEqual([])
    expect(columnsOf(statement).map(one => one.getName())).toEqual(['ONE'])
  })

  it('sends many rows in chunks', async () => {
    const { run } = await signIn(fresh.server)
    await run('CREATE TABLE long (n INTEGER)')
    await run(`INSERT INTO long ${Array.from({ length: 12 }, (_, k) => `SELECT ${k}`).join(' UNION ALL ')}`)
    const { rows } = await run('SELECT a.n * 144 + b.n * 12 + c.n AS n FROM long a, long b, long c ORDER BY 1')
    expect(rows.map(row => row['N'])).toEqual(Array.from({ length: 1728 }, (_, k) => k))
  })

  it('counts what DML has changed', async () => {
    const { run } = await signIn(fresh.server)
    await run('CREATE HYBRID TABLE counted (id INTEGER PRIMARY KEY, n INTEGER)')
    expect((await run('INSERT INTO counted (id, n) VALUES (1, 1), (2, 2), (3, 3)')).updated).toBe(3)
    const update = await run('UPDATE counted SET n = n + 1 WHERE id > ?', [1])
    expect(update.updated).toBe(2)
    expect(update.rows).toEqual([{ 'number of rows updated': 2, 'number of multi-joined rows updated': 0 }])
    const merge = await run(
      `MERGE INTO counted AS t USING (SELECT CAST(? AS INTEGER) AS id UNION ALL SELECT 9) AS s ON t.id = s.id
      WHEN MATCHED THEN UPDATE SET n = 0 WHEN NOT MATCHED THEN INSERT (id, n) VALUES (s.id, 1)`,
      [3],
    )
    expect(merge.updated).toBe(2)
    expect((await run('DELETE FROM counted WHERE id = 1')).updated).toBe(1)
  })

  it('tells the place that USE has left in force', async () => {
    await fresh.server.createDatabase('OTHER', ['S2'])
    const { run, connection } = await signIn(fresh.server)
    await run('USE SCHEMA OTHER.S2')
    await run('CREATE HYBRID TABLE here (id INTEGER PRIMARY KEY)')
    expect((await run('SELECT COUNT(*) AS n FROM OTHER.S2.here')).rows).toEqual([{ N: 0 }])
    expect((connection as unknown as { getServiceName(): unknown }).getServiceName()).toBeDefined()
    expect(await refusal(run('USE DATABASE nowhere'))).toMatchObject({ code: '002043', sqlState: '02000' })
    await run('USE WAREHOUSE control_wh')
    expect((await run("SHOW WAREHOUSES LIKE 'CONTROL%'")).rows).toMatchObject([
      { name: 'CONTROL_WH', is_current: 'Y', running: 0, queued: 0 },
    ])
  })
})

describe('refusals', () => {
  it.each([
    ['SELECT * FROM nowhere', '002003', '42S02'],
    ['SELECT nothing FROM refused', '000904', '42000'],
    ['SELEC 1', '001003', '42000'],
    ['INSERT INTO refused (id, n) VALUES (1, 1)', '200001', '22000'],
    ['INSERT INTO refused (id) VALUES (5)', '100072', '22000'],
    ['SELECT 1 / (id - 1) FROM refused', '100051', '22012'],
  ])('says what Snowflake says: %s', async (sql, code, sqlState) => {
    const { run } = await signIn(fresh.server)
    await run('CREATE HYBRID TABLE IF NOT EXISTS refused (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)')
    await run('INSERT INTO refused SELECT 1, 1 WHERE NOT EXISTS (SELECT 1 FROM refused WHERE id = 1)')
    expect(await refusal(run(sql))).toMatchObject({ name: 'OperationFailedError', code, sqlState })
  })

  it('refuses a statement with fewer binds than it uses', async () => {
    const { run } = await signIn(fresh.server)
    expect((await refusal(run('SELECT CAST(? AS INTEGER) + CAST(? AS INTEGER) AS n', [1]))).code).toBe('002049')
  })

  it('refuses a table without a warehouse in use', async () => {
    const { run } = await signIn(fresh.server, { warehouse: 'NO_SUCH_WH' })
    await run('CREATE HYBRID TABLE unreachable (id INTEGER PRIMARY KEY)')
    expect((await run('SELECT 1 AS one')).rows).toEqual([{ ONE: 1 }])
    expect(await refusal(run('SELECT * FROM unreachable'))).toMatchObject({ code: '000606', sqlState: '57P03' })
  })
})
