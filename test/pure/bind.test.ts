import { numberSlots, type Plan, type PlannedOperation, type ProfiledColumn, type TableProfile } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { buildOperations, takeInTurn } from '../../worker/src/operations/buildOperations.ts'
import { markStatement } from '../../worker/src/operations/markStatement.ts'
import type { Operation, OperationContext } from '../../worker/src/operations/operation.ts'
import { seededRandom } from '../../worker/src/operations/random.ts'
import { NO_POOLS } from '../../worker/src/pools/workerPools.ts'
import { profiledColumn } from '../kit/sampleContext.ts'

const ORDERS: TableProfile = {
  columns: [
    profiledColumn('order_id', 'bigint'),
    profiledColumn('customer_id', 'integer'),
    profiledColumn('status', 'character varying', { maxLength: 16 }),
    profiledColumn('amount', 'numeric', { numericPrecision: 10, numericScale: 2 }),
    profiledColumn('created_at', 'timestamp with time zone'),
    profiledColumn('updated_at', 'timestamp with time zone'),
    profiledColumn('note', 'text'),
  ],
  keyColumn: 'order_id',
  keyRange: { min: 1, max: 1_000 },
  keyDensity: 1,
  sampledKeys: [],
  rowEstimate: 1_000,
  engineVersion: '',
  settings: {},
}

const contextOf = (profile: TableProfile, workerGroupId = 0): OperationContext => ({
  profile,
  table: '"public"."orders"',
  rangeSize: 100,
  owner: { runId: 'R1', workerGroupId, stride: 2, attempt: 1, currentMaxKey: null },
  pools: NO_POOLS,
  dialect: 'postgres',
  quoteName: name => `"${name}"`,
  random: purpose => seededRandom(42, workerGroupId, purpose),
})

const planOf = (...operations: readonly (Partial<PlannedOperation> & Pick<PlannedOperation, 'kind'>)[]): Plan =>
  ({
    seed: 42,
    operations: operations.map(operation => ({
      label: operation.kind,
      operationType: 'READ',
      weight: 100 / operations.length,
      sql: null,
      parameters: [],
      ...operation,
    })),
  }) as unknown as Plan

const one = (kind: PlannedOperation['kind'], sql: string | null = null, profile = ORDERS, workerGroupId = 0): Operation =>
  buildOperations(planOf({ kind, sql }), contextOf(profile, workerGroupId))[0] as Operation

const withColumns = (...columns: ProfiledColumn[]): TableProfile => ({ ...ORDERS, columns: [...ORDERS.columns, ...columns] })

describe('the canonical statements', () => {
  it('look up all columns of one row', () => {
    const { statement, bind } = one('POINT_LOOKUP')
    expect(statement).toEqual({
      name: 'flakebench_0',
      text: 'SELECT /*flakebench kind=POINT_LOOKUP*/ "order_id", "customer_id", "status", "amount", "created_at", "updated_at", "note" FROM "public"."orders" WHERE "order_id" = $1',
      valueCount: 1,
    })
    expect(bind()).toEqual([expect.any(Number)])
  })

  it('scan a stretch of keys without a limit', () => {
    const { statement, bind } = one('RANGE_SCAN')
    expect(statement.text).toMatch(/WHERE "order_id" BETWEEN \$1 AND \$2$/)
    const [low, high] = bind() as [number, number]
    expect(high - low).toBe(99)
  })

  it('insert every column that can be written', () => {
    const profile = withColumns(
      profiledColumn('line_no', 'integer', { generated: true, hasDefault: true }),
      profiledColumn('search', 'tsvector', { nullable: true }),
      profiledColumn('tags', 'text[]', { hasDefault: true }),
    )
    const { statement, bind } = one('INSERT', null, profile)
    expect(statement.text).toBe(
      'INSERT /*flakebench kind=INSERT*/ INTO "public"."orders" ("order_id", "customer_id", "status", "amount", "created_at", "updated_at", "note") VALUES ($1, $2, $3, $4, $5, $6, $7)',
    )
    expect(bind()[0]).toBe(1_001)
    expect(bind()[0]).toBe(1_003)
  })

  it('say which column cannot be filled', () => {
    expect(() => one('INSERT', null, withColumns(profiledColumn('place', 'point')))).toThrow(
      'The insert cannot fill column place of type point',
    )
  })

  it('update one plain column and the moment of the last change', () => {
    const { statement, bind } = one('UPDATE')
    expect(statement.text).toBe(
      'UPDATE /*flakebench kind=UPDATE*/ "public"."orders" SET "note" = $1, "updated_at" = CURRENT_TIMESTAMP WHERE "order_id" = $2',
    )
    const [note, key] = bind()
    expect(note).toMatch(/^\w{40}$/)
    expect(key).toBeGreaterThanOrEqual(1)
  })

  it('update a number where there is no text, and nothing that sounds indexed', () => {
    const profile = { ...ORDERS, columns: ORDERS.columns.filter(({ name }) => name !== 'note') }
    expect(one('UPDATE', null, profile).statement.text).toContain('SET "amount" = $1,')
  })

  it('say so when there is nothing to update, or to look up', () => {
    expect(() => one('UPDATE', null, { ...ORDERS, columns: [ORDERS.columns[0] as ProfiledColumn] })).toThrow(
      'The update finds no column to change',
    )
    expect(() => one('POINT_LOOKUP', null, { ...ORDERS, keyRange: { min: 1, max: 0 } })).toThrow(
      'The point lookup finds no key to look up, for the table is empty',
    )
  })
})

describe('placeholders', () => {
  const slotsOf = (sql: string) => numberSlots(sql).slots.map(({ column: name, use }) => `${name} ${use}`)
  it.each([
    ['SELECT * FROM t WHERE id = ?', ['id COMPARE']],
    ['SELECT * FROM t WHERE t.id=?::bigint', ['id COMPARE']],
    ['SELECT * FROM t WHERE "Id" = $1', ['Id COMPARE']],
    ['SELECT * FROM t WHERE ? = ID', ['id COMPARE']],
    ['SELECT * FROM t WHERE id BETWEEN ? AND ?', ['id LOW', 'id HIGH']],
    ['SELECT * FROM t WHERE id BETWEEN $1 AND $2 + 100', ['id LOW', 'id HIGH']],
    ['SELECT * FROM t WHERE id >= ? AND id < ?', ['id LOW', 'id HIGH']],
    ['SELECT * FROM t WHERE ? <= id AND ? > id', ['id LOW', 'id HIGH']],
    ['SELECT * FROM t WHERE id IN (?, ?, ?)', ['id COMPARE', 'id COMPARE', 'id COMPARE']],
    ['SELECT * FROM t WHERE id = CAST(? AS bigint)', ['id COMPARE']],
    ["SELECT '?' FROM t WHERE note = '?' AND id = ? -- really?", ['id COMPARE']],
    ['UPDATE t SET a = ?, b = b + 1, c = ? WHERE id = ?', ['a WRITE', 'c WRITE', 'id COMPARE']],
    ['UPDATE t SET a = $2 WHERE id = $1', ['id COMPARE', 'a WRITE']],
    ['INSERT INTO t (a, "B", c) VALUES (?, ?, now())', ['a WRITE', 'B WRITE']],
    ["INSERT INTO s.t(a, b) VALUES (?, upper('x,(')), (?, ?)", ['a WRITE', 'a WRITE', 'b WRITE']],
    ['INSERT INTO t (a, b) VALUES ($2, coalesce($1, 0)) ON CONFLICT DO NOTHING', ['b WRITE', 'a WRITE']],
    ['SELECT * FROM t LIMIT ?', ['null COMPARE']],
  ])('of %s belong to their columns', (sql, slots) => {
    expect(slotsOf(sql)).toEqual(slots)
  })

  it('are numbered in order, and left alone where they have numbers', () => {
    expect(numberSlots("SELECT ?, '?' WHERE a = ?").text).toBe("SELECT $1, '?' WHERE a = $2")
    expect(numberSlots('SELECT $2, $1').text).toBe('SELECT $2, $1')
  })

  it.each([
    ['INSERT', 'INSERT INTO {table} (order_id, note) VALUES (?, ?, ?)', "The insert's SQL names 2 columns but gives 3 values"],
    ['POINT_LOOKUP', 'SELECT 1 FROM {table} WHERE order_id = $2', "The point lookup's SQL uses $2 but not $1"],
    ['POINT_LOOKUP', 'SELECT 1 FROM {table} WHERE foo = ?', "The point lookup's SQL names column foo, which the table does not have"],
    ['RANGE_SCAN', 'SELECT 1 FROM {table} WHERE order_id > ? LIMIT ?', "The range scan's SQL has value 2 beside no column"],
  ] as const)('that do not match are refused: %s %s', (kind, sql, message) => {
    expect(() => one(kind, sql)).toThrow(message)
  })
})

describe("the template's own SQL", () => {
  it('has {table} replaced and the mark put after its first word', () => {
    const { statement } = one('POINT_LOOKUP', '/* mine */ select note from {table} where order_id = ?')
    expect(statement.text).toBe('/* mine */ select /*flakebench kind=POINT_LOOKUP*/ note from "public"."orders" where order_id = $1')
  })

  it('gets values that fit its columns, and keys where it asks for the key', () => {
    const [note, status, key] = one('UPDATE', 'UPDATE {table} SET note = ?, status = ? WHERE order_id = ?').bind()
    expect([typeof note, String(status).length, typeof key]).toEqual(['string', 16, 'number'])
  })

  it('starts from the lower end where it adds to the upper one itself', () => {
    const [low, high] = one('RANGE_SCAN', 'SELECT 1 FROM {table} WHERE order_id BETWEEN ? AND ? + 100').bind()
    expect(high).toBe(low)
  })

  it('gets the lower end of a stretch where it asks for that alone', () => {
    expect(one('RANGE_SCAN', 'SELECT 1 FROM {table} WHERE order_id >= ? ORDER BY order_id LIMIT 50').bind()).toHaveLength(1)
  })

  it('keeps a value bound, whatever it looks like', () => {
    const profile = { ...ORDERS, keyRange: null, sampledKeys: ["'; DROP TABLE orders; --"] }
    const { statement, bind } = one('POINT_LOOKUP', null, profile)
    expect(statement.text).not.toContain('DROP')
    expect(bind()).toEqual(["'; DROP TABLE orders; --"])
  })
})

describe('the sequence of operations', () => {
  const sequence = (workerGroupId: number) => {
    const plan = planOf({ kind: 'POINT_LOOKUP', weight: 60 }, { kind: 'RANGE_SCAN', weight: 20 }, { kind: 'UPDATE', weight: 20 })
    const next = takeInTurn(plan, buildOperations(plan, contextOf(ORDERS, workerGroupId)), workerGroupId)
    return Array.from({ length: 200 }, () => {
      const operation = next()
      return [operation.kind, operation.bind()]
    })
  }

  it('is the same for the same seed and worker', () => {
    expect(sequence(1)).toEqual(sequence(1))
  })

  it('shares no step with that of another worker', () => {
    const other = sequence(2)
    const values = ([, bound]: unknown[]) => JSON.stringify(bound)
    expect(sequence(1).filter((step, i) => values(step) === values(other[i] as unknown[])).length).toBeLessThan(5)
  })
})

describe('the mark', () => {
  it.each([
    ['SELECT 1', 'SELECT /*flakebench kind=INSERT*/ 1'],
    ['  -- hi\n update t', '  -- hi\n update /*flakebench kind=INSERT*/ t'],
  ])('of %j stands after the first keyword', (sql, marked) => {
    expect(markStatement(sql, 'INSERT')).toBe(marked)
  })
})
