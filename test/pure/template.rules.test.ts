import type { TemplateInput } from '@flakebench/contract'
import { unsupportedProblems, validateTemplate } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { forAll } from '../kit/seeded.ts'
import { messagesOf, problemsOf, SMALLEST, soundTemplate } from '../kit/templateInput.ts'

const SNOWFLAKE = { table: 'ORDERS', database: 'SALES', warehouse: 'BENCH' } as const

interface Case {
  readonly says: string
  readonly change: TemplateInput
  readonly path: string
  readonly message: string
}

const refuses = (cases: readonly Case[]): void => {
  it.each(cases)('$says', ({ change, path, message }) => {
    expect(problemsOf({ ...SMALLEST, ...change })).toEqual([{ path, message }])
  })
}

const accepts = (cases: readonly (readonly [string, TemplateInput])[]): void => {
  it.each(cases)('%s', (_, change) => {
    expect(problemsOf({ ...SMALLEST, ...change })).toEqual([])
  })
}

describe('the target', () => {
  refuses([
    {
      says: 'has no warehouse in PostgreSQL',
      change: { target: { table: 't', warehouse: 'W' } },
      path: 'target.warehouse',
      message: 'target.warehouse must be left out: a POSTGRES table has no warehouse; it is "W"',
    },
    {
      says: 'has a warehouse in Snowflake',
      change: { target: { ...SNOWFLAKE, tableType: 'HYBRID', warehouse: null } },
      path: 'target.warehouse',
      message: 'target.warehouse must be given: a HYBRID table is queried through a warehouse',
    },
    {
      says: 'has a database in Snowflake',
      change: { target: { ...SNOWFLAKE, tableType: 'STANDARD', database: ' ' } },
      path: 'target.database',
      message: 'target.database must be given for a STANDARD table',
    },
    {
      says: 'knows PgBouncer in PostgreSQL only',
      change: { target: { ...SNOWFLAKE, tableType: 'STANDARD', usePgbouncer: true } },
      path: 'target.usePgbouncer',
      message: 'target.usePgbouncer must be false: PgBouncer serves POSTGRES tables only, this is a STANDARD table',
    },
    {
      says: 'names a column once',
      change: {
        target: {
          table: 't',
          columns: [
            { name: 'a', type: 'int' },
            { name: 'a', type: 'text' },
          ],
        },
      },
      path: 'target.columns.1.name',
      message: 'target.columns.1.name must differ from that of the others; "a" is there twice',
    },
    ...(['VIEW', 'INTERACTIVE', 'DYNAMIC'] as const).map(tableType => ({
      says: `is not written to when it is of type ${tableType}`,
      change: { target: { ...SNOWFLAKE, tableType }, operations: { pointLookup: { weight: 80 }, update: { weight: 20 } } },
      path: 'operations.update.weight',
      message: `operations.update.weight must be 0: ${tableType === 'INTERACTIVE' ? 'an' : 'a'} ${tableType} target is only read; it is 20`,
    })),
    {
      says: 'is not written to by generic SQL either when it is a view',
      change: {
        target: { ...SNOWFLAKE, tableType: 'VIEW' },
        operations: { generic: [{ operationType: 'WRITE', weight: 100, sql: 'DELETE FROM {table}' }] },
      },
      path: 'operations.generic.0.weight',
      message: 'operations.generic.0.weight must be 0: a VIEW target is only read; it is 100',
    },
  ])
  accepts([
    ['is read when it is a view', { target: { ...SNOWFLAKE, tableType: 'VIEW' } }],
    ['is written to when it is a hybrid table', { target: { ...SNOWFLAKE, tableType: 'HYBRID' }, operations: { insert: { weight: 100 } } }],
  ])
})

describe('load and scaling', () => {
  const bounded = (mode: 'CONCURRENCY' | 'FIND_MAX_CONCURRENCY', connections: number): TemplateInput => ({
    load: { mode, targetConnections: connections, findMax: { startConnections: connections } },
    scaling: { mode: 'BOUNDED', maxWorkers: 2, maxConnections: 10 },
  })
  refuses([
    {
      says: 'refuse connections that the workers cannot hold',
      change: bounded('CONCURRENCY', 32),
      path: 'load.targetConnections',
      message:
        '32 connections cannot be reached with at most 2 workers × 10 connections; raise scaling.maxWorkers or scaling.maxConnections, or lower load.targetConnections',
    },
    {
      says: 'refuse a search that begins above what the workers can hold',
      change: bounded('FIND_MAX_CONCURRENCY', 21),
      path: 'load.findMax.startConnections',
      message:
        '21 connections cannot be reached with at most 2 workers × 10 connections; raise scaling.maxWorkers or scaling.maxConnections, or lower load.findMax.startConnections',
    },
    {
      says: 'refuse a search that begins below the least',
      change: { load: { mode: 'FIND_MAX_CONCURRENCY' }, scaling: { mode: 'BOUNDED', minWorkers: 2, minConnections: 3 } },
      path: 'load.findMax.startConnections',
      message: 'load.findMax.startConnections must be at least 6 (at least 2 workers × 3 connections); it is 5',
    },
    {
      says: 'refuse fewer connections than the least',
      change: { load: { targetConnections: 5 }, scaling: { mode: 'BOUNDED', minWorkers: 3, minConnections: 2 } },
      path: 'load.targetConnections',
      message: 'load.targetConnections must be at least 6 (at least 3 workers × 2 connections); it is 5',
    },
    {
      says: 'refuse a rate of nothing',
      change: { load: { mode: 'QPS', targetQps: 0 } },
      path: 'load.targetQps',
      message: 'load.targetQps must be above 0 when load.mode is QPS; it is 0',
    },
    {
      says: 'refuse a ceiling of nothing for a rate',
      change: { load: { mode: 'QPS', targetQps: 9, targetConnections: 0 } },
      path: 'load.targetConnections',
      message: 'load.targetConnections must be from 1 to 100000, or left out for no limit; it is 0',
    },
    {
      says: 'refuse a ceiling below the least for a rate',
      change: { load: { mode: 'QPS', targetQps: 9, targetConnections: 4 }, scaling: { mode: 'BOUNDED', minConnections: 5 } },
      path: 'load.targetConnections',
      message: 'load.targetConnections must be at least scaling.minConnections (5); it is 4',
    },
    {
      says: 'refuse a most below the least',
      change: { scaling: { mode: 'BOUNDED', minConnections: 5, maxConnections: 4 } },
      path: 'scaling.maxConnections',
      message: 'scaling.maxConnections must be at least scaling.minConnections (5); it is 4',
    },
    {
      says: 'refuse FIXED without its connections',
      change: { scaling: { mode: 'FIXED', minWorkers: 2 } },
      path: 'scaling.minConnections',
      message: 'scaling.minConnections must be given when scaling.mode is FIXED',
    },
    {
      says: 'refuse FIXED without its workers',
      change: { scaling: { mode: 'FIXED', minConnections: 2 } },
      path: 'scaling.minWorkers',
      message: 'scaling.minWorkers must be given when scaling.mode is FIXED',
    },
    {
      says: 'refuse a product of FIXED that is too large',
      change: { scaling: { mode: 'FIXED', minWorkers: 10, minConnections: 20_000 } },
      path: 'scaling.minConnections',
      message: '10 workers × 20000 connections are more than 100000; lower scaling.minConnections',
    },
    {
      says: 'refuse an SLO kind that is there twice',
      change: { slos: [{ kind: 'INSERT', p95Ms: 1 }, { kind: 'INSERT' }] },
      path: 'slos.1.kind',
      message: 'slos.1.kind must differ from that of the others; "INSERT" is there twice',
    },
  ])
  accepts([
    ['take what the workers can just hold', bounded('CONCURRENCY', 20)],
    [
      'take a rate above one operation per second and connection',
      { load: { mode: 'QPS', targetQps: 5_000 }, scaling: { mode: 'BOUNDED', maxWorkers: 10, maxConnections: 200 } },
    ],
    ['take no warmup', { load: { warmupSeconds: 0 } }],
    ['take a search that begins at the least', { load: { mode: 'FIND_MAX_CONCURRENCY' }, scaling: { mode: 'BOUNDED', minConnections: 5 } }],
    ['take equal percentiles', { slos: [{ kind: 'INSERT', p95Ms: 5, p99Ms: 5, errorRatePercent: 0 }] }],
  ])
})

describe('the weights', () => {
  const weights = (...given: readonly number[]): TemplateInput => {
    const [pointLookup = 0, rangeScan = 0, insert = 0, update = 0, ...others] = given
    const sql = 'SELECT 1'
    return {
      ...SMALLEST,
      operations: {
        pointLookup: { weight: pointLookup },
        rangeScan: { weight: rangeScan },
        insert: { weight: insert },
        update: { weight: update },
        generic: others.map(weight => ({ operationType: 'READ', weight, sql })),
      },
    }
  }
  it.each([
    [[33.33, 33.33, 33.33], 'they sum to 99.99: set operations.pointLookup.weight to 33.34'],
    [[33.34, 33.34, 33.34], 'they sum to 100.02: set operations.pointLookup.weight to 33.32'],
    [[0, 0, 0, 0], 'they sum to 0.00: give each operation that is to be sent its share'],
    [[10, 70, 10, 0, 5], 'they sum to 95.00: set operations.rangeScan.weight to 75.00'],
    [[10, 0, 0, 0, 80], 'they sum to 90.00: set operations.generic.0.weight to 90.00'],
    [[100, 100, 100], 'they sum to 300.00: lower them by 200.00 in all'],
  ])('%j are refused with their sum and what to change', (given, message) => {
    expect(problemsOf(weights(...given))).toEqual([{ path: 'operations', message: `The weights must sum to 100.00; ${message}` }])
  })

  it('have two decimals at most', () => {
    const third = 'operations.pointLookup.weight must have at most 2 decimals; it is 33.333'
    expect(messagesOf(problemsOf(weights(33.333, 66.667)))).toEqual([
      third,
      third.replace('pointLookup', 'rangeScan').replace('33.333', '66.667'),
    ])
  })

  it('are judged one by one before their sum is', () => {
    expect(messagesOf(problemsOf(weights(101, -1)))).toEqual([
      'operations.pointLookup.weight must be from 0 to 100; it is 101',
      'operations.rangeScan.weight must be from 0 to 100; it is -1',
    ])
  })

  it('are accepted exactly when their hundredths sum to ten thousand, whatever floating point makes of the sum', () => {
    forAll(random => {
      const parts = Array.from({ length: random.whole(2, 9) }, () => random.whole(0, 3_000))
      const rest = 10_000 - parts.reduce((a, b) => a + b, 0)
      if (rest < 0 || rest > 10_000) return
      const shift = random.pick([0, 0, 1, -1])
      if (rest + shift < 0) return
      const read = validateTemplate(weights(...[...parts, rest + shift].map(part => part / 100)))
      expect(read.ok).toBe(shift === 0)
    })
  })
})

describe('what this version cannot drive yet', () => {
  it('is PgBouncer, told when a run is prepared and not when the template is saved', () => {
    expect(unsupportedProblems(soundTemplate({ ...SMALLEST, target: { table: 't', usePgbouncer: true } }))).toEqual([
      { path: 'target.usePgbouncer', message: 'This version connects directly only: set target.usePgbouncer to false' },
    ])
  })

  it('is nothing else: every load mode, guardrails and what becomes of lost workers', () => {
    for (const load of [{ mode: 'QPS', targetQps: 10 }, { mode: 'FIND_MAX_CONCURRENCY' }] as const) {
      const template = soundTemplate({ ...SMALLEST, load, guardrails: { enabled: true }, advanced: { deadWorkerPolicy: 'REPLACE' } })
      expect(unsupportedProblems(template)).toEqual([])
    }
  })
})
