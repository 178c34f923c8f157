import type { GenericParameter, OperationType, TemplateInput } from '@flakebench/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { type SlowSut, startSlowSut } from '../kit/slowSut.ts'

let kit: RunKit
let recording: SlowSut
beforeAll(async () => {
  kit = await openRunKit({
    rows: 2_000,
    sutAddress: async sut => {
      recording = await startSlowSut(sut)
      return { host: '127.0.0.1', port: recording.port }
    },
  })
})
/** Few, for machines that are busy. */
const COMPARED = 25

afterAll(async () => {
  await kit.close()
  await recording.close()
})

interface Given {
  readonly label: string
  readonly weight: number
  readonly sql: string
  readonly parameters?: readonly Partial<GenericParameter>[]
  readonly operationType?: OperationType
}
const generic = (...operations: readonly Given[]): TemplateInput => ({
  name: 'Generic',
  operations: { generic: operations.map(one => ({ operationType: 'READ', parameters: [], ...one })) as never },
})

interface ByLabel {
  readonly run: {
    readonly result: {
      readonly totalOperations: number
      readonly failedOperations: number
      readonly byKind: readonly { kind: string; label: string; operations: number; p95Ms: number | null }[]
    }
  }
}
const byLabel = async (id: string): Promise<ByLabel['run']['result']> =>
  (
    await kit.graphql<ByLabel>(
      'query ($id: ID!) { run(id: $id) { result { totalOperations failedOperations byKind { kind label operations p95Ms } } } }',
      { id },
    )
  ).run.result

describe('generic SQL', () => {
  it('is sent in its exact share beside the other kinds, and counted by its label', async () => {
    const run = await kit.run(
      { targetConnections: 4, workers: 2, warmupSeconds: 0, durationSeconds: 2 },
      {
        name: 'Mixed',
        operations: {
          pointLookup: { weight: 50 },
          generic: [
            {
              label: 'Revenue',
              operationType: 'READ',
              weight: 37.5,
              sql: 'SELECT sum(amount) FROM {table} WHERE customer_id = ?',
              parameters: [{ strategy: 'LITERAL', value: 7 }],
            },
            {
              label: 'Touch',
              operationType: 'WRITE',
              weight: 12.5,
              sql: 'UPDATE {table} SET updated_at = now() WHERE order_id = $1 AND order_id <= $1',
              parameters: [{ strategy: 'RANDOM_NUMERIC', min: 1, max: 2_000, integer: true }],
            },
            { label: 'Never', operationType: 'READ', weight: 0, sql: 'SELECT nothing FROM nowhere' },
          ] as never,
        },
      },
    )
    expect(run).toMatchObject({ status: 'COMPLETED', cancellationReason: null })
    const { totalOperations, failedOperations, byKind } = await byLabel(run.id)
    expect(failedOperations).toBe(0)
    expect(byKind.map(({ kind, label }) => [kind, label])).toEqual([
      ['POINT_LOOKUP', 'POINT_LOOKUP'],
      ['GENERIC_SQL', 'Revenue'],
      ['GENERIC_SQL', 'Touch'],
    ])
    const shares = [0.5, 0.375, 0.125]
    // Each of two workers is at any place of its cycle when the measurement ends, with up to two operations in flight.
    byKind.forEach(({ operations, p95Ms }, i) => {
      expect(Math.abs(operations - totalOperations * (shares[i] as number))).toBeLessThanOrEqual(8)
      expect(p95Ms).toBeGreaterThan(0)
    })
  })

  it('gives the database the values that its strategies choose, the same ones for the same seed', async () => {
    const template = await kit.createTemplate(
      generic({
        label: 'All',
        weight: 100,
        sql: 'SELECT count(*) FROM {table} WHERE order_id BETWEEN ? AND ? AND status <> ? AND currency <> ? AND amount > ? AND created_at >= ? AND created_at < ? AND order_id < ?',
        parameters: [
          { name: 'low', strategy: 'RANDOM_NUMERIC', min: 1, max: 1_900, integer: true },
          { strategy: 'OFFSET_FROM_PREVIOUS', dependsOn: 'low', offsets: [10, 100] },
          { strategy: 'CHOICE', values: ['LOST', 'STOLEN'] },
          { strategy: 'WEIGHTED_SAMPLE', values: ['ABC', 'DEF'], weights: [3, 1] },
          { strategy: 'RANDOM_IN_RANGE', min: 0, max: 0.5 },
          { name: 'day', strategy: 'LITERAL', value: '2020-02-28' },
          { strategy: 'OFFSET_FROM_PREVIOUS', dependsOn: 'day', offsets: [2] },
          { strategy: 'LITERAL', value: 1_000_000 },
        ],
      }),
    )
    const sent = async (): Promise<readonly (readonly (string | null)[])[]> => {
      const before = recording.answered.length
      const run = await kit.run({ seed: 7, workers: 1, targetConnections: 1, warmupSeconds: 0, durationSeconds: 1 }, template)
      expect(run).toMatchObject({ status: 'COMPLETED', result: { failedOperations: 0 } })
      const rows = recording.answered.slice(before).filter(({ statement }) => /^flakebench_\d+$/.test(statement ?? ''))
      expect(rows.length).toBeGreaterThanOrEqual(COMPARED)
      return rows.slice(0, COMPARED).map(({ values }) => values)
    }
    const first = await sent()
    for (const [low, high, status, currency, amount, day, nextDay, most] of first) {
      expect(low).toMatch(/^\d+$/)
      expect([10, 100]).toContain(Number(high) - Number(low))
      expect(['LOST', 'STOLEN']).toContain(status)
      expect(['ABC', 'DEF']).toContain(currency)
      expect(Number(amount)).toBeLessThan(0.5)
      expect([day, nextDay, most]).toEqual(['2020-02-28', '2020-03-01', '1000000'])
    }
    expect(await sent()).toEqual(first)
  })

  const refused = async (given: Given): Promise<string> => {
    const run = await kit.run({}, generic(given))
    expect(run.status).toBe('FAILED')
    expect(run.result?.totalOperations ?? 0).toBe(0)
    return run.cancellationReason as string
  }

  it('is refused before the start, by its label and with what to do, when the database would not take it', async () => {
    expect(await refused({ label: 'Wrong column', weight: 100, sql: 'SELECT colour FROM {table}' })).toContain(
      `Column colour of the operation "Wrong column"'s SQL does not exist`,
    )
    expect(await refused({ label: 'Wrong table', weight: 100, sql: 'SELECT 1 FROM elsewhere' })).toContain(
      `The operation "Wrong table"'s SQL names a table that does not exist`,
    )
    expect(
      await refused({ label: 'Delete', operationType: 'WRITE', weight: 100, sql: 'DELETE FROM {table} WHERE order_id = 0' }),
    ).toContain('The operation "Delete" is not allowed')
    expect(await refused({ label: 'Typo', weight: 100, sql: 'SELECT 1 FORM {table}' })).toContain(`The operation "Typo"'s SQL was refused`)
  })
})
