import { type LookupKey, lookupKeyOf } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { keyText } from '../../client/src/features/templateEditor/catalogWords.ts'
import { lookupHints } from '../../sql/store/src/catalog/lookupHints.ts'

const COLUMNS = ['a', 'order_id', 'id', 'c']
const primary = (...columns: (string | null)[]) => ({ isPrimary: true, columns })
const unique = (...columns: (string | null)[]) => ({ isPrimary: false, columns })
const chosen = (columns: readonly string[], ...keys: ReturnType<typeof unique>[]) => {
  const found = lookupKeyOf(columns, keys)
  return found && [found.column, found.reason, found.isWholeKey]
}

describe('the column that lookups use', () => {
  it('begins the primary key, else the shortest unique one, the oldest of those', () => {
    expect(chosen(COLUMNS, unique('c'), primary('a', 'c'))).toEqual(['a', 'PRIMARY_KEY', false])
    expect(chosen(COLUMNS, primary('a'))).toEqual(['a', 'PRIMARY_KEY', true])
    expect(chosen(COLUMNS, unique('a', 'id'), unique('c'), unique('order_id'))).toEqual(['c', 'UNIQUE_KEY', true])
    expect(chosen(COLUMNS, unique('a', null))).toEqual(['a', 'UNIQUE_KEY', false])
  })

  it('is named like a key where there is none, else the first of all', () => {
    expect(chosen(COLUMNS)).toEqual(['id', 'NAME', false])
    expect(chosen(['a', 'ORDER_ID'], unique(null, 'a'))).toEqual(['ORDER_ID', 'NAME', false])
    expect(chosen(['a', 'the_key'])).toEqual(['the_key', 'NAME', false])
    expect(chosen(['b', 'a'])).toEqual(['b', 'FIRST_COLUMN', false])
    expect(chosen([])).toBeNull()
  })

  it('is told with why it is that one, and what that costs', () => {
    const key = (...keys: ReturnType<typeof unique>[]) => lookupKeyOf(COLUMNS, keys) as LookupKey
    const told = (lookup: LookupKey) => lookupHints(lookup, 'unique index', true)
    expect(told(key(primary('a')))).toEqual([])
    expect(told(key(primary('a', 'c')))).toEqual([
      'Its primary key has several columns: lookups use the first one, a, and may find several rows.',
    ])
    expect(told(key(unique('c')))).toEqual(['It has no primary key: lookups use c, by its unique index.'])
    expect(told(key(unique('c', 'a')))).toEqual([
      'It has no primary key: lookups use c, the first column of a unique index, and may find several rows.',
    ])
    expect(told(key())).toEqual([
      'It has no primary key and no unique index: lookups use id, because of its name, and may find several rows.',
    ])
    expect(lookupHints(lookupKeyOf(['b'], []), 'unique key', false)).toEqual([
      'Lookups use b, its first column, and may find several rows.',
    ])
    expect(keyText({ keyColumns: ['c', 'a'], clusteringColumns: ['d'], lookup: key(unique('c', 'a')) })).toBe(
      'key c, a · clustered by d · lookups by c, of a unique key',
    )
    expect(keyText({ keyColumns: [], clusteringColumns: [], lookup: key() })).toBe('no key · lookups by id, chosen by its name')
  })
})
