import { readPoolValues } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../worker/src/engines/engine.ts'
import type { SampleRequest } from '../../worker/src/pools/poolSource.ts'
import { preparePools, readPools } from '../kit/pools.ts'
import { openRunKit } from '../kit/runKit.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { engineOn } from '../kit/snowflakeLoad.ts'
import { freshSnowflakeSut } from '../kit/snowflakeSut.ts'

const all = async <T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> => {
  const values: T[] = []
  for await (const batch of batches) values.push(...batch)
  return values
}

const requestOf = async (engine: Engine, tableType: 'STANDARD' | 'HYBRID' | 'VIEW', size: number, seed: number): Promise<SampleRequest> => {
  const target = { ...samplePlan().target, tableType }
  return { target, profile: await engine.profile(target, seed), size, seed }
}

describe.each(['STANDARD', 'HYBRID', 'VIEW'] as const)('samples of a %s table', tableType => {
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
      await expect(kit.prepare({}, templateId)).rejects.toThrow('scans all of it: prepare value pools first (mutation preparePools)')
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
