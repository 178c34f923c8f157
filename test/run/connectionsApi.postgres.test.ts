import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConnection, type SnowflakeKeyPair } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asOldServer } from '../kit/asOldServer.ts'
import { keptSecret, postgresInput, problemsOf, snowflakeInput } from '../kit/connectionsApi.ts'
import { ask, refusalOf } from '../kit/graphql.ts'
import { openRunKit, type RunKit, templateOf } from '../kit/runKit.ts'

let kit: RunKit
beforeAll(async () => {
  kit = await openRunKit()
})
afterAll(() => kit.close())

interface Shown {
  readonly id: string
  readonly name: string
  readonly hasSecret: boolean
}

const FIELDS =
  'id name type hasSecret postgres { host port user database tls } snowflake { account user role authenticator accessUrl tokenFile }'
const CREATE = `mutation ($input: ConnectionInput!) { createConnection(input: $input) { ${FIELDS} } }`
const UPDATE = `mutation ($id: ID!, $input: ConnectionInput!) { updateConnection(id: $id, input: $input) { ${FIELDS} } }`
const DELETE = 'mutation ($id: ID!) { deleteConnection(id: $id) }'
const TEST = 'mutation ($id: ID!) { testConnection(id: $id) { ok roundTripMs version message } }'

const create = async (input: object): Promise<Shown> => (await kit.graphql<{ createConnection: Shown }>(CREATE, { input })).createConnection
const update = async (id: string, input: object): Promise<Shown> =>
  (await kit.graphql<{ updateConnection: Shown }>(UPDATE, { id, input })).updateConnection
const test = async (id: string) =>
  (
    await kit.graphql<{ testConnection: { ok: boolean; roundTripMs: number | null; version: string | null; message: string } }>(TEST, {
      id,
    })
  ).testConnection

const kept = (id: string) => keptSecret(kit, id)
const postgres = (change: object = {}) => postgresInput(kit, change)
const problems = (mutation: string, variables: object) => problemsOf(kit, mutation, variables)

describe('a saved connection', () => {
  it('of a name that two take at once is one alone', async () => {
    const input = { name: 'Wanted by two', postgres: postgres() }
    const answers = await Promise.all([1, 2, 3].map(() => ask<{ createConnection: Shown }>(kit.server.url, CREATE, { input })))
    const made = answers.flatMap(({ data }) => (data == null ? [] : [data.createConnection.id]))
    expect(made).toHaveLength(1)
    expect(answers.flatMap(({ errors }) => errors?.map(one => one.extensions.code) ?? [])).toEqual([
      'VALIDATION_FAILED',
      'VALIDATION_FAILED',
    ])
    await kit.graphql(DELETE, { id: made[0] })
  })

  it('to PostgreSQL is made, tested, changed and deleted, and its password never shown', async () => {
    const made = await create({ name: ' Orders ', postgres: postgres({ password: 'wrong-password' }) })
    const { host, port, user, database } = kit.sut
    expect(made).toEqual({
      id: made.id,
      name: 'Orders',
      type: 'POSTGRES',
      hasSecret: true,
      postgres: { host, port, user, database, tls: 'OFF' },
      snowflake: null,
    })
    expect(await kept(made.id)).toBe('wrong-password')
    const fixed = await update(made.id, { name: 'Orders 2', postgres: postgres() })
    expect(fixed.name).toBe('Orders 2')
    expect(await test(made.id)).toEqual({
      ok: true,
      roundTripMs: expect.any(Number),
      version: expect.stringMatching(/^\d+/),
      message: `Signed in as ${user} to the database ${database}`,
    })
    await update(made.id, { name: 'Orders 3', postgres: postgres({ password: null }) })
    expect(await kept(made.id)).toBe(kit.sut.password)
    await update(made.id, { name: 'Orders 3', postgres: postgres({ password: '' }) })
    expect((await test(made.id)).ok).toBe(true)
    expect(await kit.graphql(DELETE, { id: made.id })).toEqual({ deleteConnection: made.id })
    expect((await refusalOf(kit.server.url, DELETE, { id: made.id })).extensions.code).toBe('NOT_FOUND')
    expect((await refusalOf(kit.server.url, TEST, { id: made.id })).message).toBe(`There is no connection with id ${made.id}`)
  })

  it('to Snowflake keeps its secret sealed, in the form that its authenticator takes', async () => {
    const made = await create({
      name: 'Snow',
      snowflake: snowflakeInput({ role: ' BENCH_ROLE ', accessUrl: 'https://privatelink.example.com/' }),
    })
    expect(made).toEqual({
      id: made.id,
      name: 'Snow',
      type: 'SNOWFLAKE',
      hasSecret: true,
      postgres: null,
      snowflake: {
        account: 'ORG-ACCOUNT',
        user: 'BENCH',
        role: 'BENCH_ROLE',
        authenticator: 'PASSWORD',
        accessUrl: 'https://privatelink.example.com',
        tokenFile: null,
      },
    })
    expect(await kept(made.id)).toBe('secret-1')
    const sealed = (await readConnection(kit.control.db, made.id))?.sealedCredentials
    expect(sealed).not.toContain('secret-1')

    const accessUrl = 'https://privatelink.example.com'
    await update(made.id, { name: 'Snow', snowflake: snowflakeInput({ password: undefined, role: 'OTHER', accessUrl }) })
    expect(await kept(made.id)).toBe('secret-1')
    await update(made.id, { name: 'Snow', snowflake: snowflakeInput({ authenticator: 'PAT', password: undefined, token: ' pat-1\n' }) })
    expect(await kept(made.id)).toBe('pat-1')
    const oauth = { authenticator: 'OAUTH', user: '', password: undefined }
    await update(made.id, { name: 'Snow', snowflake: snowflakeInput({ ...oauth, token: 'oauth-1' }) })
    expect(await kept(made.id)).toBe('oauth-1')
    const tokenFile = join(kit.home, 'tokens', 'oauth')
    writeFileSync(tokenFile, 'from the file', { mode: 0o600 })
    expect((await update(made.id, { name: 'Snow', snowflake: snowflakeInput({ ...oauth, tokenFile }) })).hasSecret).toBe(false)
    await kit.graphql(DELETE, { id: made.id })
  })

  it('with a key pair keeps the key as the driver takes it, whatever form it was given in', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const plain = privateKey.export({ type: 'pkcs8', format: 'pem' })
    const encrypted = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' })
    const made = await create({
      name: 'Pair',
      snowflake: snowflakeInput({ authenticator: 'KEY_PAIR', password: undefined, privateKey: plain }),
    })
    const forms = [
      { privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }) },
      { privateKey: encrypted, privateKeyPassphrase: 'open sesame' },
    ]
    for (const form of forms) {
      await update(made.id, { name: 'Pair', snowflake: snowflakeInput({ authenticator: 'KEY_PAIR', password: undefined, ...form }) })
      expect(JSON.parse((await kept(made.id)) ?? '') as SnowflakeKeyPair).toEqual({ privateKey: plain, passphrase: null })
    }
    const refused = (change: object) =>
      problems(UPDATE, {
        id: made.id,
        input: { name: 'Pair', snowflake: snowflakeInput({ authenticator: 'KEY_PAIR', password: undefined, ...change }) },
      })
    expect(await refused({ privateKey: encrypted })).toEqual([
      'snowflake.privateKeyPassphrase: snowflake.privateKeyPassphrase must be given: the private key is encrypted',
    ])
    expect(await refused({ privateKey: encrypted, privateKeyPassphrase: 'wrong' })).toEqual([
      'snowflake.privateKeyPassphrase: snowflake.privateKeyPassphrase does not open the private key',
    ])
    expect(await refused({ privateKey: 'MIIEvQ…' })).toEqual([expect.stringMatching(/must be a private key in PEM/)])
    const { privateKey: curve } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(await refused({ privateKey: curve.export({ type: 'pkcs8', format: 'pem' }) })).toEqual([
      'snowflake.privateKey: snowflake.privateKey must be an RSA key of at least 2048 bits, which Snowflake asks for',
    ])
    await kit.graphql(DELETE, { id: made.id })
  })

  it('is refused with every problem at once', async () => {
    expect(await problems(CREATE, { input: { name: ' ' } })).toEqual([
      'name: name must be given (1 to 100 characters)',
      'postgres: Give exactly one of postgres and snowflake',
    ])
    expect(await problems(CREATE, { input: { name: 'Both', postgres: postgres(), snowflake: snowflakeInput() } })).toEqual([
      'snowflake: Give exactly one of postgres and snowflake',
    ])
    expect(
      await problems(CREATE, { input: { name: 'x'.repeat(101), postgres: { host: 'http://db', port: 0, user: '', database: 'a\nb' } } }),
    ).toEqual([
      'name: name must have at most 100 characters; it has 101',
      'postgres.host: postgres.host must be a name or an address alone: put a whole address into postgres.url',
      'postgres.port: postgres.port must be from 1 to 65535; it is 0',
      'postgres.user: postgres.user must be given (1 to 255 characters)',
      'postgres.database: postgres.database must hold no control characters',
    ])
    const bad = {
      account: 'https://org.snowflakecomputing.com',
      user: '',
      authenticator: 'PAT',
      accessUrl: 'http://example.com',
      tokenFile: 'token',
      password: 'p',
    }
    expect(await problems(CREATE, { input: { name: 'System under test', snowflake: bad } })).toEqual([
      expect.stringMatching(/^snowflake.user: .* must be given/),
      expect.stringMatching(/^snowflake.account: .* must be the account alone, as ORGANISATION-ACCOUNT/),
      expect.stringMatching(/^snowflake.accessUrl: .* begins with https:/),
      'snowflake.password: snowflake.password must be left out: PAT takes token',
      'snowflake.tokenFile: snowflake.tokenFile must be left out: PAT takes token',
      'snowflake.token: snowflake.token must be given for PAT',
      'name: There is a connection "System under test" already',
    ])
    const oauth = { account: 'A', user: 'U', authenticator: 'OAUTH' }
    expect(await problems(CREATE, { input: { name: 'O', snowflake: oauth } })).toEqual([
      expect.stringMatching(/^snowflake.token: .*, or tokenFile/),
    ])
    expect(await problems(CREATE, { input: { name: 'O', snowflake: { ...oauth, token: 't', tokenFile: 'here' } } })).toEqual([
      expect.stringMatching(/^snowflake.tokenFile: .* must be a file in /),
      expect.stringMatching(/^snowflake.token: .* must be left out/),
    ])
    expect(await problems(CREATE, { input: { name: 'O', snowflake: { ...oauth, token: 'é'.repeat(3_000) } } })).toEqual([
      expect.stringMatching(/too long to be kept: at most 5900 bytes/),
    ])
  })

  it('does not change its type, and takes no secret of another authenticator', async () => {
    const made = await create({ name: 'Fixed', snowflake: snowflakeInput() })
    expect(await problems(UPDATE, { id: made.id, input: { name: 'Fixed', postgres: postgres() } })).toEqual([
      'postgres: The type cannot change: "Fixed" is a connection to SNOWFLAKE',
    ])
    expect(
      await problems(UPDATE, {
        id: made.id,
        input: { name: 'Fixed', snowflake: snowflakeInput({ authenticator: 'PAT', password: undefined }) },
      }),
    ).toEqual(['snowflake.token: snowflake.token must be given for PAT'])
    expect(await kept(made.id)).toBe('secret-1')
    await kit.graphql(DELETE, { id: made.id })
  })

  it('stays while a template or a run that is not over needs it', async () => {
    const made = await create({ name: 'Needed', postgres: postgres() })
    const templateId = await kit.createTemplate(templateOf(made.id, { name: 'Needs it' }))
    const refused = await refusalOf(kit.server.url, DELETE, { id: made.id })
    expect(refused.extensions.code).toBe('CONFLICT')
    expect(refused.message).toBe('"Needed" is used by the template "Needs it": give them another connection first')
    const runId = await kit.prepare({}, templateId)
    await kit.graphql('mutation ($id: ID!) { deleteTemplate(id: $id) }', { id: templateId })
    expect((await refusalOf(kit.server.url, DELETE, { id: made.id })).message).toBe(
      '"Needed" is used by a run that is not over: stop or finish first',
    )
    await kit.stop(runId)
    await kit.graphql(DELETE, { id: made.id })
    const { connections } = await kit.graphql<{ connections: readonly Shown[] }>(`{ connections { ${FIELDS} } }`)
    expect(connections.map(connection => connection.name)).toEqual(['System under test'])
  })
})

describe('a test of a connection', () => {
  it('says what to do when PostgreSQL refuses it', async () => {
    const { host, port, user } = kit.sut
    const answers: readonly (readonly [object, string])[] = [
      [{ password: 'wrong' }, `The password for "${user}" is not right`],
      [{ port: 1 }, `Nothing answers at ${host}:1: is the database running there, and is the port right?`],
      [{ database: 'nowhere' }, `There is no database "nowhere" at ${host}:${port}`],
      [{ tls: 'VERIFY' }, `${host}:${port} offers no TLS: set tls to OFF, if the way there is safe without`],
    ]
    const { id } = await create({ name: 'Broken', postgres: postgres() })
    for (const [change, message] of answers) {
      await update(id, { name: 'Broken', postgres: postgres(change) })
      expect(await test(id)).toEqual({ ok: false, roundTripMs: null, version: null, message })
    }
    await update(id, { name: 'Broken', postgres: postgres() })
    const message = `${host}:${port} runs PostgreSQL 9.6, and FlakeBench needs 12 or later: use a newer server`
    expect(await asOldServer(kit.sut, 90_624, () => test(id))).toMatchObject({ ok: false, message })
    await kit.graphql(DELETE, { id })
  })

  it('says what to do when Snowflake cannot be reached', async () => {
    const { id } = await create({ name: 'Far', snowflake: snowflakeInput({ accessUrl: 'http://127.0.0.1:1' }) })
    const { ok, message } = await test(id)
    expect(ok).toBe(false)
    expect(message).toBe('Snowflake could not be reached: ECONNREFUSED: check the account and accessUrl of the connection, and the network')
    await kit.graphql(DELETE, { id })
  })
})

describe('a template', () => {
  it('is refused where its target is not what the connection leads to', async () => {
    const target = { tableType: 'HYBRID', database: 'BENCH', schema: 'PUBLIC', table: 'ORDERS', warehouse: 'BENCH_WH' } as const
    const input = templateOf(kit.connectionId, { name: 'Hybrid', target })
    expect(await problems('mutation ($input: TemplateInput!) { createTemplate(input: $input) { id } }', { input })).toEqual([
      'target.connectionId: System under test leads to PostgreSQL, where there are no HYBRID tables: choose another connection in target.connectionId, or another target.tableType',
    ])
  })
})

describe('a run', () => {
  it('of PostgreSQL has no warehouse', async () => {
    const id = await kit.prepare()
    const { run } = await kit.graphql<{ run: object }>(
      'query ($id: ID!) { run(id: $id) { notes warehouse { name } warehouseConfig { name } warehouseHistory { running } } }',
      { id },
    )
    expect(run).toEqual({ notes: [], warehouse: null, warehouseConfig: null, warehouseHistory: [] })
    await kit.stop(id)
  })
})

describe('the details of a warehouse', () => {
  const DETAILS = 'query ($id: ID!, $name: String!) { warehouseDetails(connectionId: $id, name: $name) { name state capturedAt } }'

  it('are refused for what is no warehouse of Snowflake', async () => {
    expect(await problems(DETAILS, { id: kit.connectionId, name: 'W' })).toEqual([
      'connectionId: The connection "System under test" is not one to Snowflake, which alone has warehouses',
    ])
    expect(await problems(DETAILS, { id: 'nobody', name: 'W' })).toEqual(['connectionId: There is no saved connection with id nobody'])
    expect(await problems(DETAILS, { id: kit.connectionId, name: ' ' })).toEqual(['name: Name the warehouse, in 1 to 255 characters'])
  })
})
