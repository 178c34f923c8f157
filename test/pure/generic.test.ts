import type { GenericParameter, Plan } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { buildOperations, takeInTurn, titleOf } from '../../worker/src/operations/buildOperations.ts'
import type { Operation, OperationContext } from '../../worker/src/operations/operation.ts'
import { contextWith, parameterOf, poolOfColumn } from '../kit/sampleContext.ts'

const DRAWS = 2_000

const planOf = (...operations: readonly { label: string; weight: number; sql: string; parameters: readonly GenericParameter[] }[]): Plan =>
  ({ seed: 42, operations: operations.map(one => ({ kind: 'GENERIC_SQL', operationType: 'READ', ...one })) }) as unknown as Plan

/** One statement with a `?` a parameter. */
const build = (parameters: readonly Partial<GenericParameter>[], context: OperationContext = contextWith(), sql?: string): Operation => {
  const marks = parameters.map(() => '?').join(', ')
  const full = parameters.map(one => parameterOf({ strategy: 'LITERAL', ...one }))
  const plan = planOf({ label: 'Revenue', weight: 100, sql: sql ?? `SELECT * FROM {table} WHERE f(${marks})`, parameters: full })
  return buildOperations(plan, context)[0] as Operation
}

const draw = (...given: Parameters<typeof build>): unknown[][] => {
  const { bind } = build(...given)
  return Array.from({ length: DRAWS }, bind)
}
const firstOf = (rows: readonly unknown[][]): unknown[] => rows.map(([first]) => first)
const shareOf = (values: readonly unknown[], value: unknown): number => values.filter(one => one === value).length / values.length

describe('a generic operation', () => {
  it('is sent with the table in its place and each value bound', () => {
    const { statement, kind, label } = build([{ value: "'; DROP TABLE x" }], contextWith(), 'SELECT 1 FROM {table} WHERE note = ?')
    expect(statement.text).toBe('SELECT /*flakebench kind=GENERIC_SQL*/ 1 FROM "public"."orders" WHERE note = $1')
    expect([kind, label, statement.valueCount]).toEqual(['GENERIC_SQL', 'Revenue', 1])
  })

  it('takes one value for a $n that stands twice', () => {
    const { statement, bind } = build([{ value: 5 }], contextWith(), 'SELECT * FROM {table} WHERE a > $1 OR b > $1')
    expect(statement.valueCount).toBe(1)
    expect(bind()).toEqual([5])
  })

  it('numbers its values as Snowflake does, on Snowflake', () => {
    const snowflake = contextWith({}, { dialect: 'snowflake' })
    expect(build([{ value: 5 }], snowflake, 'SELECT * FROM {table} WHERE a > $1 OR b > $1').statement.text).toContain('a > :1 OR b > :1')
    expect(build([{ value: 5 }], snowflake, 'SELECT * FROM {table} WHERE a > ?').statement.text).toContain('a > ?')
  })

  it('is taken in exactly its share, told apart by its label', () => {
    const plan = planOf(
      { label: 'a', weight: 62.5, sql: 'SELECT 1', parameters: [] },
      { label: 'b', weight: 25, sql: 'SELECT 2', parameters: [] },
      { label: 'c', weight: 12.5, sql: 'SELECT 3', parameters: [] },
    )
    const next = takeInTurn(plan, buildOperations(plan, contextWith()), 3)
    const taken = Array.from({ length: 800 }, () => next().label)
    expect(['a', 'b', 'c'].map(label => taken.filter(one => one === label).length)).toEqual([500, 200, 100])
  })

  it('is named by its label in messages', () => {
    expect(titleOf({ kind: 'GENERIC_SQL', label: 'Revenue' })).toBe('operation "Revenue"')
    expect(() => build([], contextWith(), 'SELECT ?')).toThrow(`The operation "Revenue"'s SQL has no parameter for value 1: give it one`)
  })
})

describe('a parameter', () => {
  it('LITERAL is always the same, of its own type', () => {
    for (const value of [7, 'seven', true, null, 2.5]) expect(new Set(firstOf(draw([{ value }])))).toEqual(new Set([value]))
  })

  it('CHOICE takes each value alike often', () => {
    const values = firstOf(draw([{ strategy: 'CHOICE', values: ['a', 1, null] }]))
    for (const value of ['a', 1, null]) expect(shareOf(values, value)).toBeCloseTo(1 / 3, 1)
  })

  it('RANDOM_NUMERIC keeps whole numbers whole, and takes both ends', () => {
    const values = firstOf(draw([{ strategy: 'RANDOM_NUMERIC', min: 0.5, max: 3.9, integer: true }]))
    expect(new Set(values)).toEqual(new Set([1, 2, 3]))
    const fractions = firstOf(draw([{ strategy: 'RANDOM_NUMERIC', min: -1, max: 1 }])) as number[]
    expect(fractions.every(value => value >= -1 && value <= 1)).toBe(true)
    expect(fractions.some(value => !Number.isInteger(value))).toBe(true)
  })

  it('SAMPLE_FROM_TABLE takes each value that was seen alike often', () => {
    const pool = contextWith(poolOfColumn('status', 'NEW', 'NEW', 'NEW', 'PAID'))
    const values = firstOf(draw([{ strategy: 'SAMPLE_FROM_TABLE', column: 'STATUS' }], pool))
    expect(shareOf(values, 'NEW')).toBeCloseTo(0.5, 1)
  })

  it('WEIGHTED_SAMPLE takes values by weight, or as often as the table has them', () => {
    const weighted = firstOf(draw([{ strategy: 'WEIGHTED_SAMPLE', values: ['a', 'b', 'never'], weights: [9, 1, 0] }]))
    expect(shareOf(weighted, 'a')).toBeCloseTo(0.9, 1)
    expect(shareOf(weighted, 'never')).toBe(0)
    const pool = contextWith(poolOfColumn('status', 'NEW', 'NEW', 'NEW', 'PAID'))
    expect(shareOf(firstOf(draw([{ strategy: 'WEIGHTED_SAMPLE', column: 'status' }], pool)), 'NEW')).toBeCloseTo(0.75, 1)
  })

  it('RANDOM_IN_RANGE of a column stays what the column is: whole, with decimals, a date, a moment', () => {
    const inRange = (...values: readonly (string | number)[]): Set<unknown> =>
      new Set(firstOf(draw([{ strategy: 'RANDOM_IN_RANGE', column: 'note' }], contextWith(poolOfColumn('note', ...values)))))
    expect(inRange(4, 6)).toEqual(new Set([4, 5, 6]))
    expect(inRange(0.1, 0.3)).toEqual(new Set([0.1, 0.2, 0.3]))
    expect(inRange('2024-02-28', '2024-03-01')).toEqual(new Set(['2024-02-28', '2024-02-29', '2024-03-01']))
    for (const moment of inRange('2024-01-01 00:00:00+00', '2024-01-01 00:00:01.5+00')) {
      expect(moment).toMatch(/^2024-01-01 00:00:0[01]\.\d{3}\+00$/)
    }
  })

  it('RANDOM_IN_RANGE of a column is refused when nothing lies between its ends', () => {
    const range = (change: Partial<GenericParameter>, ...values: readonly (string | number)[]) =>
      build([{ strategy: 'RANDOM_IN_RANGE', column: 'note', ...change }], contextWith(poolOfColumn('note', ...values)))
    expect(() => range({ min: 9 }, 1.5, 2.5)).toThrow('finds nothing between 9 and 2.5 for value 1')
    expect(() => range({ max: 0.1 }, 1.5, 2.5)).toThrow('finds nothing between 1.5 and 0.1')
    expect(() => range({ min: 2.46 }, 1.5, 2.49)).not.toThrow()
    expect(() => range({ min: 2.451, max: null }, 1.5, 2.4)).toThrow('finds nothing')
    expect(() => range({ min: 5 }, '2024-01-01', '2024-01-02')).toThrow('holds dates, and min and max are numbers')
  })

  it('RANDOM_IN_RANGE goes by min and max where both are given', () => {
    const values = firstOf(draw([{ strategy: 'RANDOM_IN_RANGE', min: 2, max: 3, integer: true }]))
    expect(new Set(values)).toEqual(new Set([2, 3]))
  })

  const shifted = (from: Partial<GenericParameter>, offsets: readonly number[]): unknown[] =>
    build([
      { name: 'from', ...from },
      { strategy: 'OFFSET_FROM_PREVIOUS', dependsOn: 'from', offsets },
    ]).bind()

  it('OFFSET_FROM_PREVIOUS adds to numbers, whole ones staying whole', () => {
    expect(shifted({ value: 5 }, [100])).toEqual([5, 105])
    expect(shifted({ value: 0.1 }, [0.2])).toEqual([0.1, 0.3])
    expect(shifted({ value: 5, integer: true }, [1.6])).toEqual([5, 7])
    expect(shifted({ value: '9007199254740993' }, [2])).toEqual(['9007199254740993', '9007199254740995'])
  })

  it('OFFSET_FROM_PREVIOUS counts days for dates and moments', () => {
    expect(shifted({ value: '2024-02-28' }, [2])).toEqual(['2024-02-28', '2024-03-01'])
    expect(shifted({ value: '2024-03-01' }, [-1])).toEqual(['2024-03-01', '2024-02-29'])
    expect(shifted({ value: '2023-12-31 23:59:59.123456+02' }, [1])[1]).toBe('2024-01-01 23:59:59.123456+02')
    expect(shifted({ value: '2024-01-01T00:00:00Z' }, [0.5])[1]).toBe('2024-01-01T12:00:00.000Z')
    expect(shifted({ value: null }, [1])).toEqual([null, null])
  })

  it('OFFSET_FROM_PREVIOUS follows the value of the same execution', () => {
    const rows = draw([
      { name: 'a', strategy: 'RANDOM_NUMERIC', min: 1, max: 1_000, integer: true },
      { name: 'b', strategy: 'OFFSET_FROM_PREVIOUS', dependsOn: 'a', offsets: [10, 20] },
      { strategy: 'OFFSET_FROM_PREVIOUS', dependsOn: 'b', offsets: [1] },
    ]) as number[][]
    for (const [a, b, c] of rows as [number, number, number][]) {
      expect([10, 20]).toContain(b - a)
      expect(c - b).toBe(1)
    }
  })

  it('is refused before the start when its values cannot be had', () => {
    expect(() => build([{ strategy: 'SAMPLE_FROM_TABLE', column: 'status' }])).toThrow(
      `The operation "Revenue"'s SQL takes value 1 from column status, of which no values were sampled: prepare the template's value pools first`,
    )
    expect(() => build([{ strategy: 'SAMPLE_FROM_TABLE', column: 'nowhere' }])).toThrow(
      'names column nowhere, which the table does not have',
    )
    expect(() => shifted({ value: 'soon' }, [1])).toThrow('whose values are not all numbers or all dates')
    expect(() => build([{ strategy: 'RANDOM_IN_RANGE', column: 'note' }], contextWith(poolOfColumn('note', 'a', 'b')))).toThrow(
      'holds neither numbers nor dates',
    )
  })
})

describe('the values of a generic operation', () => {
  const parameters: readonly Partial<GenericParameter>[] = [
    { strategy: 'RANDOM_NUMERIC', min: 0, max: 1e9, integer: true },
    { strategy: 'CHOICE', values: ['a', 'b', 'c', 'd'] },
  ]
  it('follow from the seed, and differ between workers and parameters', () => {
    expect(draw(parameters)).toEqual(draw(parameters))
    const other = contextWith({}, { owner: { ...contextWith().owner, workerGroupId: 1 } })
    expect(draw(parameters, other)).not.toEqual(draw(parameters))
    const [same] = parameters as [Partial<GenericParameter>]
    expect(draw([same, same]).every(([a, b]) => a === b)).toBe(false)
  })
})
