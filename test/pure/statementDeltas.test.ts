import type { AggregateRow, RunStatement, StatementCounters, StatementReading } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import type { ComparedRun } from '../../server/src/decide/compare/comparedRun.ts'
import { resourceRows } from '../../server/src/decide/compare/resourceRows.ts'
import { aggregateFigures } from '../../server/src/decide/enrichment/aggregateFigures.ts'
import { labelledShapes } from '../../server/src/decide/enrichment/labelledShapes.ts'
import { statementDeltas } from '../../server/src/decide/enrichment/statementDeltas.ts'
import { statementShape } from '../../server/src/decide/enrichment/statementShape.ts'
import { keptShape } from '../../server/src/enrichment/keptShape.ts'
import { forAll } from '../kit/seeded.ts'

describe('the shape of a statement', () => {
  it.each([
    ['SELECT /*flakebench kind=POINT_LOOKUP*/ a FROM t WHERE id = $1', 'select a\n from T where ID = $2'],
    ['SELECT a FROM t ORDER BY a LIMIT 100', 'SELECT a FROM t ORDER BY a LIMIT $3;'],
    ["SELECT a FROM t WHERE b = 'it''s' AND c > -1.5e3", 'SELECT a FROM t WHERE b = $1 AND c > $2'],
    ['SELECT a FROM t WHERE b IN ($1, $2, $3)', 'SELECT a FROM t WHERE b IN ($1 /*, ... */)'],
    ['SELECT a - 1 FROM t WHERE b IS NULL -- end', 'SELECT a - $1 FROM t WHERE b IS NULL'],
    ['UPDATE t SET a = TRUE WHERE b = $$x$$', 'UPDATE t SET a = $1 WHERE b = $2'],
    ['SELECT /*m*/ a FROM t WHERE id = ?', 'SELECT a FROM t WHERE id = ?'],
  ])('is one for %s and %s', (sent, kept) => {
    expect(statementShape(sent)).toBe(statementShape(kept))
  })
  it.each([
    ['SELECT a FROM t', 'SELECT b FROM t'],
    ['SELECT "a" FROM t', 'SELECT "A" FROM t'],
    ['SELECT a - 1 FROM t', 'SELECT a FROM t'],
    ["SELECT '/*' , a FROM t", 'SELECT a FROM t'],
  ])('tells %s from %s', (one, other) => {
    expect(statementShape(one)).not.toBe(statementShape(other))
  })
})

describe('what is kept of a statement', () => {
  it('is the same for all that differ in constants, and cannot be read', () => {
    const kept = keptShape("SELECT set_config('a', 'secret word')", null)
    expect(kept).toBe(keptShape('select set_config($1, $2)', null))
    expect(kept).not.toMatch(/secret|config/i)
  })
  it.each(["CREATE ROLE r PASSWORD 'x'", "/*SELECT*/ ALTER USER r PASSWORD 'x'", 'SET a = 1', "COPY t FROM 's3' WITH (SECRET 'x')"])(
    'is nothing of %s',
    text => {
      expect(keptShape(text, null)).toBeNull()
    },
  )
  it('is also of what is no query, if a worker has sent it', () => {
    expect(keptShape('CALL /*flakebench kind=GENERIC_SQL*/ book($1)', null)).toBe(
      keptShape('CALL /*flakebench kind=GENERIC_SQL*/ book(7)', null),
    )
    expect(keptShape('CALL book(7)', null)).toBeNull()
  })
  it('is only what the run sends, once that is known', () => {
    const own = new Set([statementShape(LOOKUP)])
    expect(keptShape(LOOKUP, own)).not.toBeNull()
    expect(keptShape('SELECT 1', own)).toBeNull()
  })
})

const LOOKUP = 'SELECT /*flakebench kind=POINT_LOOKUP*/ * FROM orders WHERE order_id = $1'
const statements: RunStatement[] = [
  { operationIndex: 0, kind: 'POINT_LOOKUP', label: 'POINT_LOOKUP', operationType: 'READ', sql: LOOKUP },
  { operationIndex: 1, kind: 'GENERIC_SQL', label: 'few', operationType: 'READ', sql: 'SELECT 1 FROM orders LIMIT 1' },
  { operationIndex: 2, kind: 'GENERIC_SQL', label: 'many', operationType: 'READ', sql: 'SELECT 1 FROM orders LIMIT 9' },
]
const shapes = labelledShapes(statements)
const counts = [
  { label: 'POINT_LOOKUP', executions: 100, failed: 10 },
  { label: 'few', executions: 5, failed: 0 },
  { label: 'many', executions: 5, failed: 0 },
]

const counters = (queryId: string, sql: string, calls: number, over: Partial<StatementCounters> = {}): StatementCounters => ({
  queryId,
  shape: statementShape(sql),
  since: null,
  calls,
  rows: calls,
  executionMs: calls * 2,
  maxMs: 7,
  blocksHit: calls * 3,
  blocksRead: calls,
  ioReadMs: null,
  ioWriteMs: null,
  walBytes: 0,
  ...over,
})
const reading = (...all: readonly StatementCounters[]): StatementReading => ({
  serverVersion: 180_000,
  resetAt: '2026-01-01',
  evictions: 0,
  tracksIoTiming: false,
  statements: all,
})
const few = counters('2', 'SELECT $1 FROM orders LIMIT $2', 10)

describe('two readings of pg_stat_statements', () => {
  it('tell what was counted in between, by label', () => {
    const found = statementDeltas(reading(counters('1', LOOKUP, 50)), reading(counters('1', LOOKUP, 140), few), shapes, counts)
    expect(found).toMatchObject({
      matched: 100,
      expected: 100,
      note: null,
      statements: [
        {
          label: 'POINT_LOOKUP',
          calls: 90,
          executions: 100,
          errors: 10,
          totalMs: 180,
          meanMs: 2,
          maxMs: null,
          cacheHitPercent: 75,
          ioReadMs: null,
        },
        { label: 'few + many', calls: 10, executions: 10, maxMs: 7 },
      ],
    })
  })
  it('add up a statement that the server knows under several ids', () => {
    const after = reading(counters('1', LOOKUP, 40), counters('9', LOOKUP, 50))
    expect(statementDeltas(reading(), after, shapes, counts)).toMatchObject({
      statements: [
        { calls: 90, meanMs: 2 },
        { calls: 0, meanMs: null },
      ],
    })
  })
  it('say so when somebody else sends the same', () => {
    expect(statementDeltas(reading(), reading(counters('1', LOOKUP, 400), few), shapes, counts)).toMatchObject({
      matched: 100,
      note: expect.stringContaining('others') as string,
    })
  })
  it.each([
    ['a reset of all', { ...reading(few), resetAt: 'later' }],
    ['counters that went back', reading(counters('1', LOOKUP, 49))],
    ['statements that are gone', reading()],
  ])('tell nothing after %s', (_, after) => {
    expect(statementDeltas(reading(counters('1', LOOKUP, 50)), after, shapes, counts)).toMatchObject({
      why: expect.stringContaining('reset') as string,
    })
  })
  it.each<readonly [string, Partial<StatementCounters>]>([
    ['calls', { calls: 40 }],
    ['time', { executionMs: 99 }],
    ['rows', { rows: 49 }],
    ['blocks read', { blocksRead: 49 }],
    ['blocks found', { blocksHit: 149 }],
    ['its beginning', { since: '2026-02-02' }],
  ])('tell nothing of a statement whose counters began again, by %s, and all of the others', (_, over) => {
    const after = reading(counters('1', LOOKUP, 145, over), few)
    const found = statementDeltas(reading(counters('1', LOOKUP, 50)), after, shapes, counts)
    expect(found).toMatchObject({
      matched: 10,
      expected: 100,
      note: expect.stringContaining('Nothing is told of POINT_LOOKUP: the server forgot') as string,
      statements: [
        { label: 'POINT_LOOKUP', calls: 0, executions: 100, meanMs: null, totalMs: null, blocksRead: null, cacheHitPercent: null },
        { label: 'few + many', calls: 10, meanMs: 2 },
      ],
    })
  })
  it('tell no mean of a statement of which too little was counted', () => {
    const evicted = { ...reading(counters('1', LOOKUP, 140), counters('2', 'SELECT $1 FROM orders LIMIT $2', 8)), evictions: 5 }
    expect(statementDeltas(reading(counters('1', LOOKUP, 50)), evicted, shapes, counts)).toMatchObject({
      matched: 98,
      note: expect.stringMatching(/^Nothing is told of few \+ many: fewer than 90 %.*pg_stat_statements\.max/) as string,
      statements: [{ meanMs: 2 }, { calls: 8, meanMs: null, rows: null }],
    })
  })
  it('tell nothing when the server threw the statements out', () => {
    const after = { ...reading(counters('1', LOOKUP, 60)), evictions: 3 }
    expect(statementDeltas(reading(counters('1', LOOKUP, 50)), after, shapes, counts)).toMatchObject({
      why: expect.stringContaining('pg_stat_statements.max') as string,
    })
  })
  it('say how much they lack, and tell nothing when they have none', () => {
    const half = statementDeltas(reading(), reading(counters('1', LOOKUP, 45)), shapes, counts)
    expect(half).toMatchObject({ matched: 45, expected: 100, note: expect.stringMatching(/45 %.*POINT_LOOKUP, few \+ many/) as string })
    expect(statementDeltas(reading(), reading(), shapes, counts)).toMatchObject({ why: expect.stringContaining('track') as string })
  })
  it('tell the calls alone where no executions are kept, and of what was not sent nothing', () => {
    const before = reading(counters('1', LOOKUP, 50))
    expect(statementDeltas(before, reading(counters('1', LOOKUP, 140)), shapes, null)).toMatchObject({
      matched: null,
      expected: null,
      note: expect.stringMatching(/^No single executions of the run are kept/) as string,
      statements: [
        { label: 'POINT_LOOKUP', calls: 90, executions: null, errors: null, totalMs: 180, meanMs: 2 },
        { label: 'few + many', calls: 0, executions: null, meanMs: null },
      ],
    })
    expect(statementDeltas(before, before, shapes, null)).toMatchObject({ why: expect.stringContaining('track') as string })
    const forgotten = statementDeltas(before, reading(counters('1', LOOKUP, 40), few), shapes, null)
    expect(forgotten).toMatchObject({ note: expect.stringContaining('Nothing is told of POINT_LOOKUP') as string })
  })
  it('do not tell a reset from a lack of room where the server does not', () => {
    const silent = { ...reading(), resetAt: null, evictions: null }
    expect(statementDeltas({ ...silent, statements: [counters('1', LOOKUP, 50)] }, silent, shapes, counts)).toMatchObject({
      why: expect.stringMatching(/it was reset, or was full/) as string,
    })
  })
  it('never count less than nothing, nor more than was sent', () => {
    forAll(({ whole }) => {
      const before = whole(0, 100)
      const sent = whole(0, 200)
      const found = statementDeltas(
        reading(counters('1', LOOKUP, before)),
        reading(counters('1', LOOKUP, before + whole(0, 300))),
        shapes,
        [{ label: 'POINT_LOOKUP', executions: sent, failed: whole(0, sent) }],
      )
      if ('why' in found) return
      const { matched, expected } = found as { matched: number; expected: number }
      expect(matched).toBeGreaterThanOrEqual(0)
      expect(matched).toBeLessThanOrEqual(expected)
    })
  })
})

it('are added up for a comparison only where each statement that was sent is told', () => {
  const added = (...labels: readonly string[]): unknown => {
    const now = reading(counters('1', LOOKUP, 90, { walBytes: 1024 ** 2 }), ...(labels.includes('few') ? [few] : []))
    const told = statementDeltas(reading(), now, shapes, counts)
    const content = 'why' in told ? null : { ...told, fromMs: 0, toMs: 1, clusters: [], overhead: [] }
    const run = { enrichments: [{ source: 'STATEMENT_STATISTICS', content }], usage: { warehouse: null, client: null }, result: null }
    return resourceRows([run as unknown as ComparedRun]).find(({ title }) => title === 'Write-ahead log')?.values ?? []
  }
  expect(added('few')).toEqual([1])
  expect(added()).toEqual([])
})

it('puts the minutes of AGGREGATE_QUERY_HISTORY together', () => {
  const row = (calls: number, median: number): AggregateRow => ({
    text: LOOKUP.replace('$1', '?'),
    tag: 'flakebench:run_id=r:worker_id=worker-0:phase=MEASUREMENT',
    fromMs: 0,
    toMs: 60_000,
    calls,
    errors: 1,
    rows: null,
    totalMs: { sum: calls * median, median, p90: null, p99: 9, max: median * 2 },
  })
  const found = aggregateFigures([row(30, 2), row(10, 6)], shapes, counts)
  expect(found).toMatchObject({ matched: 40, expected: 110 })
  expect(found.statements[0]).toMatchObject({
    calls: 40,
    errors: 2,
    rows: null,
    totalMs: 120,
    meanMs: 3,
    p50Ms: 3,
    p90Ms: null,
    p99Ms: 9,
    maxMs: 12,
  })
})
