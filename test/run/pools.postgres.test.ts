import { readPoolValues } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asAdmin } from '../kit/asAdmin.ts'
import { refusalOf } from '../kit/graphql.ts'
import { beginPools, endedPools, preparePools, readPools } from '../kit/pools.ts'
import { listProcessesWith, until } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { type SlowSut, startSlowSut } from '../kit/slowSut.ts'

/** Enough for a sample of rows: see `samplePercent`. */
const ROWS = 60_000
const KEYS = 5_000
const STATUSES = ['NEW', 'PAID', 'SHIPPED', 'CANCELLED', 'DELIVERED']

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

const WHOLE = { stride: 1, remainder: 0 }
const keysOf = (setId: string): Promise<number[]> =>
  readPoolValues<number>(kit.control.db, { setId, kind: 'KEY', column: 'order_id' }, WHOLE)

const sentBy = (worker: string, since: number): readonly (readonly (string | null)[])[] =>
  recording.answered
    .slice(since)
    .filter(({ application, statement }) => application === `flakebench ${worker}` && /^flakebench_\d+$/.test(statement ?? ''))
    .map(({ values }) => values)

const byStatus = (column = 'status'): Record<string, unknown> => ({
  generic: [
    {
      label: 'By status',
      operationType: 'READ',
      weight: 100,
      sql: 'SELECT count(*) FROM {table} WHERE status = ? AND order_id < 100',
      parameters: [{ strategy: 'SAMPLE_FROM_TABLE', column }],
    },
  ],
})

describe('value pools', () => {
  it('are sampled by a process of its own, which says how far it is', async () => {
    const templateId = await kit.createTemplate()
    expect(await readPools(kit, templateId)).toMatchObject({ id: null, status: null, needed: false, isUsable: false, pools: [] })
    const begun = await beginPools(kit, templateId, 11)
    expect(begun).toMatchObject({ status: 'PREPARING', seed: 11, valuesStored: 0, isUsable: false })
    expect(await endedPools(kit, templateId)).toMatchObject({
      id: begun.id,
      status: 'READY',
      error: null,
      valuesPlanned: KEYS,
      valuesStored: KEYS,
      isStale: false,
      staleBecause: null,
      hint: null,
      isUsable: true,
      pools: [{ kind: 'KEY', column: 'order_id', size: KEYS }],
    })
    const keys = await keysOf(begun.id as string)
    expect(new Set(keys).size).toBe(KEYS)
    expect(keys).toEqual([...keys].sort((a, b) => a - b))
    expect(keys.every(key => Number.isInteger(key) && key >= 1 && key <= ROWS)).toBe(true)
    // From all parts of the table.
    expect(Math.min(...keys)).toBeLessThan(ROWS / 10)
    expect(Math.max(...keys)).toBeGreaterThan((ROWS * 9) / 10)
  })

  it('are the same for the same seed and table, others for another seed, and older ones are removed', async () => {
    const templateId = await kit.createTemplate()
    const first = await preparePools(kit, templateId, 42)
    const firstKeys = await keysOf(first.id)
    const second = await preparePools(kit, templateId, 42)
    expect(second.id).not.toBe(first.id)
    expect(await keysOf(second.id)).toEqual(firstKeys)
    const third = await preparePools(kit, templateId, 43)
    expect(await keysOf(third.id)).not.toEqual(firstKeys)
    await until(
      'the older ones are removed',
      () => keysOf(second.id),
      keys => keys.length === 0,
    )
    expect(await keysOf(first.id)).toEqual([])
  })

  it('give each worker keys of its own, from the sample and nowhere else', async () => {
    const templateId = await kit.createTemplate()
    const pools = await preparePools(kit, templateId, 1)
    const since = recording.answered.length
    const run = await kit.run({ seed: 5, workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 1 }, templateId)
    expect(run).toMatchObject({ status: 'COMPLETED', result: { failedOperations: 0 } })
    expect((await kit.record(run.id)).plan.poolSetId).toBe(pools.id)
    const sampled = new Set(await keysOf(pools.id))
    const [first, second] = ['worker-0', 'worker-1'].map(worker => sentBy(worker, since).map(([key]) => Number(key))) as [
      number[],
      number[],
    ]
    for (const keys of [first, second]) {
      expect(keys.length).toBeGreaterThan(10)
      expect(keys.every(key => sampled.has(key))).toBe(true)
    }
    const ofFirst = new Set(first)
    expect(second.some(key => ofFirst.has(key))).toBe(false)
  })

  it('hold what the operations draw from: moments, rows to write, values of columns', async () => {
    const templateId = await kit.createTemplate({
      operations: {
        rangeScan: { weight: 25, sql: 'SELECT * FROM {table} WHERE created_at >= ? LIMIT 5' },
        insert: { weight: 25 },
        update: { weight: 25, sql: 'UPDATE {table} SET status = ? WHERE order_id = ?' },
        generic: [
          {
            label: 'By customer',
            operationType: 'READ',
            weight: 25,
            sql: 'SELECT * FROM {table} WHERE customer_id = ? AND status = ? AND created_at >= ? LIMIT 5',
            parameters: [
              { strategy: 'WEIGHTED_SAMPLE', column: 'customer_id' },
              { strategy: 'SAMPLE_FROM_TABLE', column: 'status' },
              { strategy: 'RANDOM_IN_RANGE', column: 'created_at' },
            ],
          },
        ] as never,
      },
    })
    const { pools } = await preparePools(kit, templateId, 1)
    expect(pools.map(({ kind, column }) => `${kind} ${column}`)).toEqual([
      'COLUMN customer_id',
      'COLUMN status',
      'COLUMN created_at',
      'RANGE created_at',
      'ROW null',
      'KEY order_id',
    ])
    const since = recording.answered.length
    const run = await kit.run({ workers: 1, targetConnections: 1, warmupSeconds: 0, durationSeconds: 1 }, templateId)
    expect(run).toMatchObject({ status: 'COMPLETED', result: { failedOperations: 0 } })
    const sent = recording.answered.slice(since).filter(({ application }) => application === 'flakebench worker-0')
    const valuesOf = (statement: string): readonly (readonly (string | null)[])[] =>
      sent.filter(one => one.statement === statement).map(({ values }) => values)
    const latest = Date.UTC(2026, 0, 1)
    for (const [moment] of valuesOf('flakebench_0')) {
      const atMs = Date.parse(`${moment?.replace(' ', 'T').replace('+00', '')}Z`)
      expect(atMs).toBeGreaterThan(latest - 32 * 86_400_000)
      expect(atMs).toBeLessThan(latest + 86_400_000)
    }
    expect(valuesOf('flakebench_0').length).toBeGreaterThan(0)
    for (const [, , status] of valuesOf('flakebench_1')) expect(STATUSES).toContain(status)
    for (const [status] of valuesOf('flakebench_2')) expect(STATUSES).toContain(status)
    for (const [, status] of valuesOf('flakebench_3')) expect(STATUSES).toContain(status)
  })

  it('are asked for before a run that cannot do without them', async () => {
    const templateId = await kit.createTemplate({ operations: byStatus() })
    const prepare = 'mutation ($id: ID!) { prepareRun(templateId: $id) { id } }'
    const path = 'operations.generic.0.parameters.0.column'
    const { extensions } = await refusalOf(kit.server.url, prepare, { id: templateId })
    expect(extensions).toMatchObject({
      code: 'VALIDATION_FAILED',
      problems: [{ path, message: `${path} (status) takes values from a sample of the table: prepare the template's value pools first` }],
    })
    expect(await readPools(kit, templateId)).toMatchObject({ needed: true, neededBecause: [expect.stringContaining(path)] })
    await preparePools(kit, templateId)
    expect(await kit.run({ warmupSeconds: 0, durationSeconds: 1 }, templateId)).toMatchObject({
      status: 'COMPLETED',
      result: { failedOperations: 0 },
    })
  })

  it('are stale when the template draws from something else, or the table has changed', async () => {
    const templateId = await kit.createTemplate({ operations: byStatus() })
    await preparePools(kit, templateId)
    const { target, name } = { target: { connectionId: kit.connectionId, table: 'orders' }, name: 'Changed' }
    const update = (input: Record<string, unknown>): Promise<unknown> =>
      kit.graphql('mutation ($id: ID!, $input: TemplateInput!) { updateTemplate(id: $id, input: $input) { id } }', {
        id: templateId,
        input: { name, target, load: { targetConnections: 2, warmupSeconds: 0, durationSeconds: 1 }, ...input },
      })
    await update({ operations: byStatus('currency') })
    expect(await readPools(kit, templateId)).toMatchObject({
      isStale: true,
      isUsable: false,
      staleBecause: 'no values of column currency were sampled, which the operations draw from now',
    })
    await update({ operations: byStatus(), target: { ...target, table: 'other' } })
    expect(await readPools(kit, templateId)).toMatchObject({ isStale: true, staleBecause: "the template's target is another table now" })
    await update({ operations: byStatus() })
    expect(await readPools(kit, templateId)).toMatchObject({ isStale: false, isUsable: true })

    await asAdmin(kit.sut.adminUrl, admin => admin.query('ALTER TABLE orders ADD COLUMN colour text'))
    await kit.run({ warmupSeconds: 0, durationSeconds: 1 }, templateId)
    expect(await readPools(kit, templateId)).toMatchObject({
      isStale: true,
      isUsable: true,
      staleBecause: "the table's columns have changed since (colour)",
    })
    await preparePools(kit, templateId)
    expect(await readPools(kit, templateId)).toMatchObject({ isStale: false })
    await asAdmin(kit.sut.adminUrl, async admin => {
      await admin.query(`INSERT INTO orders SELECT order_id + 1000000, customer_id, status, amount, currency, created_at, updated_at, note FROM orders
        WHERE order_id <= ${ROWS / 2}`)
      await admin.query('ANALYZE orders')
    })
    await kit.run({ warmupSeconds: 0, durationSeconds: 1 }, templateId)
    expect((await readPools(kit, templateId)).staleBecause).toMatch(/^the table had about \d+ rows then and has about \d+ now$/)
  })

  /** A preparation that hangs until `thaw`. */
  const hangingPreparation = async (templateId: string): Promise<{ readonly id: string; readonly pid: number }> => {
    recording.freeze()
    const { id } = await beginPools(kit, templateId)
    const [found] = await until(
      'the process is there',
      () => listProcessesWith(id as string),
      ({ length }) => length === 1,
    )
    return { id: id as string, pid: found?.pid as number }
  }

  it('have failed when their process is killed, and can be prepared again', async () => {
    const templateId = await kit.createTemplate()
    const { pid } = await hangingPreparation(templateId)
    const mutation = 'mutation ($id: ID!) { preparePools(templateId: $id) { id } }'
    expect((await refusalOf(kit.server.url, mutation, { id: templateId })).message).toContain('are being prepared already')
    process.kill(pid, 'SIGKILL')
    expect(await endedPools(kit, templateId)).toMatchObject({
      status: 'FAILED',
      error: 'The process of the preparation was ended (SIGKILL): prepare the value pools again',
      isUsable: false,
    })
    recording.thaw()
    await preparePools(kit, templateId)
  })

  it('have failed when their server is killed, and its process ends with it', async () => {
    const templateId = await kit.createTemplate()
    const { id } = await hangingPreparation(templateId)
    await kit.server.end('SIGKILL')
    await until(
      'the process ends',
      () => listProcessesWith(id),
      ({ length }) => length === 0,
    )
    recording.thaw()
    await kit.restart()
    expect(await endedPools(kit, templateId)).toMatchObject({
      status: 'FAILED',
      error: expect.stringContaining('prepare the value pools again'),
    })
  })

  it('say in one sentence why they cannot be prepared', async () => {
    const templateId = await kit.createTemplate({ target: { table: 'nowhere' } })
    await beginPools(kit, templateId)
    expect(await endedPools(kit, templateId)).toMatchObject({
      status: 'FAILED',
      error: `The table public.nowhere does not exist in database ${kit.sut.database}: check the template's target`,
    })
  })
})
