import { describe, expect, it } from 'vitest'
import { explaining } from '../../worker/src/engines/snowflakeExplain.ts'
import { asIdentifier, meantName, placesOf, qualifiedName, quoteText } from '../../worker/src/engines/snowflakeNames.ts'
import { SAMPLING } from '../../worker/src/engines/snowflakePools.ts'
import { statementParameters } from '../../worker/src/engines/snowflakeTag.ts'
import { readType } from '../../worker/src/engines/snowflakeTypes.ts'
import { readMoment } from '../../worker/src/operations/genericMoment.ts'
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

describe('the sampling of a table', () => {
  it('has every kind of moment written with all of its digits, whatever the account is set to', () => {
    const { parameters } = SAMPLING
    const formats = ['TIME', 'TIMESTAMP', 'TIMESTAMP_NTZ', 'TIMESTAMP_LTZ', 'TIMESTAMP_TZ'] as const
    for (const type of formats) expect(parameters[`${type}_OUTPUT_FORMAT`]).toContain('SS.FF9')
    expect(parameters).toMatchObject({ TIMEZONE: 'UTC', DATE_OUTPUT_FORMAT: 'YYYY-MM-DD' })
    expect(readMoment('2026-11-21 16:50:27.123456789 +0000')).toMatchObject({ zone: ' +0000' })
  })
})

describe('the rehearsal of a statement', () => {
  it('explains it with its values in their places', () => {
    const text = "SELECT /*?*/ '?\\'?', a FROM t WHERE b BETWEEN ? AND ? + 1 AND c = ?"
    expect(explaining({ text }, [7, null, "it's"])).toEqual({
      sqlText: "EXPLAIN USING TEXT SELECT /*?*/ '?\\'?', a FROM t WHERE b BETWEEN 7 AND NULL + 1 AND c = 'it''s'",
      binds: [],
    })
  })

  it('begins no comment with a value below zero', () => {
    expect(explaining({ text: 'UPDATE t SET credit = credit-? WHERE id = ?' }, [-5, '-7'])?.sqlText).toBe(
      "EXPLAIN USING TEXT UPDATE t SET credit = credit-(-5) WHERE id = '-7'",
    )
  })

  it('binds numbered values', () => {
    expect(explaining({ text: 'SELECT :2, :1' }, ['a', 2])).toEqual({ sqlText: 'EXPLAIN USING TEXT SELECT :2, :1', binds: ['a', 2] })
  })

  it('is left out for what Snowflake does not explain', () => {
    for (const text of ['CALL refresh(?)', 'SHOW TABLES', '/* a */ DESCRIBE TABLE t']) expect(explaining({ text }, [1])).toBeNull()
  })
})
