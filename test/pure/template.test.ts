import type { TemplateInput } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { forAll } from '../kit/seeded.ts'
import { messagesOf, problemsOf, SMALLEST, soundTemplate } from '../kit/templateInput.ts'

describe('a template', () => {
  it('is complete after validation: every default is filled in', () => {
    const findMax = {
      startConnections: 5,
      connectionsIncrement: 10,
      stepDurationSeconds: 30,
      qpsStabilityPercent: 5,
      latencyStabilityPercent: 20,
      maxErrorRatePercent: 1,
      resolution: null,
      minSamples: 100,
    }
    expect(soundTemplate(SMALLEST)).toEqual({
      name: 'orders',
      description: null,
      tags: [],
      target: {
        connectionId: null,
        tableType: 'POSTGRES',
        database: null,
        schema: 'public',
        table: 'orders',
        warehouse: null,
        warehouseSize: null,
        postgresInstanceSize: null,
        useCachedResult: false,
        usePgbouncer: false,
        columns: null,
      },
      operations: {
        pointLookup: { weight: 100, sql: null },
        rangeScan: { weight: 0, sql: null },
        insert: { weight: 0, sql: null },
        update: { weight: 0, sql: null },
        generic: [],
      },
      load: {
        mode: 'CONCURRENCY',
        targetConnections: 10,
        durationSeconds: 300,
        warmupSeconds: 10,
        thinkTimeMs: 0,
        targetQps: null,
        arrival: 'CONSTANT',
        startingConnections: null,
        maxConnectionIncrease: null,
        findMax,
      },
      scaling: { mode: 'AUTO', minWorkers: 1, maxWorkers: null, minConnections: 1, maxConnections: null, boundsPatienceIntervals: 3 },
      guardrails: {
        enabled: false,
        mode: 'SOFT',
        maxCpuPercent: 80,
        maxMemoryPercent: 85,
        backOffPercent: 20,
        patienceIntervals: 3,
        failThreshold: 'ALL',
      },
      slos: [],
      sloAbort: { enabled: false, graceSeconds: 30 },
      advanced: {
        seed: null,
        rangeSize: 100,
        metricsIntervalSeconds: 1,
        statementTimeoutSeconds: 60,
        connectTimeoutSeconds: 15,
        startupTimeoutSeconds: 120,
        drainTimeoutSeconds: 120,
        controlLossSeconds: 30,
        deadWorkerPolicy: 'FAIL',
        shareSut: false,
        keepExecutions: true,
      },
    })
  })

  it('takes null everywhere as "use the default"', () => {
    const nulls = (value: unknown): unknown =>
      value !== null && typeof value === 'object' && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, nulls(inner)]))
        : null
    const template = soundTemplate(SMALLEST)
    const allNull = nulls(template) as TemplateInput
    expect(soundTemplate({ ...allNull, ...SMALLEST })).toEqual(template)
    expect(soundTemplate({ ...SMALLEST, load: null, scaling: null, guardrails: null, slos: null, advanced: null, tags: null })).toEqual(
      template,
    )
  })

  it('is read a second time as itself', () => {
    const inputs: TemplateInput[] = [
      SMALLEST,
      { ...SMALLEST, scaling: { mode: 'FIXED', minWorkers: 2, minConnections: 16 } },
      { ...SMALLEST, scaling: { mode: 'BOUNDED', minWorkers: 1, maxWorkers: 4, maxConnections: -1 }, load: { targetConnections: 32 } },
      { ...SMALLEST, load: { mode: 'QPS', targetQps: 500, targetConnections: -1, startingConnections: 0 } },
      { ...SMALLEST, load: { mode: 'FIND_MAX_CONCURRENCY', targetConnections: 7 } },
      {
        ...SMALLEST,
        operations: {
          generic: [{ operationType: 'READ', weight: 100, sql: 'SELECT $1', parameters: [{ values: [1, 'two', null, true] }] }],
        },
      },
    ]
    for (const input of inputs) {
      const template = soundTemplate(input)
      expect(soundTemplate(template)).toEqual(template)
    }
  })

  it('names its schema after the table type', () => {
    const snowflake = { table: 'T', tableType: 'HYBRID', database: 'D', warehouse: 'W' } as const
    expect(soundTemplate({ ...SMALLEST, target: snowflake }).target.schema).toBe('PUBLIC')
    expect(soundTemplate({ ...SMALLEST, target: { ...snowflake, schema: 'SALES' } }).target.schema).toBe('SALES')
  })

  it('keeps nothing that its modes ignore', () => {
    const fixed = soundTemplate({
      ...SMALLEST,
      load: { targetConnections: 50, targetQps: 9 },
      scaling: { mode: 'FIXED', minWorkers: 2, minConnections: 16, maxWorkers: 1, maxConnections: 3 },
    })
    expect(fixed.load).toMatchObject({ targetConnections: 32, targetQps: null })
    expect(fixed.scaling).toMatchObject({ mode: 'FIXED', minWorkers: 2, maxWorkers: null, minConnections: 16, maxConnections: null })
    const auto = soundTemplate({
      ...SMALLEST,
      scaling: { mode: 'AUTO', minWorkers: 9, maxWorkers: 9, minConnections: 9, maxConnections: 9 },
    })
    expect(auto.scaling).toMatchObject({ mode: 'AUTO', minWorkers: 1, maxWorkers: null, minConnections: 1, maxConnections: null })
    expect(soundTemplate({ ...SMALLEST, load: { mode: 'FIND_MAX_CONCURRENCY', targetConnections: 50 } }).load.targetConnections).toBeNull()
    const rate = { mode: 'QPS', targetQps: 5, targetConnections: -1, thinkTimeMs: 50 } as const
    expect(soundTemplate({ ...SMALLEST, load: rate }).load).toMatchObject({ targetConnections: null, thinkTimeMs: 0 })
  })

  it('is BOUNDED when it names a maximum and no mode, and -1 is no maximum', () => {
    expect(soundTemplate({ ...SMALLEST, scaling: { maxWorkers: 3 } }).scaling).toMatchObject({ mode: 'BOUNDED', maxWorkers: 3 })
    expect(soundTemplate({ ...SMALLEST, scaling: { maxWorkers: -1, maxConnections: -1 } }).scaling.mode).toBe('AUTO')
  })

  it('takes a negative or blank SLO bound as not bounded', () => {
    const slos = [{ kind: 'INSERT', p95Ms: -1, p99Ms: 20, errorRatePercent: '' as unknown as number }] as const
    expect(soundTemplate({ ...SMALLEST, slos }).slos).toEqual([{ kind: 'INSERT', p95Ms: null, p99Ms: 20, errorRatePercent: null }])
  })

  it('tells every problem at once, of shape and of sense', () => {
    const input = {
      description: 'x'.repeat(1001),
      target: { table: 7, tableType: 'VIEW', warehouse: 'W', region: 'eu' },
      operations: { pointLookup: { weight: 50 }, insert: { weight: 49.99 }, generic: 'none' },
      load: { durationSeconds: 0, warmupSeconds: 1.5, mode: 'QPS' },
      scaling: { mode: 'BOUNDED', minWorkers: 4, maxWorkers: 2 },
      slos: [{ kind: 'INSERT', p95Ms: 9, p99Ms: 5 }, { p95Ms: 'fast' }],
      concurrency: 5,
    }
    expect(messagesOf(problemsOf(input)).sort()).toEqual(
      [
        'name must be given (1 to 255 characters)',
        'description must have at most 1000 characters; it has 1001',
        'target.table must be a text; it is 7',
        'target.region is not a known field: remove it',
        'target.database must be given for a VIEW table',
        'operations.generic must be a list; it is "none"',
        'operations.insert.weight must be 0: a VIEW target is only read; it is 49.99',
        'load.durationSeconds must be from 1 to 86400 seconds; it is 0',
        'load.warmupSeconds must be a whole number; it is 1.5',
        'load.targetQps must be above 0 when load.mode is QPS; it is not set',
        'scaling.maxWorkers must be at least scaling.minWorkers (4); it is 2',
        'slos.0.p99Ms must be at least slos.0.p95Ms (9); it is 5',
        'slos.1.kind must be one of POINT_LOOKUP, RANGE_SCAN, INSERT, UPDATE, GENERIC_SQL; it is not set',
        'slos.1.p95Ms must be a number; it is "fast"',
        'concurrency is not a known field: remove it',
      ].sort(),
    )
  })

  it('is refused in plain words whatever is sent', () => {
    for (const input of [null, undefined, {}])
      expect(problemsOf(input).map(({ path }) => path)).toEqual(['name', 'target.table', 'operations'])
    for (const input of [5, 'x', true, [], [SMALLEST]]) {
      expect(problemsOf(input)).toEqual([{ path: '', message: expect.stringMatching(/^The input must be an object; it is /) }])
    }
    expect(messagesOf(problemsOf({ ...SMALLEST, load: 'fast', operations: { ...SMALLEST.operations, generic: [null, 3] } }))).toEqual([
      'operations.generic.0.operationType must be one of READ, WRITE; it is not set',
      'operations.generic.1 must be an object; it is 3',
      'load must be an object; it is "fast"',
    ])
  })

  it('judges rubbish without failing: every problem has the path of a field in its message', () => {
    const rubbish = [
      null,
      undefined,
      0,
      -1,
      0.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1e99,
      '',
      'x',
      true,
      [],
      [null],
      [{}],
      {},
      { a: 1 },
      () => 1,
    ]
    const whole = JSON.parse(
      JSON.stringify({
        ...soundTemplate(SMALLEST),
        tags: [{ key: 'a', value: 'b' }],
        slos: [{ kind: 'INSERT' }],
        operations: {
          ...SMALLEST.operations,
          generic: [{ operationType: 'READ', sql: 'SELECT ?', parameters: [{ strategy: 'CHOICE', values: [1] }] }],
        },
      }),
    )
    forAll(random => {
      const input = structuredClone(whole)
      for (let changes = random.whole(1, 6); changes > 0; changes--) {
        let at = input
        for (;;) {
          const key = random.pick([...Object.keys(at), random.pick(['extra', '__proto__', 'constructor'])])
          const inner = Object.hasOwn(at, key) ? at[key] : undefined
          if (inner === null || typeof inner !== 'object' || random.fraction() < 0.3) {
            Object.defineProperty(at, key, { value: random.pick(rubbish), enumerable: true, configurable: true, writable: true })
            break
          }
          at = inner
        }
      }
      for (const { path, message } of problemsOf(input))
        expect(message.includes('The weights must sum') ? 'operations' : message).toContain(path)
    }, 1_000)
  })
})

describe('a field out of its range is refused with what was given and what is allowed', () => {
  const cases: readonly (readonly [TemplateInput, string])[] = [
    [{ name: '  ' }, 'name must be given (1 to 255 characters)'],
    [{ name: 'x'.repeat(256) }, 'name must have at most 255 characters; it has 256'],
    [{ load: { durationSeconds: 86_401 } }, 'load.durationSeconds must be from 1 to 86400 seconds; it is 86401'],
    [{ load: { warmupSeconds: 3_601 } }, 'load.warmupSeconds must be from 0 to 3600 seconds; it is 3601'],
    [{ load: { thinkTimeMs: 10_001 } }, 'load.thinkTimeMs must be from 0 to 10000 ms; it is 10001'],
    [{ load: { targetConnections: 0 } }, 'load.targetConnections must be from 1 to 100000; it is 0'],
    [{ load: { targetConnections: -1 } }, 'load.targetConnections must be from 1 to 100000; it is -1'],
    [{ load: { maxConnectionIncrease: 10_001 } }, 'load.maxConnectionIncrease must be from 1 to 10000; it is 10001'],
    [{ load: { findMax: { startConnections: 1_001 } } }, 'load.findMax.startConnections must be from 1 to 1000; it is 1001'],
    [{ load: { findMax: { connectionsIncrement: 0 } } }, 'load.findMax.connectionsIncrement must be from 1 to 500; it is 0'],
    [{ load: { findMax: { stepDurationSeconds: 1 } } }, 'load.findMax.stepDurationSeconds must be from 2 to 3600 seconds; it is 1'],
    [{ load: { findMax: { resolution: 0 } } }, 'load.findMax.resolution must be from 1 to 500; it is 0'],
    [{ load: { findMax: { minSamples: 1.5 } } }, 'load.findMax.minSamples must be a whole number; it is 1.5'],
    [{ load: { findMax: { qpsStabilityPercent: 0.5 } } }, 'load.findMax.qpsStabilityPercent must be from 1 to 50 percent; it is 0.5'],
    [{ load: { findMax: { latencyStabilityPercent: 4 } } }, 'load.findMax.latencyStabilityPercent must be from 5 to 1000 percent; it is 4'],
    [{ load: { findMax: { maxErrorRatePercent: 101 } } }, 'load.findMax.maxErrorRatePercent must be from 0 to 100 percent; it is 101'],
    [{ scaling: { minWorkers: 0 } }, 'scaling.minWorkers must be from 1 to 1000; it is 0'],
    [{ scaling: { maxWorkers: -2 } }, 'scaling.maxWorkers must be from 1 to 1000; it is -2; -1 means no limit'],
    [{ guardrails: { maxCpuPercent: 0 } }, 'guardrails.maxCpuPercent must be above 0 and at most 100 percent; it is 0'],
    [{ scaling: { boundsPatienceIntervals: 61 } }, 'scaling.boundsPatienceIntervals must be from 1 to 60; it is 61'],
    [{ sloAbort: { graceSeconds: 0 } }, 'sloAbort.graceSeconds must be from 1 to 3600 seconds; it is 0'],
    [{ guardrails: { patienceIntervals: 0 } }, 'guardrails.patienceIntervals must be from 1 to 60; it is 0'],
    [{ guardrails: { maxMemoryPercent: 100.5 } }, 'guardrails.maxMemoryPercent must be above 0 and at most 100 percent; it is 100.5'],
    [{ guardrails: { backOffPercent: 100 } }, 'guardrails.backOffPercent must be from 1 to 90 percent; it is 100'],
    [{ slos: [{ kind: 'UPDATE', p95Ms: 0 }] }, 'slos.0.p95Ms must be above 0 ms; it is 0'],
    [{ slos: [{ kind: 'UPDATE', errorRatePercent: 100.5 }] }, 'slos.0.errorRatePercent must be from 0 to 100 percent; it is 100.5'],
    [{ advanced: { seed: 2 ** 31 } }, 'advanced.seed must be from 0 to 2147483647; it is 2147483648'],
    [{ advanced: { rangeSize: 10_001 } }, 'advanced.rangeSize must be from 1 to 10000; it is 10001'],
    [{ advanced: { metricsIntervalSeconds: 0.05 } }, 'advanced.metricsIntervalSeconds must be from 0.1 to 60 seconds; it is 0.05'],
    [{ advanced: { metricsIntervalSeconds: 0.1234 } }, 'advanced.metricsIntervalSeconds must have at most 3 decimals; it is 0.1234'],
    [{ advanced: { drainTimeoutSeconds: 601 } }, 'advanced.drainTimeoutSeconds must be from 0 to 600 seconds; it is 601'],
    [{ advanced: { controlLossSeconds: 4 } }, 'advanced.controlLossSeconds must be from 5 to 600 seconds; it is 4'],
    [{ advanced: { deadWorkerPolicy: 'WAIT' as never } }, 'advanced.deadWorkerPolicy must be one of FAIL, CONTINUE, REPLACE; it is "WAIT"'],
    [{ load: { mode: 'concurrency' as never } }, 'load.mode must be one of CONCURRENCY, QPS, FIND_MAX_CONCURRENCY; it is "concurrency"'],
    [{ target: { table: 'orders', usePgbouncer: 'no' as never } }, 'target.usePgbouncer must be true or false; it is "no"'],
    [{ tags: [{ key: 'a' }, { key: 'b' }, { key: 'a' }] }, 'tags.2.key must differ from that of the others; "a" is there twice'],
    [{ load: { durationSeconds: Number.NaN } }, 'load.durationSeconds must be a number; it is NaN'],
  ]
  it.each(cases)('%j', (change, message) => {
    expect(messagesOf(problemsOf({ ...SMALLEST, ...change }))).toEqual([message])
  })
})
