import type { TableType } from '@flakebench/contract'
import { readPoolValues } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../worker/src/engines/engine.ts'
import type { SampleRequest } from '../../worker/src/pools/poolSource.ts'
import { asAdmin } from '../kit/asAdmin.ts'
import { beginPools, endedPools, preparePools, readPools } from '../kit/pools.ts'
import { openRunKit, templateOf } from '../kit/runKit.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { engineOn } from '../kit/snowflakeLoad.ts'
import { freshSnowflakeSut } from '../kit/snowflakeSut.ts'

const all = async <T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> => {
  const values: T[] = []
  for await (const batch of batches) values.push(...batch)
  return values
}

const requestOf = async (engine: Engine, tableType: Exclude<TableType, 'POSTGRES'>, size: number, seed: number): Promise<SampleRequest> => {
  const target = { ...samplePlan().target, tableType }
  return { target, profile: await engine.profile(target, seed), size, seed }
}

describe.each(['STANDARD', 'HYBRID', 'VIEW', 'DYNAMIC', 'INTERACTIVE'] as const)('samples of a %s table', tableType => {
  it('are the same for the same seed, keys in the order of the table', async () => {
    const sut = await freshSnowflakeSut({ rows: 3_000, tableType })
    const engine = engineOn(sut, { poolSetId: 'S' })
    const keysBy = async (seed: number): Promise<number[]> =>
      (await all(engine.pools.sampleKeys(await requestOf(engine, tableType, 200, seed)))).map(Number)
    const keys = await keysBy(1)
    expect(new Set(keys).size).toBe(200)
    expect(keys).toEqual([...keys].sort((a, b) => a - b))
    expect(keys.every(key => key >= 1 && key <= 3_000)).toBe(true)
    expect(await keysBy(1)).toEqual(keys)
    expect(await keysBy(2)).not.toEqual(keys)
    // From all parts of the table, never by block, and without sorting more than is wanted a few times over.
    expect(Math.min(...keys)).toBeLessThan(300)
    expect(Math.max(...keys)).toBeGreaterThan(2_700)
    const sampling = sut.wire.statements().filter(({ text }) => text.includes('HASH('))
    expect(sampling.length).toBeGreaterThan(0)
    for (const { text } of sampling) {
      expect(text).toMatch(/WHERE "ORDER_ID" IS NOT NULL AND MOD\(HASH\("ORDER_ID", \d\), 8\) = 0/)
      expect(text).not.toMatch(/\bSAMPLE\b/)
    }

    const request = await requestOf(engine, tableType, 50, 3)
    const rows = await all(engine.pools.sampleRows({ ...request, columns: ['STATUS', 'CREATED_AT'], isWithoutNull: true }))
    expect(rows).toHaveLength(50)
    for (const [status, createdAt] of rows) {
      expect(['NEW', 'PAID', 'SHIPPED', 'CANCELLED', 'DELIVERED']).toContain(status)
      expect(createdAt).toMatch(/^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d/)
    }
    expect(await engine.pools.readTimeSpan(request.target, 'CREATED_AT')).toMatchObject({ min: expect.stringMatching(/^2023/) })
  })
})

describe('a sample of keys that repeat', () => {
  it('costs two scans at most', async () => {
    const sut = await freshSnowflakeSut({ rows: 3_000 })
    await asAdmin(sut.adminUrl, admin => admin.query(`UPDATE "${sut.adminSchema}".orders SET order_id = order_id % 10`))
    const engine = engineOn(sut, { poolSetId: 'S' })
    const request = await requestOf(engine, 'STANDARD', 50, 1)
    expect(await all(engine.pools.sampleKeys(request))).toHaveLength(10)
    expect(sut.wire.statements().filter(({ text }) => text.includes('HASH('))).toHaveLength(2)
  })
})

describe('a run on a hybrid table', () => {
  it('draws its keys from value pools, and is not prepared without them', async () => {
    const snowflake = await freshSnowflakeSut({ rows: 3_000, tableType: 'HYBRID' })
    const kit = await openRunKit({ snowflake })
    try {
      const templateId = await kit.createTemplate({
        operations: {
          pointLookup: { weight: 40 },
          rangeScan: { weight: 20 },
          update: { weight: 20 },
          generic: [
            {
              label: 'By status',
              operationType: 'READ',
              weight: 20,
              sql: 'SELECT COUNT(*) FROM {table} WHERE STATUS = ? AND CREATED_AT >= ? AND AMOUNT > ?',
              parameters: [
                { strategy: 'SAMPLE_FROM_TABLE', column: 'status' },
                { strategy: 'RANDOM_IN_RANGE', column: 'CREATED_AT' },
                { strategy: 'WEIGHTED_SAMPLE', column: 'amount' },
              ],
            },
          ] as never,
        },
      })
      await expect(kit.prepare({}, templateId)).rejects.toThrow("scans all of it: prepare the template's value pools first")
      const { id, pools } = await preparePools(kit, templateId, 7)
      expect(pools.map(({ kind, column }) => `${kind} ${column}`)).toEqual([
        'COLUMN STATUS',
        'COLUMN CREATED_AT',
        'COLUMN AMOUNT',
        'ROW null',
        'KEY ORDER_ID',
      ])
      const keys = await readPoolValues<number>(kit.control.db, { setId: id, kind: 'KEY', column: 'ORDER_ID' }, { stride: 1, remainder: 0 })
      expect(keys).toHaveLength(3_000)
      const run = await kit.run({ warmupSeconds: 0, durationSeconds: 2 }, templateId)
      expect(run).toMatchObject({ status: 'COMPLETED', cancellationReason: null, result: { failedOperations: 0 } })
      expect(run.result?.byKind).toHaveLength(4)
      expect(await readPools(kit, templateId)).toMatchObject({ isStale: false, isUsable: true })
    } finally {
      await kit.close()
    }
  })
})

describe('an interactive table', () => {
  it('says what to do when its warehouse ends the sampling, and can be prepared through another one', async () => {
    const snowflake = await freshSnowflakeSut({
      rows: 3_000,
      tableType: 'INTERACTIVE',
      server: { warehouses: [{ name: 'BENCH_WH', isInteractive: true }, { name: 'LOADING_WH' }] },
    })
    const kit = await openRunKit({ snowflake })
    try {
      const { dials } = snowflake.wire
      dials.statementLatencyMs = 20_000
      dials.statementLatencyFor = ({ text, warehouse }) => text.includes('HASH(') && warehouse === 'BENCH_WH'
      const templateId = await kit.createTemplate()
      await beginPools(kit, templateId)
      expect(await endedPools(kit, templateId)).toMatchObject({
        status: 'FAILED',
        error: expect.stringMatching(
          /^The table could not be sampled within the 5 s that an interactive warehouse allows \(.*\): set target.warehouse to a standard warehouse/,
        ),
      })
      const throughWarehouse = async (warehouse: string): Promise<void> => {
        const { database, schema, table, tableType } = snowflake
        const input = templateOf(kit.connectionId, { target: { database, schema, table, tableType, warehouse } })
        await kit.graphql('mutation ($id: ID!, $input: TemplateInput!) { updateTemplate(id: $id, input: $input) { id } }', {
          id: templateId,
          input,
        })
      }
      await throughWarehouse('LOADING_WH')
      await preparePools(kit, templateId)
      await throughWarehouse('BENCH_WH')
      expect(await readPools(kit, templateId)).toMatchObject({ isStale: false, isUsable: true })
    } finally {
      await kit.close()
    }
  })
})

describe('the profile of a table', () => {
  const profileAfter = async (change: string, rows = 3_000) => {
    const sut = await freshSnowflakeSut({ rows })
    await asAdmin(sut.adminUrl, admin => admin.query(`UPDATE "${sut.adminSchema}".orders SET order_id = ${change}`))
    const { target } = samplePlan()
    return engineOn(sut).profile({ ...target, tableType: 'STANDARD' }, 42)
  }

  it('holds keys that are there where the numbers between them mostly are not', async () => {
    const profile = await profileAfter('order_id * 1000')
    expect(profile).toMatchObject({ keyRange: { min: 1_000, max: 3_000_000 }, rowEstimate: 3_000 })
    expect(profile.keyDensity).toBeCloseTo(0.001, 4)
    expect(profile.settings['key_density']).toMatch(/^0\.1 % .*keys come from a sample$/)
    const keys = profile.sampledKeys.map(Number)
    expect(keys).toHaveLength(3_000)
    expect(keys).toEqual([...keys].sort((a, b) => a - b))
    expect(keys.every(key => key % 1_000 === 0)).toBe(true)
  })

  it('sees that keys which repeat leave others out, though there are as many rows as numbers', async () => {
    const profile = await profileAfter('order_id - order_id % 4', 4_000)
    expect(profile.keyDensity).toBeLessThan(0.5)
    expect(new Set(profile.sampledKeys.map(key => Number(key) % 4))).toEqual(new Set([0]))
  })

  it('takes keys from all of a dense range', async () => {
    const profile = await profileAfter('order_id + 7')
    expect(profile).toMatchObject({ keyDensity: 1, sampledKeys: [], settings: { key_density: expect.stringContaining('100.0 %') } })
  })
})
