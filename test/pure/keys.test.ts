import type { Plan, ProfiledColumn, TableProfile } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { existingKeys, keyStretches } from '../../worker/src/operations/existingKeys.ts'
import { firstNewKey, type KeyOwner, keyStride, newKeys } from '../../worker/src/operations/newKeys.ts'
import { seededRandom } from '../../worker/src/operations/random.ts'

const column = (type: string, maxLength: number | null = null): ProfiledColumn => ({
  name: 'id',
  type,
  maxLength,
  numericPrecision: null,
  numericScale: null,
  nullable: false,
  hasDefault: false,
  generated: false,
})

const profile = (over: Partial<TableProfile>): TableProfile => ({
  columns: [column('bigint')],
  keyColumn: 'id',
  keyRange: null,
  keyDensity: null,
  sampledKeys: [],
  rowEstimate: 0,
  engineVersion: '',
  settings: {},
  ...over,
})

const owner = (over: Partial<KeyOwner> = {}): KeyOwner => ({
  runId: 'R1',
  workerGroupId: 0,
  stride: 4,
  attempt: 1,
  currentMaxKey: null,
  ...over,
})
const take = <T>(n: number, next: () => T): T[] => Array.from({ length: n }, () => next())
const keysOf = (made: (() => unknown) | null): (() => unknown) => {
  if (made === null) throw new Error('no keys could be made')
  return made
}

describe('the random streams', () => {
  it('are the same for the same seed, worker and purpose', () => {
    const numbers = () => take(100, seededRandom(42, 1, 'POINT_LOOKUP').word)
    expect(numbers()).toEqual(numbers())
  })

  it('do not walk in step for another seed, worker or purpose', () => {
    const base = take(1_000, seededRandom(42, 1, 'a').word)
    for (const other of [seededRandom(43, 1, 'a'), seededRandom(42, 2, 'a'), seededRandom(42, 1, 'b'), seededRandom(4, 21, 'a')]) {
      const numbers = take(1_000, other.word)
      expect(numbers.filter((number, i) => number === base[i])).toHaveLength(0)
      expect(numbers.filter(number => base.includes(number)).length).toBeLessThan(3)
    }
  })

  it.each([1, 2, 7, 1_000, 2 ** 32, 2 ** 40, 2 ** 53])('stay below %d and fill the range evenly', n => {
    const random = seededRandom(7, 0, `below ${n}`)
    const tenths = new Array<number>(10).fill(0)
    for (const number of take(10_000, () => random.below(n))) {
      expect(Number.isSafeInteger(number) && number >= 0 && number < n).toBe(true)
      const tenth = Math.floor((number / n) * 10)
      tenths[tenth] = (tenths[tenth] as number) + 1
    }
    // Twelve standard deviations: a stream that is not even fails, whatever the seed.
    if (n >= 1_000) for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(360)
  })
})

describe('keys to look up', () => {
  it('lie in the range of the table, and reach both ends', () => {
    const keys = take(2_000, keysOf(existingKeys(profile({ keyRange: { min: -3, max: 6 } }), seededRandom(1, 0, 'k'))))
    expect(new Set(keys)).toEqual(new Set([-3, -2, -1, 0, 1, 2, 3, 4, 5, 6]))
  })

  it('come from the sample where most of the numbers of the range are no keys', () => {
    const sparse = profile({ keyRange: { min: 10, max: 1_000_000 }, keyDensity: 0.001, sampledKeys: ['10', '5000', '1000000'] })
    expect(new Set(take(200, keysOf(existingKeys(sparse, seededRandom(1, 0, 'k')))))).toEqual(new Set([10, 5_000, 1_000_000]))
  })

  it('come from the sample where they are no numbers', () => {
    const keys = take(200, keysOf(existingKeys(profile({ sampledKeys: ['a', 'b', 'c'] }), seededRandom(1, 0, 'k'))))
    expect(new Set(keys)).toEqual(new Set(['a', 'b', 'c']))
  })

  it('do not exist in an empty table', () => {
    expect(existingKeys(profile({ keyRange: { min: 1, max: 0 } }), seededRandom(1, 0, 'k'))).toBeNull()
    expect(existingKeys(profile({}), seededRandom(1, 0, 'k'))).toBeNull()
  })
})

describe('stretches of keys', () => {
  it('span exactly the asked number of keys, inside the range', () => {
    const next = keyStretches(profile({ keyRange: { min: 1, max: 1_000 } }), 100, seededRandom(1, 0, 'r'))
    const stretches = take(5_000, () => next?.() as [number, number])
    expect(stretches.every(([low, high]) => high - low === 99 && low >= 1 && high <= 1_000)).toBe(true)
    expect(Math.min(...stretches.map(([low]) => low))).toBe(1)
    expect(Math.max(...stretches.map(([, high]) => high))).toBe(1_000)
  })

  it('take the whole table when it is smaller', () => {
    const next = keyStretches(profile({ keyRange: { min: 5, max: 9 } }), 100, seededRandom(1, 0, 'r'))
    expect(next?.()).toEqual([5, 9])
  })

  it('span more numbers where some of them are no keys', () => {
    const next = keyStretches(profile({ keyRange: { min: 1, max: 1_000 }, keyDensity: 0.95 }), 95, seededRandom(1, 0, 'r'))
    for (const [low, high] of take(100, () => next?.() as [number, number])) expect(high - low).toBe(99)
  })

  it('span fewer numbers where keys repeat, as far as the count of rows can be believed', () => {
    const spanOf = (rowEstimate: number | null, size: number, isCounted = false): number => {
      const table = profile({ keyRange: { min: 1, max: 1_000 }, keyDensity: 0.95, rowEstimate })
      const next = keyStretches(table, size, seededRandom(1, 0, 'r'), isCounted) as () => [number, number]
      const [low, high] = next()
      return high - low + 1
    }
    expect(spanOf(5_000, 100)).toBe(20)
    expect(spanOf(5_000, 2)).toBe(1)
    // An estimate may be off by so much.
    expect(spanOf(1_250, 95)).toBe(100)
    expect(spanOf(1_250, 100, true)).toBe(80)
    expect(spanOf(null, 95)).toBe(100)
  })

  it('of sparse numbers hold the asked number of rows, however unevenly the keys lie', () => {
    // A thousand rows, ten apart, then a thousand that are a thousand apart; one in twenty is sampled.
    const keys = Array.from({ length: 2_000 }, (_, i) => (i < 1_000 ? i * 10 : 10_000 + (i - 1_000) * 1_000))
    const sampledKeys = keys.filter((_, i) => i % 20 === 0).map(String)
    const table = profile({ keyRange: { min: 0, max: 1_009_000 }, keyDensity: 0.002, sampledKeys, rowEstimate: 2_000 })
    const next = keyStretches(table, 50, seededRandom(1, 0, 'r'))
    for (const [low, high] of take(500, () => next?.() as [number, number])) {
      const held = keys.filter(key => key >= low && key <= high).length
      expect(held).toBeGreaterThan(40)
      expect(held).toBeLessThan(60)
    }
  })

  it('are refused where their size cannot be judged, or is far beyond what is asked', () => {
    const sampledKeys = Array.from({ length: 100 }, (_, i) => `k${i}`)
    const stretches = (rowEstimate: number | null) => () =>
      keyStretches(profile({ sampledKeys, rowEstimate }), 100, seededRandom(1, 0, 'r'))
    expect(stretches(null)).toThrow("the table's rows are not counted: prepare the template's value pools first")
    expect(stretches(1_000_000)).toThrow('one in about 10000 is known: set advanced.rangeSize to 5000 or more')
    expect(stretches(20_000)).not.toThrow()
  })

  it('span as many samples as hold the asked number of rows', () => {
    const sampledKeys = Array.from({ length: 1_000 }, (_, i) => String(i).padStart(4, '0'))
    const next = keyStretches(profile({ sampledKeys, rowEstimate: 20_000 }), 100, seededRandom(1, 0, 'r'))
    for (const [low, high] of take(100, () => next?.() as [string, string])) expect(Number(high) - Number(low)).toBe(5)
  })
})

describe('new keys', () => {
  it('begin above the largest key, and no two workers meet', () => {
    const table = profile({ keyRange: { min: 1, max: 1_000 } })
    const all = [0, 1, 2, 3].flatMap(workerGroupId =>
      take(500, keysOf(newKeys(table, column('bigint'), owner({ workerGroupId }), seededRandom(1, workerGroupId, 'n')))),
    ) as number[]
    expect(new Set(all).size).toBe(2_000)
    expect(Math.min(...all)).toBe(1_001)
    // Without gaps, so that lookups of the next run find rows all over the range.
    expect(Math.max(...all)).toBe(3_000)
  })

  it('of a later attempt lie beyond all that the earlier one can have made, in the same lane', () => {
    const laneOf = (key: number) => (key - 1_001) % 4
    for (const currentMaxKey of [0, 1_000, 1_001, 1_500, 2_003, 99_999]) {
      const first = firstNewKey(1_000, owner({ workerGroupId: 2, attempt: 2, currentMaxKey }))
      expect(laneOf(first)).toBe(2)
      expect(first).toBeGreaterThanOrEqual(Math.max(currentMaxKey, 1_003) + 4 * 9_999)
    }
  })

  it('leave room for as many workers as there can be', () => {
    const plan = (mode: string, workerCount: number, deadWorkerPolicy = 'FAIL') =>
      ({ load: { mode }, advanced: { deadWorkerPolicy }, workerCount }) as unknown as Plan
    expect(keyStride(plan('CONCURRENCY', 3))).toBe(3)
    expect(keyStride(plan('QPS', 3))).toBe(64)
    expect(keyStride(plan('CONCURRENCY', 3, 'REPLACE'))).toBe(64)
  })

  it('are random UUIDs or texts where keys are no numbers, different for each attempt', () => {
    const made = (type: string, attempt: number, maxLength: number | null = null) =>
      take(100, keysOf(newKeys(profile({}), column(type, maxLength), owner({ attempt }), seededRandom(1, 0, `new/${attempt}`))))
    expect(made('uuid', 1).every(key => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(String(key)))).toBe(
      true,
    )
    expect(made('character varying', 1, 12).every(key => String(key).length === 12)).toBe(true)
    expect(new Set([...made('uuid', 1), ...made('uuid', 2)]).size).toBe(200)
    expect(made('uuid', 1)).toEqual(made('uuid', 1))
  })

  it('cannot be made for types that hold too few, or are not known', () => {
    for (const unfit of [column('date'), column('point'), column('character varying', 4)]) {
      expect(newKeys(profile({}), unfit, owner(), seededRandom(1, 0, 'n'))).toBeNull()
    }
  })
})
