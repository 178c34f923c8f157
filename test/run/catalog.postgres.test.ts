import { type ConnectionRecord, catalogOf, newId, readConnection } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asAdmin } from '../kit/asAdmin.ts'
import { postgresInput, problemsOf, snowflakeInput } from '../kit/connectionsApi.ts'
import { refusalOf } from '../kit/graphql.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { showStatements } from '../kit/statements.ts'

let kit: RunKit
beforeAll(async () => {
  kit = await openRunKit({ rows: 500 })
  const { user } = kit.sut
  await asAdmin(kit.sut.adminUrl, async admin => {
    for (const statement of [
      'CREATE SCHEMA sales',
      'CREATE SCHEMA closed',
      'CREATE SCHEMA keys',
      `GRANT USAGE ON SCHEMA keys TO ${user}`,
      'CREATE TABLE keys.two_uniques (a integer, b integer, id integer, UNIQUE (a, b))',
      'CREATE UNIQUE INDEX ON keys.two_uniques (b)',
      'CREATE TABLE keys.odd_uniques (a text, code text, item_id integer)',
      'CREATE UNIQUE INDEX ON keys.odd_uniques (lower(a))',
      'CREATE UNIQUE INDEX ON keys.odd_uniques (code) WHERE code IS NOT NULL',
      'CREATE INDEX ON keys.odd_uniques (item_id)',
      'CREATE TABLE keys.none (b integer, a integer)',
      'CREATE TABLE keys."no_b%" (a integer)',
      `GRANT SELECT ON ALL TABLES IN SCHEMA keys TO ${user}`,
      "COMMENT ON SCHEMA sales IS 'What was sold'",
      `GRANT USAGE ON SCHEMA sales TO ${user}`,
      'CREATE TABLE sales.plain (a integer, "B b" text DEFAULT \'x\', c numeric(10,2))',
      'CREATE TABLE sales.parts (day date NOT NULL, n bigint GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (n, day)) PARTITION BY RANGE (day)',
      "CREATE TABLE sales.parts_1 PARTITION OF sales.parts FOR VALUES FROM ('2020-01-01') TO ('2030-01-01')",
      "INSERT INTO sales.parts (day) SELECT date '2024-01-01' + n FROM generate_series(1, 30) n",
      'CREATE VIEW sales.look AS SELECT * FROM sales.plain',
      'CREATE MATERIALIZED VIEW sales.kept AS SELECT 1 AS one',
      'CREATE TABLE sales.hidden (a integer)',
      "COMMENT ON TABLE sales.plain IS 'Plain'",
      "COMMENT ON COLUMN sales.plain.a IS 'First'",
      'ANALYZE sales.parts',
      'ANALYZE orders',
      `GRANT SELECT ON sales.plain, sales.parts, sales.look, sales.kept TO ${user}`,
    ])
      await admin.query(statement)
  })
})
afterAll(() => kit.close())

const TABLE = `query ($id: ID!, $schema: String!, $table: String!) { catalogTable(connectionId: $id, schema: $schema, table: $table) {
  database schema keyColumns clusteringColumns lookup { column reason isWholeKey hasIndex } hints table { name tableType rowEstimate comment } columns { name type nullable isKey hasDefault comment } } }`
const TABLES = `query ($id: ID!, $schema: String!, $search: String, $refresh: Boolean) {
  catalogTables(connectionId: $id, schema: $schema, search: $search, refresh: $refresh) {
    isCut tables { name tableType rowEstimate bytes comment } } }`
const SCHEMAS = `query ($id: ID!, $database: String, $search: String) {
  catalogSchemas(connectionId: $id, database: $database, search: $search) { isCut schemas { name comment } } }`
const DATABASES = 'query ($id: ID!, $search: String) { catalogDatabases(connectionId: $id, search: $search) { isCut databases { name } } }'

interface Shown {
  readonly name: string
  readonly rowEstimate: number | null
  readonly comment: string | null
}

const tables = async (schema: string, change: { readonly refresh?: boolean; readonly search?: string } = {}): Promise<readonly Shown[]> =>
  (await kit.graphql<{ catalogTables: { readonly tables: readonly Shown[] } }>(TABLES, { id: kit.connectionId, schema, ...change }))
    .catalogTables.tables
const table = async (schema: string, name: string) =>
  (await kit.graphql<{ catalogTable: Record<string, unknown> }>(TABLE, { id: kit.connectionId, schema, table: name })).catalogTable
const refusal = async (query: string, variables: object): Promise<string> => {
  const { extensions, message } = await refusalOf(kit.server.url, query, { id: kit.connectionId, ...variables })
  return `${extensions.code}: ${message}`
}

describe('the catalog of a connection to PostgreSQL', () => {
  it('lists the databases and schemas that its role may use', async () => {
    const id = kit.connectionId
    const databases = async (search: string | null): Promise<string[]> =>
      (
        await kit.graphql<{ catalogDatabases: { readonly databases: readonly Shown[] } }>(DATABASES, { id, search })
      ).catalogDatabases.databases.map(({ name }) => name)
    expect(await databases(null)).toContain(kit.sut.database)
    expect(await databases('')).toContain('postgres')
    expect(await databases(null)).not.toContain('template1')
    expect(await databases(kit.sut.database.toUpperCase())).toEqual([kit.sut.database])
    const schemas = [
      { name: 'keys', comment: null },
      { name: 'public', comment: expect.anything() },
      { name: 'sales', comment: 'What was sold' },
    ]
    expect(await kit.graphql(SCHEMAS, { id })).toEqual({ catalogSchemas: { schemas, isCut: false } })
    expect(await kit.graphql(SCHEMAS, { id, search: 'ale' })).toEqual({ catalogSchemas: { schemas: schemas.slice(2), isCut: false } })
    expect(await kit.graphql(SCHEMAS, { id, database: 'postgres' })).toEqual({
      catalogSchemas: { schemas: schemas.slice(1, 2), isCut: false },
    })
  })

  it('says where a list is cut, and finds what is beyond by a part of the name, which is no pattern', async () => {
    const connection = await readConnection(kit.control.db, kit.connectionId)
    const catalog = catalogOf(connection as ConnectionRecord, { secret: kit.sut.password, tokenFolder: null }, 2)
    const listed = async (search: string | null) => {
      const { rows, isCut } = await catalog.listTables(null, 'keys', search)
      return [rows.map(({ name }) => name), isCut]
    }
    expect(await listed(null)).toEqual([['no_b%', 'none'], true])
    expect(await listed('UNI')).toEqual([['odd_uniques', 'two_uniques'], false])
    expect((await catalog.listSchemas(null, null)).isCut).toBe(true)
    expect((await catalog.listDatabases(kit.sut.database)).isCut).toBe(false)
    expect((await tables('keys', { search: '_B%' })).map(({ name }) => name)).toEqual(['no_b%'])
  })

  it('names the column that lookups use and why, which is that of the statements', async () => {
    const told = async (name: string, schema = 'keys') => {
      const { lookup, keyColumns, hints } = await table(schema, name)
      const { keyColumn } = await showStatements(kit.server.url, {
        name: '',
        operations: {},
        load: {},
        target: { connectionId: kit.connectionId, schema, table: name },
      } as never)
      const { column, ...why } = lookup as { readonly column: string }
      expect(keyColumn).toBe(column)
      return { column, ...why, keyColumns, hints: (hints as string[]).filter(hint => /ookup/.test(hint)) }
    }
    expect(await told('two_uniques')).toEqual({
      ...{ column: 'b', reason: 'UNIQUE_KEY', isWholeKey: true, hasIndex: true, keyColumns: ['b'] },
      hints: ['It has no primary key: lookups use b, by its unique index.'],
    })
    expect(await told('odd_uniques')).toEqual({
      ...{ column: 'item_id', reason: 'NAME', isWholeKey: false, hasIndex: true, keyColumns: [] },
      hints: ['It has no primary key and no unique index: lookups use item_id, because of its name, and may find several rows.'],
    })
    expect(await told('none')).toEqual({
      ...{ column: 'b', reason: 'FIRST_COLUMN', isWholeKey: false, hasIndex: false, keyColumns: [] },
      hints: [
        'It has no primary key and no unique index: lookups use b, its first column, and may find several rows.',
        'No index begins with b: every lookup reads the whole table.',
      ],
    })
    expect(await told('parts', 'sales')).toEqual({
      ...{ column: 'n', reason: 'PRIMARY_KEY', isWholeKey: false, hasIndex: true, keyColumns: ['n', 'day'] },
      hints: ['Its primary key has several columns: lookups use the first one, n, and may find several rows.'],
    })
  })

  it('waits for nobody who holds a lock on a table or a part of one', async () => {
    await asAdmin(kit.sut.adminUrl, async admin => {
      await admin.query('BEGIN')
      await admin.query('LOCK TABLE sales.parts_1, sales.plain IN ACCESS EXCLUSIVE MODE')
      expect((await tables('sales', { refresh: true })).find(({ name }) => name === 'parts')).toMatchObject({
        rowEstimate: 30,
        bytes: expect.any(Number),
      })
      expect(await table('sales', 'parts')).toMatchObject({ keyColumns: ['n', 'day'], table: { rowEstimate: 30 } })
      await admin.query('ROLLBACK')
    })
  })

  it('lists tables and views with rows and kinds, without partitions and what may not be read', async () => {
    expect((await tables('sales')).map(({ name, rowEstimate, comment }) => [name, rowEstimate, comment])).toEqual([
      ['kept', null, 'Materialised view'],
      ['look', null, 'View'],
      ['parts', 30, 'Partitioned table'],
      ['plain', null, 'Plain'],
    ])
    expect(await tables('public')).toEqual([
      { name: 'orders', tableType: 'POSTGRES', rowEstimate: 500, bytes: expect.any(Number), comment: null },
    ])
  })

  it('shows columns, keys, and what a benchmark should know', async () => {
    const plain = await table('sales', 'plain')
    expect(plain).toMatchObject({ database: kit.sut.database, schema: 'sales', keyColumns: [], table: { name: 'plain' } })
    expect(plain['columns']).toEqual([
      { name: 'a', type: 'integer', nullable: true, isKey: false, hasDefault: false, comment: 'First' },
      { name: 'B b', type: 'text', nullable: true, isKey: false, hasDefault: true, comment: null },
      { name: 'c', type: 'numeric(10,2)', nullable: true, isKey: false, hasDefault: false, comment: null },
    ])
    expect(plain['hints']).toEqual([
      `${kit.sut.user} may not insert into it: leave inserts out of the mix, or grant INSERT.`,
      `${kit.sut.user} may not update it: leave updates out of the mix, or grant UPDATE.`,
      'It has no primary key and no unique index: lookups use a, its first column, and may find several rows.',
      'No index begins with a: every lookup reads the whole table.',
      'It was never analysed: run ANALYZE on it first, or the planner guesses.',
    ])
    expect((await table('sales', 'parts'))['keyColumns']).toEqual(['n', 'day'])
    expect((await table('sales', 'look'))['hints']).toEqual([
      'It is a view: what is measured is its query. Give the mix no writes.',
      'Lookups use a, its first column, and may find several rows.',
    ])
    expect((await table('public', 'orders'))['hints']).toEqual([])
  })

  it('is kept for a while, and read anew on request', async () => {
    const before = await tables('sales')
    await asAdmin(kit.sut.adminUrl, async admin => {
      await admin.query('CREATE TABLE sales.newest (a integer)')
      await admin.query(`GRANT SELECT ON sales.newest TO ${kit.sut.user}`)
    })
    expect(await tables('sales')).toEqual(before)
    expect((await tables('sales', { refresh: true })).map(({ name }) => name)).toContain('newest')
    expect((await tables('sales')).map(({ name }) => name)).toContain('newest')
  })

  it('says what to do about what is not there, or not to be seen', async () => {
    const { user, database } = kit.sut
    expect(await refusal(TABLES, { schema: 'nowhere' })).toBe(
      `TARGET_FAILED: There is no schema "nowhere" in the database "${database}" of "System under test": choose another one`,
    )
    expect(await refusal(TABLES, { schema: 'closed' })).toBe(
      `TARGET_FAILED: "${user}" may not look into the schema "closed": grant it USAGE on the schema`,
    )
    expect(await refusal(TABLE, { schema: 'sales', table: 'nothing' })).toMatch(/^TARGET_FAILED: There is no table or view sales\.nothing/)
    expect((await table('sales', 'hidden'))['hints']).toContain(`${user} may not read it: grant SELECT on it.`)
    expect(await refusal(SCHEMAS, { database: 'nowhere' })).toMatch(/"System under test" did not answer: there is no database "nowhere"/)
    expect(await problemsOf(kit, TABLES, { id: kit.connectionId, schema: '' })).toEqual([
      'schema: schema must be a name of 1 to 255 characters',
    ])
    expect(await problemsOf(kit, DATABASES, { id: newId() })).toEqual([
      expect.stringMatching(/^connectionId: There is no saved connection/),
    ])
    expect(await refusal('query ($id: ID!) { catalogWarehouses(connectionId: $id) { name } }', {})).toBe(
      'TARGET_FAILED: The connection "System under test" is not one to Snowflake, which alone has warehouses',
    )
  })

  it('knows what the server offers', async () => {
    const { postgresCapabilities } = await kit.graphql<{ postgresCapabilities: Record<string, unknown> }>(
      `query ($id: ID!) { postgresCapabilities(connectionId: $id) {
        version hasStatementStatistics tracksIoTiming maxConnections connectionsInUse isSuperuser isReadOnly hints } }`,
      { id: kit.connectionId },
    )
    expect(postgresCapabilities).toEqual({
      version: expect.stringMatching(/^\d+/),
      hasStatementStatistics: false,
      tracksIoTiming: false,
      maxConnections: 300,
      connectionsInUse: expect.any(Number),
      isSuperuser: false,
      isReadOnly: false,
      hints: [
        `There is no pg_stat_statements in "${kit.sut.database}": runs get no figures of the server itself. Run CREATE EXTENSION pg_stat_statements there.`,
        'track_io_timing is off: how long reading from disk takes is not known.',
      ],
    })
  })
})

describe('a connection', () => {
  const FIELDS = 'id name isDefault templateCount createdAt updatedAt postgres { host port user database tls ca }'
  const CREATE = `mutation ($input: ConnectionInput!) { createConnection(input: $input) { ${FIELDS} } }`
  const TRY = 'mutation ($input: ConnectionInput!, $id: ID) { tryConnection(input: $input, id: $id) { ok message } }'
  const blank = { host: '', user: '', database: '' }

  it('is made from an address, whose password is not told again', async () => {
    const { host, port, user, database, password } = kit.sut
    const url = `postgresql://${user}:${password}@${host}:${port}/${database}`
    const { createConnection } = await kit.graphql<{ createConnection: { id: string } }>(CREATE, {
      input: { name: 'By address', postgres: { ...blank, url } },
    })
    expect(createConnection).toMatchObject({
      isDefault: false,
      templateCount: 0,
      createdAt: expect.any(String),
      postgres: { host, port, user, database, tls: 'OFF', ca: null },
    })
    expect(JSON.stringify(createConnection)).not.toContain(password)
    const contradicting = { name: 'Other', postgres: { ...blank, url, host: 'elsewhere', password: 'another' } }
    expect(await problemsOf(kit, CREATE, { input: contradicting })).toEqual([
      'postgres.host: postgres.host must be left out: the url says otherwise',
      'postgres.password: postgres.password must be left out: the url says otherwise',
    ])
    const { setDefaultConnection } = await kit.graphql<{ setDefaultConnection: object }>(
      'mutation ($id: ID!) { setDefaultConnection(id: $id) { name isDefault } }',
      { id: createConnection.id },
    )
    expect(setDefaultConnection).toEqual({ name: 'By address', isDefault: true })
    const { connections } = await kit.graphql<{ connections: readonly { name: string; isDefault: boolean }[] }>(
      `{ connections { ${FIELDS} } }`,
    )
    expect(connections.filter(one => one.isDefault).map(one => one.name)).toEqual(['By address'])
  })

  it('is tried before it is saved, with the secret that is kept', async () => {
    const attempt = async (postgres: object, id: string | null) =>
      (await kit.graphql<{ tryConnection: { ok: boolean; message: string } }>(TRY, { input: { name: '', postgres }, id })).tryConnection
    const { password: _, ...without } = postgresInput(kit)
    expect(await attempt(without, kit.connectionId)).toMatchObject({ ok: true })
    expect(await attempt({ ...without, password: 'wrong' }, kit.connectionId)).toEqual({
      ok: false,
      message: `The password for "${kit.sut.user}" is not right`,
    })
    expect((await attempt(without, null)).ok).toBe(false)
    expect(await problemsOf(kit, TRY, { input: { name: '', postgres: { ...without, user: 'other' } }, id: kit.connectionId })).toEqual([
      expect.stringMatching(/^postgres.password: .* must be given again/),
    ])
    expect(await problemsOf(kit, TRY, { input: { name: '', snowflake: snowflakeInput() }, id: kit.connectionId })).toEqual([
      expect.stringMatching(/^snowflake: The type cannot change/),
    ])
  })
})
