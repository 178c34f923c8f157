import { putPoolProgress, readPoolSet } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asAdmin } from '../kit/asAdmin.ts'
import { refusalOf } from '../kit/graphql.ts'
import { beginPools, endedPools, preparePools, readPools } from '../kit/pools.ts'
import { listProcessesWith, until } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { type SlowSut, startSlowSut } from '../kit/slowSut.ts'

const ROWS = 20_000
let kit: RunKit
let recording: SlowSut
beforeAll(async () => {
  kit = await openRunKit({
    rows: ROWS,
    sutAddress: async sut => {
      recording = await startSlowSut(sut)
      return { host: '127.0.0.1', port: recording.port }
    },
  })
})
afterAll(async () => {
  await kit.close()
  await recording.close()
})

const SHORT = { seed: 3, workers: 1, targetConnections: 1, warmupSeconds: 0, durationSeconds: 1 }

/** The values of one operation's executions in a run of a template. */
const sentBy = async (templateId: string, statement = 'flakebench_0'): Promise<readonly (readonly (string | null)[])[]> => {
  const since = recording.answered.length
  expect(await kit.run(SHORT, templateId)).toMatchObject({ status: 'COMPLETED', result: { failedOperations: 0 } })
  const sent = recording.answered.slice(since).filter(one => one.application === 'flakebench worker-0' && one.statement === statement)
  expect(sent.length).toBeGreaterThan(10)
  return sent.map(({ values }) => values)
}

const countWhere = (condition: string, values: readonly (string | null)[]): Promise<number> =>
  asAdmin(kit.sut.adminUrl, async admin =>
    Number((await admin.query(`SELECT count(*) AS n FROM orders WHERE ${condition}`, [...values])).rows[0].n),
  )

describe("a template's SQL that looks for rows by more than the key", () => {
  it('is not prepared before values were sampled, and finds rows then', async () => {
    const where = 'customer_id = ? AND status = ?'
    const templateId = await kit.createTemplate({
      operations: { pointLookup: { weight: 100, sql: `SELECT * FROM {table} WHERE ${where}` } },
    })
    await expect(kit.prepare({}, templateId)).rejects.toThrow(
      "operations.pointLookup.sql looks for rows by customer_id and status, whose values come from a sample of the table: prepare the template's value pools first",
    )
    await preparePools(kit, templateId)
    for (const values of (await sentBy(templateId)).slice(0, 50)) {
      expect(await countWhere('customer_id = $1 AND status = $2', values)).toBeGreaterThan(0)
    }
  })

  it('is refused by the worker where only that knows which column is the key', async () => {
    const operations = { pointLookup: { weight: 100, sql: 'SELECT * FROM {table} WHERE customer_id = ?' } }
    expect(await kit.run({}, { operations })).toMatchObject({
      status: 'FAILED',
      cancellationReason: expect.stringContaining(
        "The point lookup's SQL looks for rows by column customer_id, of which no values were sampled: prepare the template's value pools first",
      ),
    })
  })

  it('scans about as many rows as the template says, wherever it begins', async () => {
    const templateId = await kit.createTemplate({
      operations: { rangeScan: { weight: 100, sql: 'SELECT * FROM {table} WHERE created_at BETWEEN ? AND ?' } },
      advanced: { rangeSize: 200 },
    })
    const { pools } = await preparePools(kit, templateId)
    expect(pools.map(({ kind, column }) => `${kind} ${column}`)).toEqual(['COLUMN created_at', 'KEY order_id'])
    const counts: number[] = []
    for (const values of (await sentBy(templateId)).slice(0, 50)) {
      counts.push(await countWhere('created_at BETWEEN $1::timestamptz AND $2::timestamptz', values))
    }
    expect(Math.min(...counts)).toBeGreaterThan(50)
    expect(counts.reduce((sum, count) => sum + count, 0) / counts.length).toBeGreaterThan(140)
    expect(counts.reduce((sum, count) => sum + count, 0) / counts.length).toBeLessThan(280)
  })
})

describe('a table whose keys are far apart', () => {
  it('is looked up by keys that are there, and scanned by rows', async () => {
    await asAdmin(kit.sut.adminUrl, async admin => {
      await admin.query('CREATE TABLE sparse AS SELECT order_id * 1000 AS order_id, note FROM orders')
      await admin.query('ALTER TABLE sparse ADD PRIMARY KEY (order_id)')
      await admin.query(`GRANT SELECT ON sparse TO "${kit.sut.user}"`)
      await admin.query('ANALYZE sparse')
    })
    const templateId = await kit.createTemplate({
      target: { table: 'sparse' },
      operations: { pointLookup: { weight: 50 }, rangeScan: { weight: 50 } },
    })
    for (const [key] of await sentBy(templateId)) expect(Number(key) % 1_000).toBe(0)
    for (const [low, high] of await sentBy(templateId, 'flakebench_1')) {
      const held = Math.floor(Number(high) / 1_000) - Number(low) / 1_000 + 1
      expect(held).toBeGreaterThan(70)
      expect(held).toBeLessThan(140)
    }
  })
})

describe('a statement that cannot be explained', () => {
  it('is sent without that', async () => {
    const generic = [
      { label: 'Show', operationType: 'READ', weight: 50, sql: 'SHOW work_mem' },
      { label: 'Call', operationType: 'WRITE', weight: 50, sql: 'CALL count_up($1)', parameters: [{ strategy: 'LITERAL', value: 5 }] },
    ]
    await asAdmin(kit.sut.adminUrl, admin => admin.query('CREATE PROCEDURE count_up(n bigint) LANGUAGE sql AS $$ SELECT n + 1 $$'))
    expect(await kit.run(SHORT, { operations: { generic: generic as never } })).toMatchObject({
      status: 'COMPLETED',
      result: { failedOperations: 0 },
    })
  })
})

describe('a value that does not fit its column', () => {
  it('is found before the start', async () => {
    const operations = {
      generic: [
        {
          label: 'Wrong',
          operationType: 'READ',
          weight: 100,
          sql: 'SELECT * FROM {table} WHERE order_id = ?',
          parameters: [{ strategy: 'LITERAL', value: 'abc' }],
        },
      ],
    }
    const run = await kit.run({}, { operations: operations as never })
    expect(run).toMatchObject({ status: 'FAILED', result: null })
    expect(run.cancellationReason).toContain(`The operation "Wrong"'s SQL was refused`)
    expect(run.cancellationReason).toContain('abc')
  })
})

describe('a preparation of value pools', () => {
  it('begins once, however many ask at the same time', async () => {
    const templateId = await kit.createTemplate()
    const asked = await Promise.allSettled([1, 2, 3].map(seed => beginPools(kit, templateId, seed)))
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const refused = asked.find(({ status }) => status === 'rejected') as PromiseRejectedResult
    expect(String(refused.reason)).toContain('are being prepared already')
    expect(await endedPools(kit, templateId)).toMatchObject({ status: 'READY' })
  })

  it('leaves nothing behind when its template is deleted meanwhile', async () => {
    const templateId = await kit.createTemplate()
    recording.freeze()
    const { id } = await beginPools(kit, templateId)
    await kit.graphql('mutation ($id: ID!) { deleteTemplate(id: $id) }', { id: templateId })
    recording.thaw()
    await until(
      'the set is removed',
      () => readPoolSet(kit.control.db, id as string),
      set => set === null,
    )
  })

  it('is alive while it waits for the system under test, and tells so', async () => {
    const templateId = await kit.createTemplate()
    recording.freeze()
    const { id } = await beginPools(kit, templateId)
    await until(
      'the process is there',
      () => listProcessesWith(id as string),
      ({ length }) => length === 1,
    )
    const silence = (): Promise<number> =>
      kit.control.db.execute("UPDATE value_pool_sets SET updated_at = DATEADD('second', -60, updated_at) WHERE set_id = ?", [id as string])
    await silence()
    const mutation = 'mutation ($id: ID!) { preparePools(templateId: $id) { id } }'
    expect((await refusalOf(kit.server.url, mutation, { id: templateId })).message).toContain('are being prepared already')
    expect(await readPools(kit, templateId)).toMatchObject({ status: 'PREPARING' })
    await until(
      'it says that it is alive',
      async () => {
        const [row] = await kit.control.db.query(
          "SELECT TIMESTAMPDIFF('second', updated_at, CURRENT_TIMESTAMP) AS silent FROM value_pool_sets WHERE set_id = ?",
          [id as string],
        )
        return Number(row?.['silent'])
      },
      silentSeconds => silentSeconds < 10,
    )
    recording.thaw()
    expect(await endedPools(kit, templateId)).toMatchObject({ status: 'READY' })
    expect(await putPoolProgress(kit.control.db, id as string, 1)).toBe(false)
  })

  it('says so when a column holds nothing to draw from', async () => {
    await asAdmin(kit.sut.adminUrl, async admin => {
      await admin.query('CREATE TABLE hollow (id bigint PRIMARY KEY, seen_at timestamptz)')
      await admin.query('INSERT INTO hollow SELECT n FROM generate_series(1, 100) n')
      await admin.query(`GRANT SELECT ON hollow TO "${kit.sut.user}"`)
    })
    const sql = 'SELECT * FROM {table} WHERE seen_at >= ? LIMIT 5'
    const templateId = await kit.createTemplate({ target: { table: 'hollow' }, operations: { rangeScan: { weight: 100, sql } } })
    await beginPools(kit, templateId)
    expect(await endedPools(kit, templateId)).toMatchObject({
      status: 'FAILED',
      error: expect.stringContaining('Column seen_at holds no moment to scan from'),
    })
  })

  it('does not hold up the end of the server, even where its process hears nothing', async () => {
    const templateId = await kit.createTemplate()
    recording.freeze()
    const { id } = await beginPools(kit, templateId)
    const [found] = await until(
      'the process is there',
      () => listProcessesWith(id as string),
      ({ length }) => length === 1,
    )
    process.kill(found?.pid as number, 'SIGSTOP')
    expect(await kit.server.end()).toMatchObject({ code: 143 })
    expect(await listProcessesWith(id as string)).toEqual([])
    recording.thaw()
    await kit.restart()
  })
})
