import type { ProfiledColumn } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { limitsOf } from '../../worker/src/engines/postgresProfile.ts'
import { seededRandom } from '../../worker/src/operations/random.ts'
import { isKnownType, valuesOf } from '../../worker/src/operations/values.ts'

const column = (type: string, over: Partial<ProfiledColumn> = {}): ProfiledColumn => ({
  name: 'c',
  type,
  maxLength: null,
  numericPrecision: null,
  numericScale: null,
  nullable: false,
  hasDefault: false,
  generated: false,
  ...over,
})

const some = (of: ProfiledColumn, seed = 1): unknown[] => {
  const make = valuesOf(of, seededRandom(seed, 0, 'v'))
  if (make === null) throw new Error(`no values for ${of.type}`)
  return Array.from({ length: 500 }, () => make())
}

describe('values', () => {
  const whole = (most: number) => (value: unknown) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most
  const matches = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value)
  const parses = (value: unknown) => typeof JSON.parse(String(value)) === 'object'
  const cases: readonly (readonly [string, ProfiledColumn, (value: unknown) => boolean])[] = [
    ['smallint', column('smallint'), whole(32_767)],
    ['integer', column('integer'), whole(2_147_483_647)],
    ['bigint', column('bigint'), whole(Number.MAX_SAFE_INTEGER)],
    ['numeric', column('numeric'), matches(/^\d{1,6}\.\d{2}$/)],
    ['numeric(10,2)', column('numeric', { numericPrecision: 10, numericScale: 2 }), matches(/^\d{1,6}\.\d{2}$/)],
    ['numeric(3,1)', column('numeric', { numericPrecision: 3, numericScale: 1 }), matches(/^\d{1,2}\.\d$/)],
    ['numeric(5)', column('numeric', { numericPrecision: 5, numericScale: 0 }), matches(/^\d{1,5}$/)],
    ['numeric(4,4)', column('numeric', { numericPrecision: 4, numericScale: 4 }), matches(/^0\.\d{4}$/)],
    ['numeric(2,5)', column('numeric', { numericPrecision: 2, numericScale: 5 }), matches(/^0\.000\d{2}$/)],
    ['real', column('real'), value => Number.isFinite(value)],
    ['double precision', column('double precision'), value => Number.isFinite(value)],
    ['boolean', column('boolean'), value => typeof value === 'boolean'],
    ['char(1)', column('character', { maxLength: 1 }), matches(/^.$/)],
    ['varchar(12)', column('character varying', { maxLength: 12 }), matches(/^.{1,12}$/)],
    ['varchar', column('character varying'), matches(/^.{1,100}$/)],
    ['text', column('text'), matches(/^.{1,100}$/)],
    ['date', column('date'), matches(/^20\d\d-\d\d-\d\d$/)],
    ['timestamp', column('timestamp without time zone'), matches(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/)],
    ['timestamptz', column('timestamp with time zone'), matches(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)],
    ['uuid', column('uuid'), matches(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)],
    ['json', column('json'), parses],
    ['jsonb', column('jsonb'), parses],
    ['bytea', column('bytea'), value => value instanceof Uint8Array],
  ]

  it.each(cases)('of %s fit their column, and differ', (_, of, fits) => {
    const values = some(of)
    expect(values.filter(value => !fits(value))).toEqual([])
    expect(new Set(values.map(String)).size).toBeGreaterThan(1)
  })

  it.each(cases)('of %s are the same for the same seed, and others for another', (_, of) => {
    expect(some(of)).toEqual(some(of))
    expect(some(of)).not.toEqual(some(of, 2))
  })

  it('cannot be made for a type that is not known', () => {
    expect(isKnownType('tsvector')).toBe(false)
    expect(valuesOf(column('tsvector'), seededRandom(1, 0, 'v'))).toBeNull()
  })
})

describe('the limits of a column', () => {
  const none = { maxLength: null, numericPrecision: null, numericScale: null }
  it.each([
    ['character varying', 24, { ...none, maxLength: 20 }],
    ['character', 5, { ...none, maxLength: 1 }],
    ['character varying', -1, none],
    ['numeric', ((10 << 16) | 2) + 4, { ...none, numericPrecision: 10, numericScale: 2 }],
    ['numeric', ((5 << 16) | (-2 & 0x7ff)) + 4, { ...none, numericPrecision: 5, numericScale: -2 }],
    ['numeric', -1, none],
    ['integer', -1, none],
    ['timestamp with time zone', 3, none],
  ] as const)('of %s with modifier %d are read', (type, modifier, limits) => {
    expect(limitsOf(type, modifier)).toEqual(limits)
  })
})
