import type { TemplateInput } from '@flakebench/contract'
import { newId, putConnection, sealSecret } from '@flakebench/store'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { asAdmin } from '../kit/asAdmin.ts'
import { refusalOf } from '../kit/graphql.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { engineOn, statementOf } from '../kit/snowflakeLoad.ts'
import { freshSnowflakeSut, type SnowflakeSut } from '../kit/snowflakeSut.ts'
import { type ShownStatements, showStatements, type TriedStatement, tryStatement } from '../kit/statements.ts'

const ROWS = 300
let sut: SnowflakeSut
let kit: RunKit
beforeAll(async () => {
  sut = await freshSnowflakeSut({ rows: ROWS })
  kit = await openRunKit({ rows: 0, snowflake: sut })
})
afterAll(async () => {
  await kit?.close()
  await sut?.drop()
})
beforeEach(() => {
  sut.wire.dials.reset()
  sut.wire.clearLog()
})

const draft = (target: object = {}, change: object = {}): TemplateInput =>
  ({
    name: '',
    operations: {},
    load: {},
    target: {
      connectionId: kit.connectionId,
      tableType: 'STANDARD',
      database: 'BENCH',
      schema: 'PUBLIC',
      table: 'ORDERS',
      warehouse: 'BENCH_WH',
      ...target,
    },
    ...change,
  }) as TemplateInput
const show = (input: TemplateInput): Promise<ShownStatements> => showStatements(kit.server.url, input)
const tryKind = (kind: string, input = draft()): Promise<TriedStatement> => tryStatement(kit.server.url, input, { kind })
const sent = (): string[] => sut.wire.statements().map(({ text }) => text)
const rowCount = (): Promise<unknown> =>
  asAdmin(sut.adminUrl, async admin => (await admin.query(`SELECT count(*), sum(amount) FROM "${sut.adminSchema}".orders`)).rows[0])

describe('the statements of a template for Snowflake', () => {
  it('are shown for the columns of the table, after a look at the catalog alone', async () => {
    const shown = await show(draft())
    expect(shown).toMatchObject({ keyColumn: 'ORDER_ID', problem: null })
    expect(shown.columns[0]).toEqual({ name: 'ORDER_ID', type: 'number' })
    expect(shown.statements.map(({ kind, problem }) => [kind, problem])).toEqual(
      ['POINT_LOOKUP', 'RANGE_SCAN', 'INSERT', 'UPDATE'].map(kind => [kind, null]),
    )
    expect(shown.statements[0]?.sql).toMatch(
      /^SELECT \/\*flakebench kind=POINT_LOOKUP\*\/ "ORDER_ID", .* FROM "BENCH"\."PUBLIC"\."ORDERS" WHERE "ORDER_ID" = \?$/,
    )
    expect(sent().filter(text => !/^(SHOW|DESCRIBE|ALTER SESSION)/i.test(text))).toEqual([])
  })

  it('say which type the table is of, where the template says another', async () => {
    expect((await show(draft({ tableType: 'HYBRID' }))).problem).toMatch(
      /is a standard table, the template says a hybrid table: set target\.tableType/,
    )
  })
})

describe('a statement that is tried on Snowflake', () => {
  it('of each kind shows values, rows and plan, and writes leave nothing behind', async () => {
    const before = await rowCount()
    const lookup = await tryKind('POINT_LOOKUP')
    expect(lookup).toMatchObject({ ok: true, rows: 1, problem: null, wasRolledBack: false })
    expect(lookup.columnNames[0]).toBe('ORDER_ID')
    expect(lookup.sample[0]?.[0]).toBe(lookup.values[0]?.value)
    expect(lookup.plan).toMatch(/Scan/)
    expect(await tryKind('RANGE_SCAN')).toMatchObject({ ok: true, sample: expect.objectContaining({ length: 10 }) })
    for (const kind of ['INSERT', 'UPDATE']) {
      expect(await tryKind(kind)).toMatchObject({ ok: true, rows: 1, problem: null, wasRolledBack: true, sample: [] })
    }
    expect(await rowCount()).toEqual(before)
    expect(sent().filter(text => text === 'ROLLBACK')).toHaveLength(4)
  })

  it('is cut off by its timeout, and what it wrote undone', async () => {
    const before = await rowCount()
    sut.wire.dials.statementLatencyMs = 60_000
    sut.wire.dials.statementLatencyFor = ({ text }) => text.startsWith('UPDATE')
    const slow = await tryKind('UPDATE', draft({}, { advanced: { statementTimeoutSeconds: 1 } }))
    expect(slow).toMatchObject({
      ok: false,
      wasRolledBack: false,
      problem: expect.stringMatching(/^The update took more than 1 s and was cut off/),
    })
    expect(sent().at(-1)).toBe('ROLLBACK')
    expect(await rowCount()).toEqual(before)
  })

  it('shows values as the server writes them, and none where there is none', async () => {
    const connection = await engineOn(sut).connect()
    try {
      const sql = "SELECT 12345678901234567890 AS a, NULL AS b, 'NULL' AS c, TRUE AS d, '2024-02-03'::date AS e, 1.50 AS f"
      const trial = await connection.tryOnce(statementOf(sql), [], new AbortController().signal)
      expect(trial.columnNames).toEqual(['A', 'B', 'C', 'D', 'E', 'F'])
      expect(trial.sample[0]?.slice(0, 5)).toEqual(['12345678901234567890', null, 'NULL', 'TRUE', '2024-02-03'])
      expect(Number(trial.sample[0]?.[5])).toBe(1.5)
    } finally {
      await connection.close()
    }
  })

  it('is not sent where a rollback would not undo it', async () => {
    const generic = [{ id: 'G', operationType: 'WRITE', sql: 'PUT file:///etc/hostname @~' }]
    expect(await tryKind('GENERIC_SQL', draft({}, { operations: { generic } }))).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/cannot be tried: it starts with PUT/),
    })
    expect(sent().filter(text => text.startsWith('PUT'))).toEqual([])
  })

  it('does not lock a user whose password is refused, however often it is asked', async () => {
    const id = newId()
    const settings = { ...sut.settings }
    await putConnection(kit.control.db, {
      id,
      name: 'Refused',
      type: 'SNOWFLAKE',
      settings,
      sealedCredentials: sealSecret('wrong', id, kit.credentialKey),
    })
    const before = sut.wire.counts().logins
    const input = draft({ connectionId: id })
    const warehouses = async (): Promise<string> =>
      (await refusalOf(kit.server.url, 'query ($id: ID!) { catalogWarehouses(connectionId: $id) { name } }', { id })).message
    // At the same time, as a page asks that is opened: one goes ahead, whichever.
    const [shown, catalog, tried] = await Promise.all([show(input), warehouses(), tryKind('POINT_LOOKUP', input)])
    const problems = [shown.problem, catalog, tried.problem]
    expect(problems.filter(problem => problem?.includes('It is not tried again for a minute'))).toHaveLength(2)
    for (const problem of problems)
      expect(problem).toMatch(/refused the user BENCH or the password|check user and secret of the connection/)
    expect((await show(input)).problem).toContain('It is not tried again for a minute')
    expect(await warehouses()).toContain('It is not tried again for a minute')
    expect(sut.wire.counts().logins - before).toBe(1)
  })
})

it('writes nothing to a view, and reads from it', async () => {
  const view = await freshSnowflakeSut({ rows: 20, tableType: 'VIEW' })
  const id = newId()
  await putConnection(kit.control.db, {
    id,
    name: 'View',
    type: 'SNOWFLAKE',
    settings: view.settings,
    sealedCredentials: sealSecret(view.password, id, kit.credentialKey),
  })
  const input = draft({ connectionId: id, tableType: 'VIEW' })
  const shown = await show(input)
  expect(shown.statements.map(({ sql, problem }) => [sql !== null, problem])).toEqual([
    [true, null],
    [true, null],
    [false, 'Nothing can be written: a VIEW target is only read'],
    [false, 'Nothing can be written: a VIEW target is only read'],
  ])
  expect(await tryKind('INSERT', input)).toMatchObject({
    ok: false,
    sql: '',
    problem: 'Nothing can be written: a VIEW target is only read',
  })
  expect(await tryKind('POINT_LOOKUP', input)).toMatchObject({ ok: true, rows: 1 })
})
