import { describe, expect, it } from 'vitest'
import { explaining } from '../../worker/src/engines/snowflakeExplain.ts'
import { asIdentifier, meantName, placesOf, qualifiedName, quoteText } from '../../worker/src/engines/snowflakeNames.ts'
import { statementParameters } from '../../worker/src/engines/snowflakeTag.ts'
import { readType } from '../../worker/src/engines/snowflakeTypes.ts'
import { samplePlan } from '../kit/samplePlan.ts'

describe("Snowflake's types", () => {
  it.each([
    ['NUMBER(38,0)', { type: 'number', maxLength: null, numericPrecision: 38, numericScale: 0 }],
    ['NUMBER(10,2)', { type: 'number', maxLength: null, numericPrecision: 10, numericScale: 2 }],
    ['VARCHAR(16)', { type: 'text', maxLength: 16, numericPrecision: null, numericScale: null }],
    ['VARCHAR(16) COLLATE', { type: 'text', maxLength: 16, numericPrecision: null, numericScale: null }],
    ['FLOAT', { type: 'float', maxLength: null, numericPrecision: null, numericScale: null }],
    ['DOUBLE PRECISION', { type: 'float', maxLength: null, numericPrecision: null, numericScale: null }],
    ['TIMESTAMP_NTZ(9)', { type: 'timestamp_ntz', maxLength: null, numericPrecision: null, numericScale: null }],
    ['BOOLEAN', { type: 'boolean', maxLength: null, numericPrecision: null, numericScale: null }],
    ['BINARY(8388608)', { type: 'binary', maxLength: null, numericPrecision: null, numericScale: null }],
  ])('%s is read', (described, read) => {
    expect(readType(described)).toEqual(read)
  })
})

describe("Snowflake's names", () => {
  it('are looked for as they stand, then in upper case, then without their quotes', () => {
    expect(placesOf({ database: 'bench', schema: 'PUBLIC' })).toEqual([
      { database: 'bench', schema: 'PUBLIC' },
      { database: 'BENCH', schema: 'PUBLIC' },
    ])
    expect(placesOf({ database: '"b"', schema: 's' }).at(-1)).toEqual({ database: 'b', schema: 'S' })
    expect(meantName('orders', ['ORDERS', 'orders'])).toBe('orders')
    expect(meantName('orders', ['ORDERS', 'Orders'])).toBe('ORDERS')
    expect(meantName('Orders', ['orders'])).toBeNull()
  })

  it('are quoted', () => {
    expect(qualifiedName({ database: 'D', schema: 'a"b', table: 't' })).toBe('"D"."a""b"."t"')
    expect(asIdentifier('BENCH')).toBe('BENCH')
    expect(asIdentifier('bench')).toBe('"bench"')
    expect(quoteText("it's \\")).toBe("'it''s \\\\'")
  })
})

describe('what a statement carries', () => {
  it('is a tag that names run, worker and phase, the result cache and the time limit', () => {
    expect(statementParameters(samplePlan(), 'R1', 'worker-3', 'WARMUP')).toEqual({
      QUERY_TAG: 'flakebench:run_id=R1:worker_id=worker-3:phase=WARMUP',
      USE_CACHED_RESULT: false,
      STATEMENT_TIMEOUT_IN_SECONDS: samplePlan().advanced.statementTimeoutSeconds,
    })
  })
})

describe('the rehearsal of a statement', () => {
  it('explains it with NULL where values go', () => {
    expect(explaining({ text: "SELECT /*?*/ '?\\'?', a FROM t WHERE b BETWEEN ? AND ? + 1", valueCount: 2 })).toEqual({
      sqlText: "EXPLAIN USING TEXT SELECT /*?*/ '?\\'?', a FROM t WHERE b BETWEEN NULL AND NULL + 1",
      binds: [],
    })
  })

  it('binds NULL to numbered values', () => {
    expect(explaining({ text: 'SELECT :2, :1', valueCount: 2 })).toEqual({
      sqlText: 'EXPLAIN USING TEXT SELECT :2, :1',
      binds: [null, null],
    })
  })
})
