import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import type { TemplateInput } from '@flakebench/contract'
import { newId, putConnection, sealSecret } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asAdmin } from '../kit/asAdmin.ts'
import { asOldServer } from '../kit/asOldServer.ts'
import { killHard } from '../kit/embeddedHome.ts'
import { preparePools } from '../kit/pools.ts'
import { listProcessesWith, until } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { refusalOfTrial, type ShownStatements, showStatements, type TriedStatement, tryStatement } from '../kit/statements.ts'

const ROWS = 500
let kit: RunKit
beforeAll(async () => {
  kit = await openRunKit({ rows: ROWS })
})
afterAll(() => kit?.close())

/** What an editor holds that has just got its table: no name, no weights. */
const draft = (change: Partial<TemplateInput> = {}): TemplateInput =>
  ({
    name: '',
    operations: {},
    load: {},
    ...change,
    target: { connectionId: kit.connectionId, table: 'orders', ...change.target },
  }) as TemplateInput
const withGeneric = (sql: string, change: object = {}, advanced: object = {}): TemplateInput =>
  draft({ operations: { generic: [{ id: 'G', operationType: 'READ', sql, ...change }] } as never, advanced })
const show = (input: TemplateInput): Promise<ShownStatements> => showStatements(kit.server.url, input)
const tryKind = (kind: string, input = draft()): Promise<TriedStatement> => tryStatement(kit.server.url, input, { kind })
const tryGeneric = (sql: string, change?: object, advanced?: object): Promise<TriedStatement> =>
  tryKind('GENERIC_SQL', withGeneric(sql, change, advanced))
const onSut = <T>(sql: string): Promise<T[]> => asAdmin(kit.sut.adminUrl, async admin => (await admin.query(sql)).rows as T[])
const inspecting = () =>
  listProcessesWith('inspect').filter(({ command, parentPid }) => parentPid === kit.server.pid && /main\.js inspect\s*$/.test(command))
const sentNow = async (): Promise<string[]> =>
  (await onSut<{ query: string }>(`SELECT query FROM pg_stat_activity WHERE usename = '${kit.sut.user}' AND state = 'active'`)).map(
    ({ query }) => query,
  )

describe('the statements of a template', () => {
  it('are shown for the columns of the table, those without a weight and with faults of their own as well', async () => {
    const shown = await show(withGeneric('SELECT note FROM {table} WHERE status = ?', { operationType: 'READ' }))
    expect(shown).toMatchObject({ keyColumn: 'order_id', problem: null })
    expect(shown.columns[0]).toEqual({ name: 'order_id', type: 'bigint' })
    const [lookup, scan, insert, update, generic] = shown.statements
    expect(lookup).toMatchObject({ kind: 'POINT_LOOKUP', operationType: 'READ', problem: null })
    expect(lookup?.sql).toMatch(
      /^SELECT \/\*flakebench kind=POINT_LOOKUP\*\/ "order_id", .* FROM "public"."orders" WHERE "order_id" = \$1$/,
    )
    expect(scan?.sql).toContain('BETWEEN $1 AND $2')
    expect(insert?.sql).toMatch(/^INSERT \/\*flakebench kind=INSERT\*\/ INTO "public"."orders" \(/)
    expect(update).toMatchObject({ operationType: 'WRITE', sql: expect.stringContaining('WHERE "order_id" = $2') })
    expect(generic).toMatchObject({ label: 'G', sql: null, problem: expect.stringMatching(/parameters must hold an entry/) })
  })

  it('are the very ones that a run sends', async () => {
    const run = await kit.run({ durationSeconds: 1, warmupSeconds: 0 }, { advanced: { keepExecutions: true } } as never)
    const { run: stored } = await kit.graphql<{ run: { statements: { sql: string }[] } }>(
      'query ($id: ID!) { run(id: $id) { statements { sql } } }',
      {
        id: run.id,
      },
    )
    expect((await show(draft())).statements[0]?.sql).toBe(stored.statements[0]?.sql)
  })

  it('say in a sentence why there is nothing to show', async () => {
    const problem = async (target: object) => (await show(draft({ target } as never))).problem
    expect(await problem({ table: 'nothing' })).toMatch(
      /^The table public\.nothing does not exist in database .*: check the template's target$/,
    )
    expect(await problem({ table: '' })).toMatch(/^target\.table must be given/)
    expect(await problem({ connectionId: 'gone' })).toMatch(/^There is no saved connection with id gone/)
    expect(await problem({ tableType: 'HYBRID', warehouse: 'W', database: 'D' })).toMatch(/is reached through a connection to Snowflake/)
  })
})

describe('a statement that is tried', () => {
  it('of each kind shows values, rows and plan, and writes leave nothing behind', async () => {
    const before = await onSut('SELECT count(*), max(order_id), sum(amount) FROM orders')
    const lookup = await tryKind('POINT_LOOKUP')
    expect(lookup).toMatchObject({ ok: true, rows: 1, problem: null, wasRolledBack: false, plan: expect.stringContaining('Index Scan') })
    expect(lookup.sql).toBe((await show(draft())).statements[0]?.sql)
    expect(lookup.columnNames.slice(0, 2)).toEqual(['order_id', 'customer_id'])
    expect(lookup.values).toEqual([{ position: 1, value: lookup.sample[0]?.[0], isNull: false }])
    expect(lookup.tookMs).toBeGreaterThan(0)
    const scan = await tryKind('RANGE_SCAN', draft({ advanced: { rangeSize: 30 } }))
    expect(scan).toMatchObject({ ok: true, rows: 30 })
    expect(scan.sample).toHaveLength(10)
    for (const kind of ['INSERT', 'UPDATE']) {
      expect(await tryKind(kind)).toMatchObject({ ok: true, rows: 1, problem: null, wasRolledBack: true, columnNames: [], sample: [] })
    }
    expect(await onSut('SELECT count(*), max(order_id), sum(amount) FROM orders')).toEqual(before)
  })

  it('takes the values of its parameters, and the same ones for the same seed', async () => {
    const parameters = [
      { strategy: 'CHOICE', values: ['open', 'paid'] },
      { strategy: 'RANDOM_NUMERIC', min: 1, max: 1e9, integer: true },
      { strategy: 'LITERAL', value: null },
      { strategy: 'LITERAL', value: 'x'.repeat(300) },
    ]
    const sql = 'SELECT ?::text AS a, ?::bigint AS b, ?::text AS c, length(?::text) AS d'
    const [first, second] = [await tryGeneric(sql, { parameters }, { seed: 7 }), await tryGeneric(sql, { parameters }, { seed: 7 })]
    expect(first).toMatchObject({ ok: true, columnNames: ['a', 'b', 'c', 'd'] })
    expect(first.values.map(({ isNull }) => isNull)).toEqual([false, false, true, false])
    expect(first.values[3]?.value).toHaveLength(201)
    expect(first.sample[0]).toEqual([first.values[0]?.value, first.values[1]?.value, null, '300'])
    expect(second.values).toEqual(first.values)
  })

  it('takes a whole number of any size where it is written in quotes', async () => {
    const tried = await tryGeneric('SELECT ?::bigint AS n', { parameters: [{ value: '9007199254740993' }] })
    expect(tried).toMatchObject({ ok: true, sample: [['9007199254740993']] })
  })

  it('is not sent where a run could not be, and says whether it was more than a plain read', async () => {
    expect((await show(draft({ target: { table: 'orders', usePgbouncer: true } }))).problem).toMatch(/^This version connects directly only/)
    expect(await tryGeneric('SELECT 1 INTO taken')).toMatchObject({ ok: false, problem: expect.stringMatching(/INTO makes a table/) })
    expect(await tryGeneric('ANALYZE {table}')).toMatchObject({ wasRolledBack: true })
    expect(await tryGeneric('SELECT 1')).toMatchObject({ wasRolledBack: false })
  })

  it('draws from the pools of its template, and asks for them where there are none', async () => {
    const operations: TemplateInput['operations'] = {
      generic: [
        {
          id: 'G',
          operationType: 'READ',
          weight: 100,
          sql: 'SELECT count(*) FROM {table} WHERE status = ?',
          parameters: [{ strategy: 'SAMPLE_FROM_TABLE', column: 'status' }],
        },
      ] as never,
    }
    const without = await tryKind('GENERIC_SQL', draft({ operations }))
    expect(without).toMatchObject({ ok: false, problem: expect.stringMatching(/prepare the template's value pools first/) })
    expect(without.sql).toContain('WHERE status = $1')
    const templateId = await kit.createTemplate({ operations })
    await preparePools(kit, templateId, 42)
    const tried = await tryStatement(kit.server.url, draft({ operations }), { kind: 'GENERIC_SQL', templateId })
    expect(tried).toMatchObject({ ok: true, rows: 1 })
    expect(Number(tried.sample[0]?.[0])).toBeGreaterThan(0)
  })

  it('tells what is wrong with its SQL, its values or its rights, and what to do', async () => {
    const problem = async (sql: string, change?: object) => (await tryGeneric(sql, change)).problem
    expect(await problem('SELEC 1')).toMatch(/SQL was refused \(syntax error .*\): correct the template's SQL$/)
    expect(await problem('SELECT nothing FROM {table}')).toMatch(/^Column nothing of the operation "G"'s SQL does not exist/)
    expect(await problem('SELECT * FROM elsewhere')).toMatch(/names a table that does not exist/)
    expect(await problem('SELECT 1 / 0')).toMatch(/^A value of the operation "G" does not fit/)
    expect(await problem('DELETE FROM {table}', { operationType: 'WRITE' })).toMatch(
      /is not allowed .*: grant the connection's user what it needs/,
    )
    expect(await problem('INSERT INTO {table} (order_id) VALUES (1)', { operationType: 'WRITE' })).toMatch(/breaks a rule of the table/)
    expect(await problem('COPY {table} TO STDOUT', { operationType: 'WRITE' })).toMatch(/cannot be tried: it starts with COPY/)
    expect(await refusalOfTrial(kit.server.url, draft(), { kind: 'GENERIC_SQL' })).toBe('VALIDATION_FAILED')
  })

  it('is cut off by its timeout, and rolled back', async () => {
    const beganWith = await onSut('SELECT count(*) FROM orders')
    const slow = await tryGeneric(
      'WITH added AS (UPDATE {table} SET note = note) SELECT pg_sleep(60)',
      { operationType: 'WRITE' },
      { statementTimeoutSeconds: 1 },
    )
    expect(slow).toMatchObject({ ok: false, wasRolledBack: false, tookMs: null })
    expect(slow.problem).toMatch(/^The operation "G" took more than 1 s and was cut off/)
    expect(await onSut('SELECT count(*) FROM orders')).toEqual(beganWith)
  })

  it('ends at the database when nobody waits for it any more', async () => {
    const body = JSON.stringify({
      query: 'mutation ($input: TemplateInput!) { tryStatement(input: $input, kind: GENERIC_SQL) { ok } }',
      variables: { input: withGeneric('SELECT pg_sleep(61)') },
    })
    const asked = request(`${kit.server.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' } })
    asked.on('error', () => undefined)
    asked.end(body)
    await until('it is sent', sentNow, sent => sent.some(query => query.includes('pg_sleep(61)')))
    asked.destroy()
    await until('it is cancelled', sentNow, sent => !sent.some(query => query.includes('pg_sleep(61)')), 10_000)
    await until('its process is gone', inspecting, left => left.length === 0)
  })

  it('tells when its process is killed, which leaves nothing behind', async () => {
    const trying = tryGeneric('WITH changed AS (UPDATE {table} SET amount = 0) SELECT pg_sleep(62)', { operationType: 'WRITE' })
    await until('it is sent', sentNow, sent => sent.some(query => query.includes('pg_sleep(62)')))
    for (const { pid } of inspecting()) await killHard(pid)
    expect((await trying).problem).toMatch(/was ended \(SIGKILL\): ask again/)
    await onSut(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${kit.sut.user}'`)
    expect(await onSut('SELECT 1 FROM orders WHERE amount = 0')).toEqual([])
  })

  it('waits while two are tried, and no more than two are', async () => {
    let most = 0
    const watching = setInterval(() => {
      most = Math.max(most, inspecting().length)
    }, 50)
    const tried = await Promise.all([1, 2, 3].map(() => tryGeneric('SELECT 1'))).finally(() => clearInterval(watching))
    expect(tried.map(({ ok, problem }) => [ok, problem])).toEqual(Array.from({ length: 3 }, () => [true, null]))
    expect([1, 2]).toContain(most)
  })
})

describe('a connection that is of no use', () => {
  const connectionWith = async (settings: object, password = kit.sut.password): Promise<string> => {
    const id = newId()
    const { host, port, user, database } = kit.sut
    await putConnection(kit.control.db, {
      id,
      name: `Bad ${id}`,
      type: 'POSTGRES',
      settings: { host, port, user, database, tls: 'OFF', ca: null, ...settings },
      sealedCredentials: sealSecret(password, id, kit.credentialKey),
    })
    return id
  }

  it('is told with what to do, and never with its password', async () => {
    const password = randomBytes(12).toString('hex')
    const refused = { target: { connectionId: await connectionWith({}, password) } }
    const shown = await show(draft(refused as never))
    expect(shown).toMatchObject({ statements: [], problem: expect.stringMatching(/^The password for .* was refused: save the right one/) })
    const tried = await tryKind('POINT_LOOKUP', draft(refused as never))
    expect(tried).toMatchObject({ ok: false, sql: '', problem: shown.problem })
    expect(JSON.stringify([shown, tried]) + kit.server.output()).not.toContain(password)
    const unreachable = { target: { connectionId: await connectionWith({ port: 1 }) } }
    expect((await show(draft(unreachable as never))).problem).toMatch(/^No PostgreSQL answers at /)
  })

  it('leads to a server that is too old, and is told which one will do', async () => {
    const { problem } = await asOldServer(kit.sut, 110_022, () => show(draft()))
    expect(problem).toMatch(/ runs PostgreSQL 11, and FlakeBench needs 12 or later: use a newer server$/)
  })

  it('may not read the table, and is told what to grant', async () => {
    await onSut('CREATE TABLE closed (id int PRIMARY KEY); CREATE SCHEMA hidden; CREATE TABLE hidden.t (id int PRIMARY KEY)')
    const problem = async (target: object) => (await tryKind('POINT_LOOKUP', draft({ target } as never))).problem
    expect(await problem({ table: 'closed' })).toMatch(/may not read public\.closed .*: grant SELECT on it/)
    await onSut(`GRANT SELECT ON hidden.t TO ${kit.sut.user}`)
    expect(await problem({ schema: 'hidden', table: 't' })).toMatch(/permission denied for schema hidden.*: grant USAGE on its schema/)
  })
})

it('ends with its server, and at the database', async () => {
  const trying = tryGeneric('SELECT pg_sleep(63)').catch(() => null)
  await until('it is sent', sentNow, sent => sent.some(query => query.includes('pg_sleep(63)')))
  const pids = inspecting().map(({ pid }) => pid)
  expect(pids).toHaveLength(1)
  await kit.server.end('SIGKILL')
  const left = () => listProcessesWith('inspect').filter(({ pid }) => pids.includes(pid))
  await until('its process is gone', left, processes => processes.length === 0, 10_000)
  await until('it is cancelled', sentNow, sent => !sent.some(query => query.includes('pg_sleep(63)')), 10_000)
  await trying
})
