import { completeTemplate } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { readDocument } from '../../server/src/templates/readDocument.ts'
import { writeDocument } from '../../server/src/templates/writeDocument.ts'
import { messagesOf, problemsOf, SMALLEST, soundTemplate } from '../kit/templateInput.ts'

const withParameter = (parameter: object) => ({
  ...SMALLEST,
  operations: {
    pointLookup: { weight: 100 },
    generic: [{ operationType: 'READ', sql: 'SELECT ?', parameters: [parameter] }],
  },
})
const TOO_LARGE = 2 ** 53

describe('a whole number above 2^53', () => {
  it.each([
    [{ value: TOO_LARGE }, 'value must be written in quotes'],
    [{ value: -TOO_LARGE }, 'value must be written in quotes'],
    [{ values: [1, 1e20] }, 'values.1 must be written in quotes'],
    [{ strategy: 'RANDOM_NUMERIC', min: 0, max: TOO_LARGE }, 'max must be from -9007199254740991 to 9007199254740991'],
    [{ strategy: 'WEIGHTED_SAMPLE', values: [1, 2], weights: [TOO_LARGE, 1] }, 'weights.0 must be from 0 to 9007199254740991'],
    [{ name: 'b', offsets: [TOO_LARGE] }, 'offsets.0 must be from -9007199254740991'],
  ])('is refused, because it may have been another one: %j', (parameter, words) => {
    const [message, ...others] = messagesOf(problemsOf(withParameter(parameter)))
    expect(message).toContain(`operations.generic.0.parameters.0.${words}`)
    expect(others).toEqual([])
  })

  it.each([
    ['YAML', 'operations:\n  generic:\n    - parameters:\n        - { value: 9007199254740993 }\n', 'Line 4, column 20: 9007199254740993'],
    ['JSON', '{"operations": {"generic": [{"parameters": [{"value": 12345678901234567890}]}]}}', 'Line 1, column 55: 12345678901234567890'],
  ])('is refused in a document, %s, where it stands', (_, document, words) => {
    expect(readDocument(document).problems).toEqual([
      { path: '', message: `${words} cannot be kept exactly: whole numbers go up to 9007199254740991: write a larger value in quotes` },
    ])
  })

  it('may be written in quotes, and what is smaller as it is', () => {
    for (const value of ['9007199254740993', Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0.1]) {
      const template = soundTemplate(withParameter({ value }) as never)
      expect(template.operations.generic[0]?.parameters[0]?.value).toBe(value)
      expect(readDocument(writeDocument(template, null, 1, 'YAML'))).toMatchObject({ problems: [], template })
    }
    const weighted = withParameter({ strategy: 'WEIGHTED_SAMPLE', values: [1], weights: [Number.MAX_SAFE_INTEGER] })
    expect(soundTemplate(weighted as never).operations.generic[0]?.parameters[0]?.weights).toEqual([Number.MAX_SAFE_INTEGER])
  })
})

describe('a template that was kept', () => {
  it('has the numbers and the long lists that were allowed then', () => {
    const values = Array.from({ length: 10_001 }, () => 1e20)
    const kept = { ...soundTemplate(withParameter({ value: 1 }) as never) }
    const [one] = kept.operations.generic
    const [parameter] = one?.parameters ?? []
    const own = { ...parameter, values, weights: values, offsets: values, min: 1e20, max: 1e21, value: 1e20 }
    const before = { ...kept, operations: { ...kept.operations, generic: [{ ...one, parameters: [own] }] } }
    expect(completeTemplate(before)).toEqual(before)
  })
})

describe('the names of a table', () => {
  it('are kept with the blanks around them', () => {
    const target = { database: 'db ', schema: ' s', table: ' lead', columns: [{ name: ' id ', type: ' int ' }] }
    const template = soundTemplate({ ...SMALLEST, target })
    expect(template.target).toMatchObject({ ...target, columns: [{ name: ' id ', type: 'int' }] })
    for (const format of ['YAML', 'JSON'] as const)
      expect(readDocument(writeDocument(template, null, 1, format)).template).toEqual(template)
    expect(messagesOf(problemsOf({ ...SMALLEST, target: { table: '  ' } }))).toEqual(['target.table must be given (1 to 255 characters)'])
  })
})

describe('the format of a document', () => {
  it.each([
    [2, 'The document has format 2, and this version reads format 1: read it with the version that wrote it, or a newer one'],
    [0, 'format must be 1; it is 0'],
    ['new', 'format must be 1; it is "new"'],
    [1.5, 'format must be 1; it is 1.5'],
    [null, 'format must be 1; it is null'],
  ])('is one that is known: %j', (format, message) => {
    expect(readDocument(JSON.stringify({ format, ...SMALLEST }))).toEqual({
      template: null,
      connectionName: null,
      problems: [{ path: '', message }],
    })
  })

  it('stands for these defaults, which it leaves out', () => {
    const generic = [{ operationType: 'READ', sql: 'SELECT ?', parameters: [{}] }] as const
    const small = soundTemplate({
      ...SMALLEST,
      operations: { pointLookup: { weight: 100 }, generic },
      slos: [{ kind: 'INSERT' }],
      tags: [{ key: 'k' }],
    })
    const none = { weight: 0, sql: null }
    expect(small, 'A default has changed: raise CURRENT_FORMAT, and fill the older defaults into documents of the formats before').toEqual({
      name: 'orders',
      description: null,
      tags: [{ key: 'k', value: '' }],
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
        rangeScan: none,
        insert: none,
        update: none,
        generic: [
          {
            id: 'GENERIC_SQL_1',
            label: null,
            operationType: 'READ',
            weight: 0,
            sql: 'SELECT ?',
            parameters: [
              {
                name: null,
                position: null,
                strategy: 'LITERAL',
                value: null,
                values: null,
                weights: null,
                column: null,
                min: null,
                max: null,
                integer: false,
                dependsOn: null,
                offsets: null,
              },
            ],
          },
        ],
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
        findMax: {
          startConnections: 5,
          connectionsIncrement: 10,
          stepDurationSeconds: 30,
          qpsStabilityPercent: 5,
          latencyStabilityPercent: 20,
          maxErrorRatePercent: 1,
          resolution: null,
          minSamples: 100,
        },
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
      slos: [{ kind: 'INSERT', p95Ms: null, p99Ms: null, errorRatePercent: null }],
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
})
