import { expect, it } from 'vitest'
import { csvFormat, readCsv } from './server/stages/readCsv.ts'
import { bindText, readBinds } from './server/wire/binds.ts'
import { encodeDate, encodeTime, encodeTimestamp } from './server/wire/encodeValue.ts'
import { toSnowflakeError } from './server/wire/errorCodes.ts'

it.each([
  ['2026-03-04 05:06:07.089', '1772600767.089000000'],
  ['2026-03-04 05:06:07+00', '1772600767.000000000'],
  ['2026-03-04 10:36:07.5+05:30', '1772600767.500000000'],
  ['2026-03-03 21:06:07-08', '1772600767.000000000'],
  ['1970-01-01 00:00:00', '0.000000000'],
  ['1969-12-31 23:59:59.75', '-0.250000000'],
  ['1969-12-31 23:59:58.75', '-1.250000000'],
  ['1969-12-31 23:59:58', '-2.000000000'],
])('writes the moment %s as seconds since 1970', (text, seconds) => {
  expect(encodeTimestamp(text)).toBe(seconds)
})

it('writes a date as days and a time as seconds', () => {
  expect(encodeDate('1970-01-11')).toBe('10')
  expect(encodeDate('1969-12-31')).toBe('-1')
  expect(encodeTime('01:02:03.5')).toBe('3723.500000000')
})

it('numbers the binds of a step anew, and leaves text alone that only looks like one', () => {
  expect(bindText(`SELECT $3, '$1', "$1", E'\\'$1', $2 /* $1 */, $3 -- $1`)).toEqual({
    text: `SELECT $1, '$1', "$1", E'\\'$1', $2 /* $1 */, $1 -- $1`,
    uses: [2, 1],
  })
})

it('turns columns of an array bind into rows', () => {
  const bindings = { 1: { type: 'FIXED', value: ['1', '2'] }, 2: { type: 'TEXT', value: [null, 'b'] } }
  expect(readBinds(bindings)).toEqual({
    type: 'ROWS',
    rows: [
      ['1', null],
      ['2', 'b'],
    ],
  })
})

it('reads CSV with enclosed fields, other delimiters and nulls', () => {
  const quoted = csvFormat({ FIELD_OPTIONALLY_ENCLOSED_BY: '"', SKIP_HEADER: '1' })
  expect(readCsv('a,b\r\n"x, ""y""\nz",\\N\r\n,2', quoted)).toEqual([
    ['x, "y"\nz', null],
    [null, '2'],
  ])
  const tabbed = csvFormat({ FIELD_DELIMITER: '\\t', NULL_IF: "('NULL', '-')", EMPTY_FIELD_AS_NULL: 'FALSE' })
  expect(readCsv('NULL\t-\t\n', tabbed)).toEqual([[null, null, '']])
})

it('knows an error by its class when it does not know its code', () => {
  const failed = (code: string) => Object.assign(new Error('text'), { code })
  expect(toSnowflakeError(failed('23514'))).toMatchObject({ code: '200001', sqlState: '22000' })
  expect(toSnowflakeError(failed('57P01'))).toMatchObject({ code: '390111' })
  expect(toSnowflakeError(failed('XX001'))).toMatchObject({ code: '000603', sqlState: 'XX000' })
})
