import {
  choosePoolSet,
  keyPoolSize,
  type PooledTable,
  poolHint,
  poolNeeds,
  poolTarget,
  rangePoolSize,
  staleBecause,
  timeColumnOf,
  type ValuePoolSet,
} from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { insert } from '../../worker/src/operations/insert.ts'
import { pointLookup } from '../../worker/src/operations/pointLookup.ts'
import { stretchesToScan, walkShuffled } from '../../worker/src/operations/poolKeys.ts'
import { repeatingColumns } from '../../worker/src/operations/poolRows.ts'
import { seededRandom } from '../../worker/src/operations/random.ts'
import { partOf } from '../../worker/src/pools/partOf.ts'
import { planPools } from '../../worker/src/pools/planPools.ts'
import { nextModulus, sampleModulus, samplePercent } from '../../worker/src/pools/poolSource.ts'
import { momentsWithin, poolValueOf } from '../../worker/src/pools/poolValue.ts'
import { contextWith, ORDERS_PROFILE, profiledColumn } from '../kit/sampleContext.ts'
import { SMALLEST, soundPlan, soundTemplate } from '../kit/templateInput.ts'

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
const DAY_MS = 86_400_000

const sampling = (column: string, strategy = 'SAMPLE_FROM_TABLE', over: object = {}) => ({
  operationType: 'READ' as const,
  weight: 50,
  sql: 'SELECT * FROM {table} WHERE a = ?',
  parameters: [{ strategy, column, ...over }],
})
const drawing = soundTemplate({ ...SMALLEST, operations: { pointLookup: { weight: 50 }, generic: [sampling('status')] as never } })

const setOf = (over: Partial<ValuePoolSet> = {}, table: Partial<PooledTable> = {}): ValuePoolSet => ({
  id: 's',
  templateId: 't',
  status: 'READY',
  seed: 1,
  requestedAtMs: 0,
  preparedAtMs: 0,
  valuesPlanned: 1,
  valuesStored: 1,
  error: null,
  table: {
    target: poolTarget(drawing.target),
    columns: [{ name: 'id', type: 'bigint' }],
    rows: 1_000,
    keyColumn: 'id',
    timeColumn: null,
    pools: [
      { kind: 'KEY', column: 'id', size: 10 },
      { kind: 'COLUMN', column: 'STATUS', size: 10 },
    ],
    lastSeen: null,
    ...table,
  },
  ...over,
})

describe('the size of a pool', () => {
  it('grows with the connections, between bounds', () => {
    expect([1, 100, 101, 5_000, 100_000].map(keyPoolSize)).toEqual([5_000, 5_000, 5_050, 250_000, 1_000_000])
    expect([1, 200, 201, 100_000].map(rangePoolSize)).toEqual([2_000, 2_000, 2_010, 100_000])
  })
})

describe('the need of pools', () => {
  it('is there where values come from the table, with the path of each reason', () => {
    expect(poolNeeds(soundTemplate(SMALLEST))).toEqual([])
    expect(poolNeeds(drawing).map(({ path }) => path)).toEqual(['operations.generic.0.parameters.0.column'])
    const others = [
      sampling('a', 'WEIGHTED_SAMPLE', { values: [1], weights: [1] }),
      { ...sampling('a', 'RANDOM_IN_RANGE', { min: 1, max: 2 }), label: 'b' },
    ]
    expect(poolNeeds(soundTemplate({ ...SMALLEST, operations: { generic: others as never } }))).toEqual([])
  })

  it('is there for keys of tables in which finding the range of keys scans everything', () => {
    const target = { table: 'ORDERS', database: 'D', schema: 'S', warehouse: 'W', tableType: 'HYBRID' } as const
    expect(poolNeeds(soundTemplate({ ...SMALLEST, target }))).toEqual([
      {
        path: 'operations.pointLookup',
        message:
          "operations.pointLookup needs keys of the table, and finding the smallest and largest key of HYBRID tables scans all of it: prepare the template's value pools first",
      },
    ])
    expect(poolNeeds(soundTemplate({ ...SMALLEST, target: { ...target, tableType: 'STANDARD' } }))).toEqual([])
    expect(poolNeeds(soundTemplate({ ...SMALLEST, target, operations: { insert: { weight: 100 } } }))).toEqual([])
  })
})

describe('the pools of a run', () => {
  it('are the newest ready ones that fit', () => {
    const [older, newer] = [setOf({ id: 'older' }), setOf({ id: 'newer' })]
    expect(choosePoolSet([setOf({ status: 'PREPARING' }), newer, older], drawing)).toBe(newer)
    expect(choosePoolSet([setOf({ status: 'FAILED' }), setOf({}, { target: 'elsewhere' }), older], drawing)).toBe(older)
    expect(choosePoolSet([setOf({}, { pools: [{ kind: 'KEY', column: 'id', size: 10 }] })], drawing)).toBeNull()
    expect(choosePoolSet([], drawing)).toBeNull()
  })

  it('are stale when their target, columns or rows have changed', () => {
    const because = (table: Partial<PooledTable>) => staleBecause(setOf({}, table), drawing)
    const columns = [{ name: 'id', type: 'bigint' }]
    expect(because({})).toBeNull()
    expect(because({ target: 'elsewhere' })).toBe("the template's target is another table now")
    expect(because({ lastSeen: { rows: 1_200, columns } })).toBeNull()
    expect(because({ lastSeen: { rows: 1_201, columns } })).toBe('the table had about 1000 rows then and has about 1201 now')
    expect(because({ lastSeen: { rows: 799, columns } })).toContain('about 799 now')
    expect(because({ lastSeen: { rows: 1_000, columns: [{ name: 'id', type: 'text' }] } })).toBe(
      "the table's columns have changed since (id)",
    )
  })

  it('are worth a hint after a week', () => {
    expect(poolHint(setOf(), 7 * DAY_MS - 1)).toBeNull()
    expect(poolHint(setOf(), 7 * DAY_MS)).toContain('prepared 7 days ago')
  })

  it('begin with a time column by the usual names, or the first of such a type', () => {
    const timed = (...names: string[]) => timeColumnOf(names.map(name => ({ name, type: 'TIMESTAMP_NTZ' })))
    expect(timed('shipped', 'UPDATED_AT', 'CREATED_AT')).toBe('CREATED_AT')
    expect(timed('shipped', 'paid')).toBe('shipped')
    expect(timeColumnOf([{ name: 'created_at', type: 'text' }])).toBeNull()
  })
})

describe('what is sampled', () => {
  it('is what the operations draw from, and keys where there is nothing else', () => {
    const plan = soundPlan({
      operations: {
        rangeScan: { weight: 50, sql: 'SELECT * FROM {table} WHERE created_at > ?' },
        insert: { weight: 25 },
        generic: [{ ...sampling('STATUS'), weight: 25 }] as never,
      },
    })
    expect(planPools(plan, ORDERS_PROFILE, 'postgres').map(({ kind, column }) => `${kind} ${column}`)).toEqual([
      'COLUMN status',
      'RANGE created_at',
      'ROW ',
      'KEY order_id',
    ])
    const literal = soundPlan({ operations: { generic: [{ operationType: 'READ', weight: 100, sql: 'SELECT 1' }] as never } })
    expect(planPools(literal, ORDERS_PROFILE, 'postgres')).toEqual([{ kind: 'KEY', column: 'order_id', size: 5_000 }])
  })

  it('is all of a small table, and of a large one a share that hardly depends on the estimate of its rows', () => {
    expect(samplePercent(39_999, 5_000)).toBeNull()
    expect(samplePercent(50_000, 5_000)).toBe(50)
    expect(samplePercent(1_000_000, 5_000)).toBe(samplePercent(1_100_000, 5_000))
    for (const rows of [4e4, 1e6, 1e9]) expect((rows * (samplePercent(rows, 5_000) as number)) / 100).toBeGreaterThanOrEqual(20_000)
  })

  it('is chosen by hash so that a bounded number is sorted, whatever the size of the table', () => {
    expect([1, 12_499, 12_500, 25_000].map(rows => sampleModulus(rows, 5_000))).toEqual([1, 1, 2, 4])
    for (const rows of [1e6, 1e9, 1e11]) {
      const passing = rows / sampleModulus(rows, 5_000)
      expect(passing).toBeGreaterThanOrEqual(6_250)
      expect(passing).toBeLessThanOrEqual(12_500)
    }
  })

  it('is chosen a second time by how many were found, and no third time', () => {
    // Each key stands in ten rows.
    const [rows, size] = [1_000_000, 5_000]
    const first = sampleModulus(rows, size)
    const second = nextModulus(first, rows / 10 / first, size)
    expect(rows / 10 / second).toBeGreaterThanOrEqual(size)
    expect(rows / 10 / second).toBeLessThanOrEqual(size * 2.5)
    expect([0, 5, 99].map(found => nextModulus(1_024, found, size))).toEqual([1, 1, 1])
  })

  it('is kept as what its column is', () => {
    expect(poolValueOf('12', 'bigint')).toBe(12)
    expect(poolValueOf('9007199254740993', 'bigint')).toBe('9007199254740993')
    expect(poolValueOf('10.50', 'numeric')).toBe(10.5)
    expect(poolValueOf('0.12345678901234567890', 'numeric')).toBe('0.12345678901234567890')
    expect(poolValueOf('12', 'text')).toBe('12')
    expect(poolValueOf('true', 'BOOLEAN')).toBe(true)
    expect(poolValueOf('(1,2)', 'point')).toBe('(1,2)')
  })

  it('begins scans within the last thirty days of the table, and never before its first', () => {
    const within = (min: string, max: string): string[] => momentsWithin({ min, max }, 500, seededRandom(1, 0, 'm')).sort()
    const long = within('2020-01-01 00:00:00+00', '2024-03-31 12:00:00+00')
    expect((long[0] as string) >= '2024-03-01 12:00:00').toBe(true)
    expect((long.at(-1) as string) <= '2024-03-31 12:00:00.000+00').toBe(true)
    expect(new Set(within('2024-03-30', '2024-03-31'))).toEqual(new Set(['2024-03-30', '2024-03-31']))
    expect(momentsWithin({ min: 'a', max: 'b' }, 5, seededRandom(1, 0, 'm'))).toEqual([])
  })
})

describe("a worker's part of a pool", () => {
  it('is that of no other, and together they are the whole', () => {
    const size = 1_003
    const read = [0, 1, 2].flatMap(workerGroupId => {
      const { stride, remainder } = partOf(size, { workerGroupId, workerGroupCount: 3 })
      return upTo(size).filter(n => n % stride === remainder)
    })
    expect(read.sort((a, b) => a - b)).toEqual(upTo(size))
  })

  it('is the whole of a pool that is too small to be shared', () => {
    expect(partOf(29, { workerGroupId: 2, workerGroupCount: 3 })).toEqual({ stride: 1, remainder: 0 })
    expect(partOf(30, { workerGroupId: 2, workerGroupCount: 3 })).toEqual({ stride: 3, remainder: 2 })
  })

  it('is never more than a worker keeps in memory, taken evenly from everywhere', () => {
    expect(partOf(1_000_000, { workerGroupId: 0, workerGroupCount: 1 })).toEqual({ stride: 5, remainder: 0 })
    expect(partOf(1_000_000, { workerGroupId: 1, workerGroupCount: 4 })).toEqual({ stride: 8, remainder: 1 })
  })
})

describe('keys of a pool', () => {
  const walk = (workerGroupId: number, count: number): unknown[] =>
    Array.from({ length: count }, walkShuffled(upTo(100), seededRandom(42, workerGroupId, 'walk')))

  it('are each taken once before any is taken again, in an order of its own', () => {
    const twice = walk(0, 200) as number[]
    expect([...twice.slice(0, 100)].sort((a, b) => a - b)).toEqual(upTo(100))
    expect(twice.slice(100)).toEqual(twice.slice(0, 100))
    expect(walk(0, 100)).toEqual(walk(0, 100))
    expect(walk(1, 100)).not.toEqual(walk(0, 100))
  })

  it('are what lookups find, and scans begin with', () => {
    const context = contextWith({ keys: [3, 500, 990] })
    const plan = { kind: 'POINT_LOOKUP', label: 'p', operationType: 'READ', weight: 100, sql: null, parameters: [] } as const
    const slots = [{ number: 1, column: 'order_id', use: 'COMPARE', shifted: false }] as const
    const bind = pointLookup.bindOf({ text: '', slots }, context, plan)
    expect(new Set([bind(), bind(), bind()].flat())).toEqual(new Set([3, 500, 990]))
    const stretches = stretchesToScan(context, 's')
    expect(new Set(upTo(3).map(() => JSON.stringify(stretches?.())))).toEqual(new Set(['[3,102]', '[500,599]', '[901,1000]']))
  })

  it('that repeat are scanned by fewer numbers', () => {
    const scan = (rowEstimate: number, dialect: 'postgres' | 'snowflake' = 'postgres') => {
      const profile = { ...ORDERS_PROFILE, rowEstimate }
      const next = stretchesToScan(contextWith({ keys: [3, 500] }, { profile, dialect }), 's') as unknown as () => [number, number]
      const [low, high] = next()
      return high - low + 1
    }
    expect([1_000, 1_250, 5_000].map(rows => scan(rows))).toEqual([100, 100, 20])
    expect([1_000, 1_250, 5_000].map(rows => scan(rows, 'snowflake'))).toEqual([100, 80, 20])
  })

  it('that are sparse are scanned by as many numbers as hold the rows', () => {
    const keys = upTo(100).map(n => n * 1_000)
    const profile = { ...ORDERS_PROFILE, keyRange: null, keyDensity: null, rowEstimate: null }
    const scan = (tableRows: number | null) => stretchesToScan(contextWith({ keys, tableRows }, { profile, rangeSize: 6 }), 's')
    for (const [low, high] of upTo(50).map(() => scan(1_000)?.() as unknown as [number, number])) expect(high - low).toBe(500)
    expect(() => scan(null)).toThrow("the table's rows are not counted")
  })

  it('that are texts are neighbours in the order of the table', () => {
    const keys = upTo(100).map(n => `k${String(n).padStart(3, '0')}`)
    const profile = { ...ORDERS_PROFILE, keyRange: null, rowEstimate: 1_000 }
    const stretches = stretchesToScan(contextWith({ keys }, { profile, rangeSize: 50 }), 's') as unknown as () => [string, string]
    const [low, high] = stretches()
    expect(Number(high.slice(1)) - Number(low.slice(1))).toBe(5)
  })
})

describe('sampled rows', () => {
  const rows = upTo(40).map(n => ({ order_id: n, status: n % 2 === 0 ? 'NEW' : 'PAID', note: `note ${n}`, mood: 'calm' }))

  it('give what is written to columns whose values repeat, and to no others', () => {
    expect(repeatingColumns({ rows })).toEqual(new Set(['status', 'mood']))
    expect(repeatingColumns({ rows: rows.slice(0, 5) })).toEqual(new Set())
  })

  it('fill columns of types of which no values can be made', () => {
    const profile = {
      ...ORDERS_PROFILE,
      columns: [profiledColumn('order_id', 'bigint'), profiledColumn('mood', 'mood'), profiledColumn('note', 'text')],
    }
    expect(() => insert.canonicalSql(contextWith({}, { profile }))).toThrow('cannot fill column mood of type mood')
    const context = contextWith({ rows }, { profile })
    expect(insert.canonicalSql(context)).toContain('("order_id", "mood", "note")')
    const slots = ['order_id', 'mood', 'note'].map((column, i) => ({ number: i + 1, column, use: 'WRITE', shifted: false }) as const)
    const plan = { kind: 'INSERT', label: 'i', operationType: 'WRITE', weight: 100, sql: null, parameters: [] } as const
    const [key, mood, note] = insert.bindOf({ text: '', slots }, context, plan)()
    expect([key, mood]).toEqual([1_001, 'calm'])
    expect(note).not.toMatch(/^note \d/)
  })
})
