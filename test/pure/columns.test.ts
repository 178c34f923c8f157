import { describe, expect, it } from 'vitest'
import { wordsBind } from '../../sql/store/src/client/columns.ts'

describe('words for a column', () => {
  it.each([
    { words: null, most: 5, bound: null },
    { words: undefined, most: 5, bound: null },
    { words: '', most: 5, bound: '' },
    { words: 'five!', most: 5, bound: 'five!' },
    { words: 'six of', most: 5, bound: 'six o' },
    { words: '\0\0a\0b\0', most: 5, bound: 'ab' },
    { words: '\0\0five!\0!', most: 5, bound: 'five!' },
  ])('$words, of which $most characters fit, are $bound', ({ words, most, bound }) => {
    expect(wordsBind(words, most)).toBe(bound)
  })
})
