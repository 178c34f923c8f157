import {
  CatalogGap,
  catalogOf,
  newCredentialKey,
  newId,
  putConnection,
  SnowflakeFailure,
  type SnowflakeSettings,
  sealSecret,
} from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { catalogReader } from '../../server/src/catalog/catalogReader.ts'
import { carefulSignIns } from '../../server/src/warehouse/carefulSignIns.ts'
import { explainSnowflake } from '../../server/src/warehouse/explainSnowflake.ts'
import { clusteringParts } from '../../sql/store/src/catalog/readSnowflakeTable.ts'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { engineOn } from '../kit/snowflakeLoad.ts'
import { withSnowflake } from '../kit/withSnowflake.ts'
import { type FreshSnowflake, freshSnowflake } from './kit/freshSnowflake.ts'

/** Where one of them is meant as a pattern, it finds others too. */
const ODD_NAMES = ['A_B', 'AXB', 'A%B', 'A\\B', "A'B", 'A\\_B']

let fresh: FreshSnowflake
beforeAll(async () => {
  fresh = await freshSnowflake({ warehouses: [{ name: 'BENCH_WH' }, { name: 'QUICK_WH', isInteractive: true }] })
  await withSnowflake(fresh.server.url, async execute => {
    for (const statement of [
      "CREATE TABLE PLAIN (ID NUMBER(10,0) NOT NULL, T VARCHAR(16) DEFAULT 'x', D DATE) CLUSTER BY (D, ID)",
      'INSERT INTO PLAIN (ID) VALUES (1), (2)',
      'CREATE HYBRID TABLE FAST (A NUMBER(10,0), B NUMBER(10,0), PRIMARY KEY (B, A))',
      'CREATE VIEW LOOK AS SELECT * FROM PLAIN',
      "CREATE DYNAMIC TABLE LATE TARGET_LAG = '1 minute' WAREHOUSE = BENCH_WH AS SELECT * FROM PLAIN",
      'CREATE INTERACTIVE TABLE NOW CLUSTER BY (ID) AS SELECT * FROM PLAIN',
      "CREATE INTERACTIVE TABLE NOW_AND_THEN CLUSTER BY (ID) TARGET_LAG = '1 minute' WAREHOUSE = BENCH_WH AS SELECT * FROM PLAIN",
      'CREATE TABLE "Mixed Case" (ID NUMBER(10,0))',
      'CREATE SCHEMA ODD',
      ...ODD_NAMES.map(name => `CREATE TABLE ODD."${name}" (A NUMBER(10,0), ID NUMBER(10,0), CODE VARCHAR(8) UNIQUE)`),
    ])
      await execute(statement)
  })
})
afterAll(() => fresh.drop())

const savedSettings = (): SnowflakeSettings => ({
  account: 'FLAKEBENCH',
  user: 'BENCH',
  role: null,
  authenticator: 'PASSWORD',
  tokenFile: null,
  accessUrl: fresh.server.url,
})

const catalogWith = (change: Partial<SnowflakeSettings> = {}, secret = 'bench', mostListed?: number) =>
  catalogOf(
    { id: newId(), name: 'Snow', type: 'SNOWFLAKE', settings: { ...savedSettings(), ...change }, sealedCredentials: null },
    { secret, tokenFolder: null },
    mostListed,
  )

describe('a catalog of Snowflake', () => {
  it('lists databases, schemas and warehouses', async () => {
    const catalog = catalogWith()
    expect(await catalog.listDatabases(null)).toEqual({ rows: [{ name: 'BENCH', comment: null }], isCut: false })
    const schemas = ['ODD', 'PUBLIC'].map(name => ({ name, comment: null }))
    expect(await catalog.listSchemas('BENCH', null)).toEqual({ rows: schemas, isCut: false })
    expect(await catalog.listSchemas('bench', null)).toEqual({ rows: schemas, isCut: false })
    expect((await catalog.listSchemas('bench', 'ubl')).rows).toEqual(schemas.slice(1))
    expect((await catalog.listDatabases('x')).rows).toEqual([])
    expect((await catalog.listWarehouses()).map(({ name, isInteractive }) => [name, isInteractive])).toEqual([
      ['BENCH_WH', false],
      ['QUICK_WH', true],
    ])
  })

  it('tells tables from views, and which kind of table each is', async () => {
    const { rows: tables } = await catalogWith().listTables('BENCH', 'PUBLIC', null)
    expect(tables.map(({ name, tableType, rowEstimate }) => [name, tableType, rowEstimate])).toEqual([
      ['FAST', 'HYBRID', 0],
      ['LATE', 'DYNAMIC', 2],
      ['LOOK', 'VIEW', null],
      ['Mixed Case', 'STANDARD', 0],
      ['NOW', 'INTERACTIVE', 2],
      ['NOW_AND_THEN', 'INTERACTIVE', 2],
      ['PLAIN', 'STANDARD', 2],
    ])
  })

  it('shows columns, keys and hints of a table, its name written as one likes', async () => {
    const catalog = catalogWith()
    const read = (table: string) => catalog.readTable({ database: 'bench', schema: 'public', table })
    const plain = await read('plain')
    expect(plain).toMatchObject({
      database: 'BENCH',
      schema: 'PUBLIC',
      table: { name: 'PLAIN' },
      keyColumns: [],
      clusteringColumns: ['D', 'ID'],
    })
    expect(plain.lookup).toEqual({ column: 'ID', reason: 'NAME', keyColumns: [], isWholeKey: false, hasIndex: null })
    expect(plain.hints.slice(1)).toEqual([
      'It has no primary key and no unique key: lookups use ID, because of its name, and may find several rows.',
      'Its clustering key does not begin with ID: a lookup may read every partition.',
    ])
    expect(plain.columns).toEqual([
      { name: 'ID', type: 'NUMBER(10,0)', nullable: false, isKey: false, hasDefault: false, comment: null },
      { name: 'T', type: 'VARCHAR(16)', nullable: true, isKey: false, hasDefault: true, comment: null },
      { name: 'D', type: 'DATE', nullable: true, isKey: false, hasDefault: false, comment: null },
    ])
    expect(await read('FAST')).toMatchObject({ keyColumns: ['B', 'A'], lookup: { column: 'B', reason: 'PRIMARY_KEY', hasIndex: true } })
    expect((await read('LOOK')).hints).toEqual([
      'It is a view: what is measured is its query. It takes no writes.',
      'Lookups use ID, because of its name, and may find several rows.',
    ])
    expect((await read('NOW')).hints).toContain('On an interactive warehouse every statement ends after 5 s.')
    expect((await read('Mixed Case')).table.name).toBe('Mixed Case')
  })

  it('finds each name as it stands, whatever a pattern would make of it', async () => {
    const catalog = catalogWith()
    const { target } = samplePlan()
    for (const table of ODD_NAMES) {
      const place = { database: 'BENCH', schema: 'ODD', table }
      expect(await catalog.readTable(place)).toMatchObject({
        table: { name: table },
        lookup: { column: 'CODE', reason: 'UNIQUE_KEY', isWholeKey: true },
      })
      const engine = engineOn({ ...place, settings: savedSettings(), password: 'bench', warehouse: 'BENCH_WH', tableType: 'STANDARD' })
      expect((await engine.describe(target)).keyColumn).toBe('CODE')
      expect(await engine.tableName(target)).toBe(`"BENCH"."ODD"."${table}"`)
    }
    const search = async (text: string) => (await catalog.listTables('BENCH', 'ODD', text)).rows.map(({ name }) => name)
    expect(await search('a_b')).toEqual(['A_B'])
    expect(await search('%')).toEqual(['A%B'])
    expect(await search('\\')).toEqual(['A\\B', 'A\\_B'])
    expect(await search("'")).toEqual(["A'B"])
  })

  it('says where a list is cut, and finds what is beyond', async () => {
    const catalog = catalogWith({}, 'bench', 2)
    expect(await catalog.listTables('BENCH', 'PUBLIC', null)).toMatchObject({ rows: [{ name: 'FAST' }, { name: 'LATE' }], isCut: true })
    expect(await catalog.listTables('BENCH', 'PUBLIC', 'PLA')).toMatchObject({ rows: [{ name: 'PLAIN' }], isCut: false })
    expect((await catalog.listSchemas('BENCH', null)).isCut).toBe(false)
  })

  it('tells the columns of a clustering key from expressions', () => {
    expect(clusteringParts('LINEAR(A, "b,c", to_date(D), e)')).toEqual(['A', 'b,c', null, 'E'])
    expect(clusteringParts('')).toEqual([])
  })

  it('uses no warehouse', async () => {
    fresh.server.clearLog()
    await catalogWith().readTable({ database: 'BENCH', schema: 'PUBLIC', table: 'FAST' })
    expect(fresh.server.statements().every(({ text }) => /^(SHOW|DESCRIBE)/.test(text))).toBe(true)
  })

  it('says what to do about what is not there, or not to be seen', async () => {
    const catalog = catalogWith({ role: 'BENCH_ROLE' })
    const gaps = [
      [
        () => catalog.listSchemas('NOWHERE', null),
        'There is no database NOWHERE, or the role BENCH_ROLE may not see it: check the name, or grant USAGE on it',
      ],
      [() => catalog.listSchemas(null, null), 'Choose a database first'],
      [() => catalog.listTables('BENCH', 'NOWHERE', null), /^There is no schema BENCH\.NOWHERE, or .* grant USAGE on it and its database$/],
      [
        () => catalog.readTable({ database: 'BENCH', schema: 'PUBLIC', table: 'NOTHING' }),
        /^There is no table or view BENCH\.PUBLIC\.NOTHING, .* SELECT on the table$/,
      ],
    ] as const
    for (const [ask, words] of gaps) {
      const error = await ask().then(
        () => null,
        (refused: unknown) => refused,
      )
      expect(error).toBeInstanceOf(CatalogGap)
      expect((error as Error).message).toMatch(words)
    }
    await expect(catalogWith({}, 'wrong').listDatabases(null)).rejects.toMatchObject({ code: '390100' })
  })
})

describe('the catalogs of saved connections', () => {
  it('tell what to do when Snowflake refuses, and keep what it answered', async () => {
    const { db } = await freshControlDatabase()
    const credentialKey = newCredentialKey()
    const save = async (name: string, secret: string): Promise<string> => {
      const id = newId()
      const settings = savedSettings()
      await putConnection(db, { id, name, type: 'SNOWFLAKE', settings, sealedCredentials: sealSecret(secret, id, credentialKey) })
      return id
    }
    const reader = catalogReader(
      { db, credentialKey, tokenFolder: '/nowhere' },
      carefulSignIns(() => performance.now()),
    )
    const givenUp = new AbortController().signal
    const right = { connectionId: await save('Right', 'bench'), isRefresh: false, givenUp }
    const wrong = { connectionId: await save('Wrong', 'wrong'), isRefresh: false, givenUp }
    await expect(reader.listDatabases(wrong, null)).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: expect.stringMatching(/^"Wrong" did not answer: .*\(390100\): check user and secret of the connection$/),
    })
    fresh.server.clearLog()
    const held = await Promise.all([
      reader.listWarehouses({ ...wrong, isRefresh: true }).catch((error: Error) => error.message),
      reader.listSchemas({ ...wrong, isRefresh: true }, 'BENCH', null).catch((error: Error) => error.message),
    ])
    expect(held).toEqual(Array(2).fill(expect.stringContaining('It is not tried again for a minute')))
    await expect(reader.readCapabilities(right, null)).rejects.toMatchObject({ message: 'The connection "Right" is not one to PostgreSQL' })
    expect(await reader.listWarehouses(right)).toHaveLength(2)
    fresh.server.clearLog()
    expect(await reader.listWarehouses(right)).toHaveLength(2)
    expect(fresh.server.statements()).toEqual([])
    await reader.listWarehouses({ ...right, isRefresh: true })
    expect(fresh.server.statements().map(({ text }) => text)).toEqual(['SHOW WAREHOUSES'])
  })

  it.each([
    ['390422', 'Incoming request with IP 1.2.3.4 is not allowed to access Snowflake.', /have its address allowed$/],
    ['390102', 'Your user account has been temporarily locked due to too many failed attempts.', /MINS_TO_UNLOCK/],
    ['390101', 'User access disabled. User account is disabled.', /SET DISABLED = FALSE/],
    ['390189', "Role 'X' specified in the connect string is not granted to this user.", /check the role of the connection/],
  ])('tell what to do about %s', (code, message, words) => {
    expect(explainSnowflake(new SnowflakeFailure('SERVER', code, '08001', message))).toMatch(words)
  })
})
