import { ERROR_CATEGORIES, normaliseError } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { forAll } from '../kit/seeded.ts'

const normalised = (message: string): string => normaliseError('OTHER', message).message

describe('a normalised message', () => {
  it.each([
    // PostgreSQL
    ['duplicate key value violates unique constraint "orders_pkey"', 'duplicate key value violates unique constraint "orders_pkey"'],
    ['Key (order_id)=(12345) already exists.', 'Key (order_id)=(?) already exists.'],
    ["Key (a, b)=(7, it's (so)) already exists.", 'Key (a, b)=(?) already exists.'],
    ['invalid input syntax for type integer: "abc"', 'invalid input syntax for type integer: "?"'],
    ['value "99999999999" is out of range for type integer', 'value "?" is out of range for type integer'],
    ['value too long for type character varying(10)', 'value too long for type character varying(?)'],
    ['date/time field value out of range: "2024-13-45"', 'date/time field value out of range: "?"'],
    ['relation "orders" does not exist', 'relation "orders" does not exist'],
    ['column "total" of relation "orders_2024" does not exist', 'column "total" of relation "orders_2024" does not exist'],
    ['syntax error at or near "SELEC"', 'syntax error at or near "SELEC"'],
    ['syntax error at or near "12"', 'syntax error at or near "?"'],
    ['prepared statement "flakebench_12" does not exist', 'prepared statement "?" does not exist'],
    ['invalid byte sequence for encoding "UTF8": 0x00', 'invalid byte sequence for encoding "UTF8": ?'],
    [
      'Process 123 waits for ShareLock on transaction 456; blocked by process 789.',
      'Process ? waits for ShareLock on transaction ?; blocked by process ?.',
    ],
    [
      'null value in column "id" of relation "t" violates not-null constraint',
      'null value in column "id" of relation "t" violates not-null constraint',
    ],
    ['canceling statement due to statement timeout', 'canceling statement due to statement timeout'],
    [
      'could not resize shared memory segment "/PostgreSQL.1804289383" to 8388608 bytes',
      'could not resize shared memory segment "?" to ? bytes',
    ],
    ['connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED ?'],
    ['connect ECONNREFUSED ::1:5432', 'connect ECONNREFUSED ?'],
    ['connect ETIMEDOUT [2001:db8::1]:5432', 'connect ETIMEDOUT ?'],
    ['getaddrinfo ENOTFOUND db.example.com', 'getaddrinfo ENOTFOUND db.example.com'],
    // Snowflake
    [
      "SQL compilation error: error line 1 at position 7\ninvalid identifier 'TOTAL'",
      "SQL compilation error: error line ? at position ? invalid identifier 'TOTAL'",
    ],
    [
      "SQL compilation error:\nObject 'BENCH.PUBLIC.ORDERS' does not exist or not authorized.",
      "SQL compilation error: Object 'BENCH.PUBLIC.ORDERS' does not exist or not authorized.",
    ],
    ["syntax error line 3 at position 14 unexpected 'FORM'.", "syntax error line ? at position ? unexpected 'FORM'."],
    ["Numeric value '12a' is not recognized", "Numeric value '?' is not recognized"],
    ["String 'a long one' is too long and would be truncated", "String '?' is too long and would be truncated"],
    ["Timestamp '2024-01-01 25:00' is not recognized", "Timestamp '?' is not recognized"],
    ['A primary key already exists.', 'A primary key already exists.'],
    [
      'Statement reached its statement or warehouse timeout of 5 second(s) and was canceled.',
      'Statement reached its statement or warehouse timeout of ? second(s) and was canceled.',
    ],
    [
      "Statement '01b2c3d4-0000-1234-0000-000000000001' has locked table 'ORDERS' in transaction 1700000000000000000 and this lock has not yet been released.",
      "Statement '?' has locked table 'ORDERS' in transaction ? and this lock has not yet been released.",
    ],
    ['Snowflake answered with HTTP status 503', 'Snowflake answered with HTTP status ?'],
    // Values of all kinds
    ['request 9f1c2b3a-0000-4000-8000-00805f9b34fb failed', 'request ? failed'],
    ['request abc123def456ghi789jkl012 failed', 'request ? failed'],
    ['block deadbeef01 at 0x7fff5fbff8c0', 'block ? at ?'],
    ['no answer by 2024-05-06T07:08:09.123Z', 'no answer by ?'],
    ['no answer since 2024-05-06 07:08:09+02', 'no answer since ?'],
    ['within 30s, 12 ms and 1,234.56 kB; -5 of +1e10', 'within ?s, ? ms and ? kB; ? of ?'],
    ["IN (1, 2, 3), ('a', 'b')", "IN (?, …), ('?', …)"],
    // Words that only look like values
    ["can't read what isn't there", "can't read what isn't there"],
    ['SQLSTATE 42P01 in t1.c2, std::bad_alloc', 'SQLSTATE 42P01 in t1.c2, std::bad_alloc'],
    // Cut in the middle of a value
    ["String 'aaaaaaaaaaaaaa", "String '?'"],
    ['', ''],
  ])('of %j', (message, expected) => {
    expect(normalised(message)).toBe(expected)
  })

  it('is never longer than 500 characters, whatever the message', () => {
    const parts = [
      'key ',
      '12',
      '"a b"',
      "'x",
      ' 0xff',
      'relation "t"',
      '\n',
      '2024-01-01',
      'ü',
      ', ',
      '(',
      ')=(',
      '::1',
      '\\',
      'deadbeef00',
      '?',
      '-',
      '.',
    ]
    forAll(random => {
      const message = Array.from({ length: random.whole(0, 120) }, () => random.pick(parts)).join('')
      const once = normaliseError('DATA', message)
      expect(once.message.length).toBeLessThanOrEqual(500)
      expect(once.id).toMatch(/^[0-9a-f]{16}$/)
    })
  })
})

describe('the group of a failure', () => {
  it('is the same for messages that differ by values alone', () => {
    const ids = [1, 22, 333].map(key => normaliseError('CONSTRAINT', `Key (order_id)=(${key}) already exists.`).id)
    expect(new Set(ids).size).toBe(1)
  })

  it('is another one for another message, and for another category', () => {
    const messages = ['relation "a" does not exist', 'relation "b" does not exist', 'deadlock detected']
    const ids = messages.flatMap(message => ERROR_CATEGORIES.map(category => normaliseError(category, message).id))
    expect(new Set(ids).size).toBe(messages.length * ERROR_CATEGORIES.length)
  })

  it('stays what it is: it is kept in the tables', () => {
    expect(normaliseError('LOCK', 'deadlock detected').id).toBe('f5a21dcb9d5ab1c5')
  })
})
