import { validateTemplate } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { rowsText, tableNote, warehouseText } from '../../client/src/features/templateEditor/catalogWords.ts'
import { problemSentence } from '../../client/src/features/templateEditor/editorSections.ts'
import { PRESETS, presetOf, presetWeights, shareOut, spreadToWhole, sumOf } from '../../client/src/features/templateEditor/mixRules.ts'
import {
  newParameter,
  numbersIn,
  scalarIn,
  scalarsIn,
  scalarsText,
  scalarText,
  underStrategy,
} from '../../client/src/features/templateEditor/parameterFields.ts'
import { placeholderCount, placeholderMark } from '../../client/src/features/templateEditor/placeholders.ts'
import { withTableSlot } from '../../client/src/features/templateEditor/tableSlot.ts'
import { type DraftOperations, inputOf, newDraft } from '../../client/src/stores/newDraft.ts'
import { numberIn, numberText } from '../../client/src/ui/form/numberText.ts'

const draftOn = (table: string) => {
  const draft = newDraft()
  return { ...draft, name: 'A template', target: { ...draft.target, table } }
}
const mix = (pointLookup: number, rangeScan: number, insert: number, update: number, ...generic: readonly number[]): DraftOperations => ({
  pointLookup: { weight: pointLookup, sql: null },
  rangeScan: { weight: rangeScan, sql: null },
  insert: { weight: insert, sql: null },
  update: { weight: update, sql: null },
  generic: generic.map((weight, at) => ({ id: `g${at}`, label: `g${at}`, operationType: 'READ', weight, sql: 'SELECT 1', parameters: [] })),
})

describe('a new template', () => {
  it('begins with the defaults of the server', () => {
    const draft = draftOn('orders')
    const read = validateTemplate(JSON.parse(JSON.stringify(inputOf(draft))))
    expect(read.ok && read.template).toEqual(draft)
  })
})

describe('the mix', () => {
  it('has presets that sum to 100, and knows which one it has', () => {
    for (const preset of PRESETS) {
      const weights = presetWeights(preset, mix(0, 0, 0, 0))
      const operations = mix(weights.pointLookup, weights.rangeScan, weights.insert, weights.update)
      expect(sumOf(operations)).toBe(100)
      expect(presetOf(operations)).toBe(preset)
    }
    expect(presetOf(mix(80, 0, 0, 20))).toBeNull()
    // A fifth of it is something else: that is no preset.
    expect(presetOf(mix(40, 40, 0, 0, 20))).toBeNull()
  })

  it('leaves statements of one’s own their share', () => {
    const mixed = PRESETS.find(({ key }) => key === 'MIXED')
    const weights = presetWeights(mixed ?? (PRESETS[0] as never), mix(0, 0, 0, 0, 33.33))
    expect(weights).toEqual({ pointLookup: 16.67, rangeScan: 16.67, insert: 23.33, update: 10 })
  })

  it('is shared out in hundredths that sum exactly', () => {
    for (const parts of [
      [1, 1, 1],
      [10, 10, 55, 20],
      [0.01, 99],
      [7, 0, 0, 3, 5],
    ]) {
      const shares = shareOut(100, parts)
      expect(shares.reduce((sum, share) => sum + Math.round(share * 100), 0)).toBe(10_000)
    }
    expect(shareOut(100, [0, 0])).toEqual([0, 0])
  })

  it('is brought to the whole in its proportion, and begins with reads where there is nothing', () => {
    expect(spreadToWhole(mix(40, 40, 0, 0, 20, 25))).toEqual({
      canonical: { pointLookup: 32, rangeScan: 32, insert: 0, update: 0 },
      generic: [16, 20],
    })
    expect(spreadToWhole(mix(0, 0, 0, 0)).canonical).toEqual({ pointLookup: 50, rangeScan: 50, insert: 0, update: 0 })
  })
})

describe('a statement of one’s own', () => {
  it('has its marks counted outside text, names and comments', () => {
    expect(placeholderCount("SELECT '?' FROM t WHERE a = ? -- ?\n AND b = ? /* $9 */")).toBe(2)
    expect(placeholderCount('UPDATE t SET a = $2 WHERE "$3" = $1 AND b = $2')).toBe(2)
    expect(placeholderCount('SELECT 1')).toBe(0)
    expect(placeholderMark('a = $1', 0)).toBe('$1')
    expect(placeholderMark('a = ?', 1)).toBe('? 2')
  })

  it('names the table by {table}, however the engine wrote it', () => {
    const target = { database: 'BENCH', schema: 'public', table: 'orders' }
    expect(withTableSlot('SELECT 1 FROM "public"."orders" WHERE "orders"."id" = 1', target)).toBe(
      'SELECT 1 FROM {table} WHERE "orders"."id" = 1',
    )
    expect(withTableSlot('SELECT 1 FROM "BENCH"."public"."orders"', target)).toBe('SELECT 1 FROM {table}')
    expect(withTableSlot('UPDATE orders SET a = 1', target)).toBe('UPDATE {table} SET a = 1')
    expect(withTableSlot('SELECT 1 FROM "a""b"', { database: null, schema: null, table: 'a"b' })).toBe('SELECT 1 FROM {table}')
  })
})

describe('values', () => {
  it('are read as a person means them, and shown so that they are read the same again', () => {
    const values = [7, -1.5, true, null, 'red', '7', "it's", '007', '1e5']
    expect(values.map(value => scalarIn(scalarText(value)))).toEqual(values)
    expect(scalarsIn(scalarsText([1, 'two', null, '3']))).toEqual([1, 'two', null, '3'])
    expect(scalarsIn('  ')).toBeNull()
    expect(scalarsIn('a, b\nc')).toEqual(['a, b', 'c'])
    expect(numbersIn('1, x 2.5')).toEqual([1, 2.5])
  })

  it('keep nothing that another strategy took', () => {
    const chosen = { ...newParameter(), name: 'day', strategy: 'RANDOM_NUMERIC' as const, min: 1, max: 9, integer: false }
    expect(underStrategy(chosen, 'RANDOM_IN_RANGE')).toMatchObject({ name: 'day', min: 1, max: 9, integer: false, column: null })
    expect(underStrategy(chosen, 'LITERAL')).toMatchObject({ name: 'day', min: null, max: null, value: null })
  })
})

describe('words', () => {
  it('say what is wrong without paths', () => {
    const sum = 'The weights must sum to 100.00; they sum to 95.00: set operations.pointLookup.weight to 55.00'
    expect(problemSentence({ path: 'operations', message: sum })).toBe('The weights must sum to 100.00; they sum to 95.00')
    expect(problemSentence({ path: 'name', message: 'name must be given (1 to 255 characters)' })).toBe('Give it a name')
    expect(problemSentence({ path: 'load.durationSeconds', message: 'load.durationSeconds must be from 1 to 86400; it is 0' })).toBe(
      'The time that is measured must be from 1 to 86,400; it is 0',
    )
    const own = 'operations.generic.0.parameters.1.values must hold at least one value (strategy CHOICE)'
    expect(problemSentence({ path: 'operations.generic.0.parameters.1.values', message: own }, ['Newest orders'])).toBe(
      'The values of value 2 of “Newest orders” must hold at least one value',
    )
  })

  it('tell about how many rows there are, and what a warehouse is like', () => {
    expect([null, 0, 1, 900, 20_000, 1_240_000, 81e9].map(rowsText)).toEqual([
      '',
      '≈ 0 rows',
      '≈ 1 row',
      '≈ 900 rows',
      '≈ 20.0 k rows',
      '≈ 1.24 M rows',
      '≈ 81.0 G rows',
    ])
    expect(tableNote({ rowEstimate: null, comment: 'View: of the orders' })).toBe('view')
    expect(tableNote({ rowEstimate: 900, comment: 'Views are elsewhere' })).toBe('≈ 900 rows')
    const warehouse = { size: 'X-Small', state: 'SUSPENDED', startedClusters: null, maxClusters: 3, isInteractive: true }
    expect(warehouseText(warehouse)).toBe('X-Small · suspended · 0 of 3 clusters · interactive')
  })

  it('read numbers with separators, and say what is none', () => {
    expect(['1,000', '1 000 000', '', '-1', '2.5'].map(text => numberIn(text, true).value)).toEqual([1_000, 1_000_000, null, -1, 2.5])
    expect(numberIn('2.5', false).problem).toBe('Must be a whole number')
    expect(numberIn('many', true).problem).toBe('Must be a number')
    expect(numberIn('12,5', true)).toEqual({ value: null, problem: 'Must be a number: write 12.5' })
    expect(numberIn('12,5', false).problem).toBe('Must be a number')
    expect(numberIn('99999999999', false).problem).toBe('Must be at most 2,147,483,647')
    expect([null, 0, 2.5].map(numberText)).toEqual(['', '0', '2.5'])
  })
})
