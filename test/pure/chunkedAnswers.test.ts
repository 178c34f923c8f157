import { describe, expect, it } from 'vitest'
import { goesOnInFiles } from '../../sql/store/src/snowflake/chunkedAnswers.ts'

const answerOf = (data: object): object => ({ data: { queryId: '01b', rowtype: [], ...data }, code: null, success: true })
const FILES = { rowset: [], chunks: [{ url: 'https://bucket/1', rowCount: 10 }], chunkHeaders: {} }

describe('an answer', () => {
  it.each([
    ['without blanks', undefined],
    ['with line breaks and blanks', 2],
    ['with tabs', '\t'],
  ])('goes on in files where it lists some, written %s', (_, blanks) => {
    expect(goesOnInFiles(JSON.stringify(answerOf(FILES), null, blanks))).toBe(true)
    expect(goesOnInFiles(JSON.stringify(answerOf({ rowset: [['1']] }), null, blanks))).toBe(false)
    expect(goesOnInFiles(JSON.stringify(answerOf({ rowset: [['1']], chunks: [] }), null, blanks))).toBe(false)
  })

  it.each(['"chunks":[{', '{"chunks" : [ {"url":"x"}]}', 'chunks', 'chunks":[{', '\\"chunks":[{'])(
    'is whole where only the value %s of a row looks as if it went on',
    value => {
      for (const blanks of [undefined, 2]) {
        expect(goesOnInFiles(JSON.stringify(answerOf({ rowset: [[value, '[{'], [JSON.stringify(value)]] }), null, blanks))).toBe(false)
      }
    },
  )
})
