import { numberSlots, type ProfiledColumn, type TableProfile } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { quoteName } from '../../worker/src/engines/snowflakeNames.ts'
import { readType } from '../../worker/src/engines/snowflakeTypes.ts'
import { buildOperations } from '../../worker/src/operations/buildOperations.ts'
import { newKeys } from '../../worker/src/operations/newKeys.ts'
import type { Operation, OperationContext } from '../../worker/src/operations/operation.ts'
import { seededRandom } from '../../worker/src/operations/random.ts'
import { NO_POOLS } from '../../worker/src/pools/workerPools.ts'
import { samplePlan } from '../kit/samplePlan.ts'

const column = (name: string, described: string, over: Partial<ProfiledColumn> = {}): ProfiledColumn => ({
  name,
  ...readType(described),
  nullable: false,
  hasDefault: false,
  generated: false,
  ...over,
})

const ORDERS: TableProfile = {
  columns: [
    column('ORDER_ID', 'NUMBER(38,0)'),
    column('AMOUNT', 'NUMBER(10,2)'),
    column('RATE', 'FLOAT'),
    column('PAID', 'BOOLEAN'),
    column('DAY', 'DATE'),
    column('CREATED_AT', 'TIMESTAMP_NTZ(9)'),
    column('UPDATED_AT', 'TIMESTAMP_LTZ(9)'),
    column('NOTE', 'VARCHAR(16777216)'),
    column('DOC', 'VARIANT', { nullable: true }),
  ],
  keyColumn: 'ORDER_ID',
  keyRange: { min: 1, max: 1_000 },
  keyDensity: 1,
  sampledKeys: [],
  rowEstimate: 1_000,
  engineVersion: '',
  settings: {},
}

const owner = { runId: 'R1', workerGroupId: 1, stride: 4, attempt: 1, currentMaxKey: null }
const contextOf = (profile: TableProfile): OperationContext => ({
  profile,
  table: '"BENCH"."PUBLIC"."ORDERS"',
  dialect: 'snowflake',
  rangeSize: 100,
  owner,
  pools: NO_POOLS,
  quoteName,
  random: purpose => seededRandom(42, 1, purpose),
})

type Kind = 'POINT_LOOKUP' | 'RANGE_SCAN' | 'INSERT' | 'UPDATE'
const one = (kind: Kind, sql: string | null = null, profile = ORDERS): Operation =>
  buildOperations(
    samplePlan({ operations: [{ kind, label: kind, operationType: 'READ', weight: 100, sql, parameters: [] }] }),
    contextOf(profile),
  )[0] as Operation

describe('the canonical statements on Snowflake', () => {
  it('look up all columns of one row, marked after the first word', () => {
    const { statement, bind } = one('POINT_LOOKUP')
    expect(statement.text).toMatch(
      /^SELECT \/\*flakebench kind=POINT_LOOKUP\*\/ "ORDER_ID", .* FROM "BENCH"."PUBLIC"."ORDERS" WHERE "ORDER_ID" = \?$/,
    )
    expect(bind()).toEqual([expect.any(Number)])
  })

  it('scan a stretch of keys', () => {
    const { statement, bind } = one('RANGE_SCAN')
    expect(statement.text).toMatch(/WHERE "ORDER_ID" BETWEEN \? AND \?$/)
    const [low, high] = bind() as [number, number]
    expect(high - low).toBe(99)
  })

  it('insert a row of values that need no function, and leave a variant out', () => {
    const { statement, bind } = one('INSERT')
    expect(statement.text).toMatch(
      /\("ORDER_ID", "AMOUNT", "RATE", "PAID", "DAY", "CREATED_AT", "UPDATED_AT", "NOTE"\) VALUES \(\?, \?, \?, \?, \?, \?, \?, \?\)$/,
    )
    expect(bind()).toEqual([
      1_002,
      expect.stringMatching(/^\d{1,6}\.\d\d$/),
      expect.any(Number),
      expect.any(Boolean),
      expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/),
      expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      expect.any(String),
    ])
  })

  it('refuse a variant that must be given', () => {
    const columns = ORDERS.columns.map(one => (one.name === 'DOC' ? { ...one, nullable: false } : one))
    expect(() => one('INSERT', null, { ...ORDERS, columns })).toThrow(/cannot fill column DOC of type variant/)
  })

  it('change a column of text, and the moment of the last change', () => {
    expect(one('UPDATE').statement.text).toMatch(/SET "NOTE" = \?, "UPDATED_AT" = CURRENT_TIMESTAMP WHERE "ORDER_ID" = \?$/)
  })
})

describe("a template's own statement on Snowflake", () => {
  it('keeps its placeholders, and what looks like one', () => {
    const sql = String.raw`SELECT '\'?', note FROM {table} WHERE order_id = ? // ?`
    const { statement, bind } = one('POINT_LOOKUP', sql)
    expect(statement).toMatchObject({ valueCount: 1 })
    expect(statement.text).toMatch(/WHERE order_id = \? \/\/ \?$/)
    expect(bind()).toEqual([expect.any(Number)])
  })

  it('has numbered values as Snowflake writes them', () => {
    expect(numberSlots("UPDATE t SET a = $2, b = '$1' WHERE id = $1", 'snowflake')).toMatchObject({
      text: "UPDATE t SET a = :2, b = '$1' WHERE id = :1",
      slots: [
        { column: 'id', use: 'COMPARE' },
        { column: 'a', use: 'WRITE' },
      ],
    })
  })
})

describe('new keys of a table whose largest key is not known', () => {
  const key = column('ID', 'NUMBER(38,0)')
  const unseen = { ...ORDERS, keyRange: null }
  const first = (change: Partial<typeof owner>, count = 3): unknown[] => {
    const keys = newKeys(unseen, key, { ...owner, ...change }, seededRandom(42, 1, 'keys'))
    return Array.from({ length: count }, () => keys?.())
  }

  it('lie far above, and apart by worker, attempt and run', () => {
    const [a, b, c] = first({}) as [number, number, number]
    expect(a).toBeGreaterThan(2 ** 52)
    expect([b - a, c - b]).toEqual([4, 4])
    const all = [first({}), first({ workerGroupId: 2 }), first({ attempt: 2 }), first({ runId: 'R2' })].flat() as number[]
    expect(new Set(all).size).toBe(all.length)
    expect(all.every(Number.isSafeInteger)).toBe(true)
  })

  it('cannot be made where they do not fit', () => {
    expect(newKeys(unseen, column('ID', 'NUMBER(9,0)'), owner, seededRandom(42, 1, 'keys'))).toBeNull()
  })
})
