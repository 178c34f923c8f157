import { newId } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asAdmin } from '../kit/asAdmin.ts'
import { postgresInput, problemsOf, snowflakeInput } from '../kit/connectionsApi.ts'
import { refusalOf } from '../kit/graphql.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'

let kit: RunKit
beforeAll(async () => {
  kit = await openRunKit({ rows: 500 })
  const { user } = kit.sut
  await asAdmin(kit.sut.adminUrl, async admin => {
    for (const statement of [
      'CREATE SCHEMA sales',
      'CREATE SCHEMA closed',
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
  database schema keyColumns hints table { name tableType rowEstimate comment } columns { name type nullable isKey hasDefault comment } } }`
const TABLES = `query ($id: ID!, $schema: String!, $refresh: Boolean) {
  catalogTables(connectionId: $id, schema: $schema, refresh: $refresh) { name tableType rowEstimate bytes comment } }`
const SCHEMAS = 'query ($id: ID!, $database: String) { catalogSchemas(connectionId: $id, database: $database) { name comment } }'
const DATABASES = 'query ($id: ID!) { catalogDatabases(connectionId: $id) { name } }'

interface Shown {
  readonly name: string
  readonly rowEstimate: number | null
  readonly comment: string | null
}

const tables = async (schema: string, refresh?: boolean): Promise<readonly Shown[]> =>
  (
    await kit.graphql<{ catalogTables: readonly Shown[] }>(TABLES, {
      id: kit.connectionId,
      schema,
      ...(refresh === undefined ? {} : { refresh }),
    })
  ).catalogTables
const table = async (schema: string, name: string) =>
  (await kit.graphql<{ catalogTable: Record<string, unknown> }>(TABLE, { id: kit.connectionId, schema, table: name })).catalogTable
const refusal = async (query: string, variables: object): Promise<string> => {
  const { extensions, message } = await refusalOf(kit.server.url, query, { id: kit.connectionId, ...variables })
  return `${extensions.code}: ${message}`
}

describe('the catalog of a connection to PostgreSQL', () => {
  it('lists the databases and schemas that its role may use', async () => {
    const id = kit.connectionId
    const { catalogDatabases } = await kit.graphql<{ catalogDatabases: readonly Shown[] }>(DATABASES, { id })
    expect(catalogDatabases.map(({ name }) => name)).toContain(kit.sut.database)
    expect(catalogDatabases.map(({ name }) => name)).not.toContain('template1')
    const schemas = [
      { name: 'public', comment: expect.anything() },
      { name: 'sales', comment: 'What was sold' },
    ]
    expect(await kit.graphql(SCHEMAS, { id })).toEqual({ catalogSchemas: schemas })
    expect(await kit.graphql(SCHEMAS, { id, database: 'postgres' })).toEqual({ catalogSchemas: schemas.slice(0, 1) })
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
      'It has no primary key and no unique index: every lookup reads the whole table.',
      'It was never analysed: run ANALYZE on it first, or the planner guesses.',
    ])
    expect((await table('sales', 'parts'))['keyColumns']).toEqual(['n', 'day'])
    expect((await table('sales', 'look'))['hints']).toEqual(['It is a view: what is measured is its query. Give the mix no writes.'])
    expect((await table('public', 'orders'))['hints']).toEqual([])
  })

  it('is kept for a while, and read anew on request', async () => {
    const before = await tables('sales')
    await asAdmin(kit.sut.adminUrl, async admin => {
      await admin.query('CREATE TABLE sales.newest (a integer)')
      await admin.query(`GRANT SELECT ON sales.newest TO ${kit.sut.user}`)
    })
    expect(await tables('sales')).toEqual(before)
    expect((await tables('sales', true)).map(({ name }) => name)).toContain('newest')
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
