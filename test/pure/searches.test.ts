import {
  numberSlots,
  type PlannedOperation,
  type PooledTable,
  poolNeeds,
  poolTarget,
  searchedPools,
  staleBecause,
  type ValuePoolSet,
} from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import type { KindOfOperation, OperationContext } from '../../worker/src/operations/operation.ts'
import { pointLookup } from '../../worker/src/operations/pointLookup.ts'
import { rangeScan } from '../../worker/src/operations/rangeScan.ts'
import { update } from '../../worker/src/operations/update.ts'
import { planPools } from '../../worker/src/pools/planPools.ts'
import { contextWith, ORDERS_PROFILE, poolOfColumn } from '../kit/sampleContext.ts'
import { SMALLEST, soundPlan, soundTemplate } from '../kit/templateInput.ts'

const DRAWS = 300
const KINDS: Readonly<Record<string, KindOfOperation>> = { POINT_LOOKUP: pointLookup, RANGE_SCAN: rangeScan, UPDATE: update }

const planned = (kind: 'POINT_LOOKUP' | 'RANGE_SCAN' | 'UPDATE', sql: string): PlannedOperation => ({
  kind,
  label: kind,
  operationType: 'READ',
  weight: 100,
  sql,
  parameters: [],
})

const draw = (kind: 'POINT_LOOKUP' | 'RANGE_SCAN' | 'UPDATE', sql: string, context: OperationContext): unknown[][] => {
  const bind = (KINDS[kind] as KindOfOperation).bindOf(numberSlots(sql), context, planned(kind, sql))
  return Array.from({ length: DRAWS }, bind)
}

describe('values that a statement looks for', () => {
  it.each([
    ['POINT_LOOKUP', 'SELECT * FROM t WHERE note = ?', 'note'],
    ['RANGE_SCAN', 'SELECT * FROM t WHERE created_at >= ?', 'created_at'],
    ['RANGE_SCAN', 'SELECT * FROM t WHERE created_at BETWEEN ? AND ?', 'created_at'],
    ['UPDATE', "UPDATE t SET note = 'x' WHERE customer_id = ?", 'customer_id'],
  ] as const)('are never made up: %s %s', (kind, sql, column) => {
    expect(() => draw(kind, sql, contextWith())).toThrow(
      `looks for rows by column ${column}, of which no values were sampled: prepare the template's value pools first`,
    )
  })

  it('are values of the column, as often as the table has them', () => {
    const values = draw(
      'POINT_LOOKUP',
      'SELECT * FROM t WHERE status = ?',
      contextWith(poolOfColumn('status', 'NEW', 'NEW', 'PAID')),
    ).flat()
    expect(values.filter(value => value === 'NEW').length / DRAWS).toBeCloseTo(2 / 3, 1)
    expect(new Set(values)).toEqual(new Set(['NEW', 'PAID']))
  })

  it('come from one row where several columns have to match', () => {
    const rows = Array.from({ length: 50 }, (_, i) => ({ order_id: i, customer_id: i * 2, status: `s${i}` }))
    const sql = 'SELECT * FROM t WHERE customer_id = ? AND order_id = ? AND status <> ?'
    const drawn = draw('POINT_LOOKUP', sql, contextWith({ rows, ...poolOfColumn('status', 'gone') })) as [number, number, string][]
    for (const [customer, order, status] of drawn) expect([customer, status]).toEqual([order * 2, 'gone'])
    expect(new Set(drawn.map(([, order]) => order)).size).toBe(50)
    expect(() => draw('POINT_LOOKUP', sql, contextWith())).toThrow('looks for rows by customer_id and order_id together, and no whole rows')
  })

  it('come from rows that agree in what is listed once, where another column is listed more often', () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ order_id: i, status: i === 59 ? 'alone' : `s${i % 3}`, customer_id: i % 2 }))
    const statusOf = new Map(rows.map(({ order_id, status }) => [order_id, status]))
    const sql = 'SELECT * FROM t WHERE order_id IN (?, ?, ?) AND status = ?'
    const drawn = draw('POINT_LOOKUP', sql, contextWith({ rows }))
    for (const [a, b, c, status] of drawn as [number, number, number, string][]) {
      expect([a, b, c].map(id => statusOf.get(id))).toEqual([status, status, status])
      expect(new Set([a, b, c]).size).toBe(status === 'alone' ? 1 : 3)
    }
    expect(new Set(drawn.map(([, , , status]) => status))).toEqual(new Set(['s0', 's1', 's2', 'alone']))
    const both = draw('POINT_LOOKUP', 'SELECT * FROM t WHERE order_id IN (?, ?) AND status IN (?, ?)', contextWith({ rows }))
    for (const [a, b, first, second] of both as [number, number, string, string][])
      expect([statusOf.get(a), statusOf.get(b)]).toEqual([first, second])
  })

  it('are made where they are written', () => {
    const [first] = draw('UPDATE', 'UPDATE t SET note = ? WHERE order_id = ?', contextWith())
    expect(first).toEqual([expect.stringMatching(/^\w{40}$/), expect.any(Number)])
  })
})

describe('a scan by a column that is not the key', () => {
  const days = Array.from({ length: 101 }, (_, i) => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 19).replace('T', ' '))
  const scan = 'SELECT * FROM t WHERE created_at BETWEEN ? AND ?'

  it('reaches from a sampled moment to the one by which it holds the wanted rows', () => {
    const profile = { ...ORDERS_PROFILE, rowEstimate: 10_100 }
    const context = contextWith(poolOfColumn('created_at', ...[...days].reverse()), { profile, rangeSize: 51 })
    for (const [low, high] of draw('RANGE_SCAN', scan, context) as [string, string][]) {
      const hours = (Date.parse(`${high}Z`) - Date.parse(`${low}Z`)) / 3_600_000
      // A hundred rows a day: fifty-one reach over half of one.
      expect(hours).toBeCloseTo(12, 1)
      expect(low >= (days[0] as string) && high <= `${days.at(-1)}.000`).toBe(true)
    }
  })

  it('takes both ends from one stretch, never the upper one below the lower', () => {
    const sql = 'SELECT * FROM t WHERE created_at < $1 AND created_at >= $2'
    const fine = Array.from({ length: 20 }, (_, i) => `2024-01-01 00:00:00.0001${String(i).padStart(2, '0')}`)
    const context = contextWith(poolOfColumn('created_at', ...fine), {
      profile: { ...ORDERS_PROFILE, rowEstimate: 1_000_000 },
      rangeSize: 30,
    })
    for (const [high, low] of draw('RANGE_SCAN', sql, context) as [string, string][]) expect(high >= low).toBe(true)
  })

  it('begins at the moments of its pool where it has no upper end, whatever else it asks for', () => {
    const pools = { timeColumn: 'created_at', moments: ['2024-03-01', '2024-03-02'], ...poolOfColumn('status', 'NEW') }
    const drawn = draw('RANGE_SCAN', 'SELECT * FROM t WHERE status = ? AND created_at >= ?', contextWith(pools))
    expect(new Set(drawn.map(([, moment]) => moment))).toEqual(new Set(pools.moments))
    const shifted = draw('RANGE_SCAN', "SELECT * FROM t WHERE created_at BETWEEN ? AND ? + interval '1 day'", contextWith(pools))
    for (const [low, high] of shifted) expect(high).toBe(low)
  })

  it('is refused for texts, which have no order that is known', () => {
    expect(() => draw('RANGE_SCAN', 'SELECT * FROM t WHERE note BETWEEN ? AND ?', contextWith(poolOfColumn('note', 'a', 'b')))).toThrow(
      'which holds neither numbers nor dates',
    )
  })
})

describe('a scan by a key that is no number', () => {
  const uuids = Array.from({ length: 50 }, (_, i) => `00000000-0000-4000-8000-0000000000${i + 10}`)
  const profile = { ...ORDERS_PROFILE, keyRange: null, keyDensity: null, sampledKeys: uuids, rowEstimate: 5_000_000 }

  it.each([['SELECT * FROM t WHERE order_id >= ? ORDER BY order_id LIMIT 100'], ['SELECT * FROM t WHERE order_id < ? LIMIT 100']])(
    'needs no size where it has one end: %s',
    sql => {
      for (const context of [contextWith({}, { profile }), contextWith({ keys: uuids }, { profile: { ...profile, sampledKeys: [] } })]) {
        const drawn = draw('RANGE_SCAN', sql, context).flat()
        expect(uuids).toEqual(expect.arrayContaining(drawn))
        expect(new Set(drawn).size).toBeGreaterThan(40)
      }
    },
  )

  it('takes one key where the statement reckons the other end from it', () => {
    for (const kind of ['RANGE_SCAN', 'POINT_LOOKUP'] as const) {
      const drawn = draw(kind, "SELECT * FROM t WHERE order_id BETWEEN ? AND ? + interval '1 day'", contextWith({}, { profile }))
      for (const [low, high] of drawn) expect(high).toBe(low)
    }
  })

  it('is refused where it has two, and its size cannot be judged', () => {
    expect(() => draw('RANGE_SCAN', 'SELECT * FROM t WHERE order_id BETWEEN ? AND ?', contextWith({}, { profile }))).toThrow(
      'cannot scan stretches of 100 rows of the key order_id',
    )
  })

  it('leaves as many rows behind its beginning as it is to read, where keys are numbers', () => {
    for (const [low] of draw('RANGE_SCAN', 'SELECT * FROM t WHERE order_id >= ?', contextWith())) expect(low).toBeLessThanOrEqual(901)
  })
})

describe('what such statements need sampled', () => {
  const searches = (sql: string): string[] =>
    searchedPools([planned('RANGE_SCAN', sql)], ORDERS_PROFILE, 'postgres').map(({ kind, column }) => `${kind} ${column}`)
  it.each([
    ['SELECT * FROM {table} WHERE order_id BETWEEN ? AND ?', []],
    ['SELECT * FROM {table} WHERE created_at >= ?', ['RANGE created_at']],
    ['SELECT * FROM {table} WHERE created_at BETWEEN ? AND ?', ['COLUMN created_at']],
    ["SELECT * FROM {table} WHERE created_at BETWEEN ? AND ? + interval '1 day'", ['RANGE created_at']],
    ['SELECT * FROM {table} WHERE amount >= ?', ['COLUMN amount']],
    ['SELECT * FROM {table} WHERE status = ?', ['COLUMN status']],
    ['SELECT * FROM {table} WHERE customer_id = ? AND status = ? AND amount < ?', ['ROW ', 'COLUMN amount']],
    ['SELECT * FROM {table} WHERE customer_id = ? AND order_id = ?', ['ROW ']],
    ['UPDATE {table} SET status = ? WHERE order_id = ?', []],
  ])('%s: %j', (sql, pools) => {
    expect(searches(sql)).toEqual(pools)
  })

  it('is part of a preparation, rows to find as many as values of a column', () => {
    const sql = 'SELECT * FROM {table} WHERE customer_id = ? AND status = ? AND amount < ?'
    expect(planPools(soundPlan({ operations: { pointLookup: { weight: 100, sql } } }), ORDERS_PROFILE, 'postgres')).toEqual([
      { kind: 'COLUMN', column: 'amount', size: 5_000 },
      { kind: 'ROW', column: '', size: 5_000 },
      { kind: 'KEY', column: 'order_id', size: 5_000 },
    ])
  })

  const template = (sql: string) => soundTemplate({ ...SMALLEST, operations: { rangeScan: { weight: 100, sql } } })

  it('is asked for before a run, where the statement surely looks for more than the key', () => {
    expect(poolNeeds(template('SELECT * FROM {table} WHERE CREATED_AT >= ?'))).toEqual([
      {
        path: 'operations.rangeScan.sql',
        message:
          "operations.rangeScan.sql looks for rows by created_at, whose values come from a sample of the table: prepare the template's value pools first",
      },
    ])
    expect(poolNeeds(template('SELECT * FROM {table} WHERE id = ? AND email = ?'))).toHaveLength(1)
    expect(poolNeeds(template('SELECT * FROM {table} WHERE id BETWEEN ? AND ?'))).toEqual([])
  })

  it('makes pools unfit that do not hold it', () => {
    const scanning = template('SELECT * FROM {table} WHERE created_at BETWEEN ? AND ?')
    const table: PooledTable = {
      target: poolTarget(scanning.target),
      columns: ORDERS_PROFILE.columns,
      rows: 1_000,
      keyColumn: 'order_id',
      timeColumn: 'created_at',
      pools: [
        { kind: 'KEY', column: 'order_id', size: 10 },
        { kind: 'RANGE', column: 'created_at', size: 10 },
      ],
      lastSeen: null,
    }
    const set = { id: 's', templateId: 't', status: 'READY', table } as unknown as ValuePoolSet
    expect(staleBecause(set, scanning)).toBe('no values of column created_at were sampled, which the operations look for now')
    expect(staleBecause(set, template('SELECT * FROM {table} WHERE created_at >= ?'))).toBeNull()
    expect(staleBecause(set, template('SELECT * FROM {table} WHERE order_id = ? AND status = ?'))).toContain('no whole rows were sampled')
  })
})
