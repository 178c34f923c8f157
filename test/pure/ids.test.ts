import { formatUlid, workerIdOf } from '@flakebench/contract'
import { expect, it } from 'vitest'
import { forAll } from '../kit/seeded.ts'

const bytes = (fill: () => number): Uint8Array => Uint8Array.from({ length: 16 }, fill)

it('writes an id of 26 characters that no one misreads', () => {
  expect(
    formatUlid(
      0,
      bytes(() => 0),
    ),
  ).toBe('0'.repeat(26))
  expect(
    formatUlid(
      2 ** 48 - 1,
      bytes(() => 255),
    ),
  ).toBe(`7ZZZZZZZZZ${'Z'.repeat(16)}`)
  expect(
    formatUlid(
      1_469_918_176_385,
      bytes(() => 0),
    ).slice(0, 10),
  ).toBe('01ARYZ6S41')
  expect(
    formatUlid(
      1.9,
      bytes(() => 0),
    ).slice(0, 10),
  ).toBe('0000000001')
})

it('sorts ids by their time, whatever their random part', () => {
  forAll(random => {
    const idAt = (ms: number): string =>
      formatUlid(
        ms,
        bytes(() => random.whole(0, 255)),
      )
    const times = Array.from({ length: 20 }, () => random.whole(0, 2 ** 48 - 1)).sort((a, b) => a - b)
    const ids = [...new Set(times)].map(idAt)
    expect([...ids].sort()).toEqual(ids)
    for (const id of ids) expect(id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
  })
})

it('tells ids of one moment apart by all of their random bits', () => {
  forAll(random => {
    const tail = bytes(() => random.whole(0, 255))
    const at = random.whole(0, 15)
    const other = tail.map((byte, i) => (i === at ? byte ^ (1 << random.whole(0, 4)) : byte))
    expect(formatUlid(5, tail)).not.toBe(formatUlid(5, other))
  })
})

it('names workers by their group id', () => {
  expect([0, 1, 10].map(workerIdOf)).toEqual(['worker-0', 'worker-1', 'worker-10'])
})
