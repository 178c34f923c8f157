import type { JsonScalar } from '@flakebench/contract'

/**
 * Which defaults a document leaves out, as it says in its field `format`. A change of any default raises it; of the formats before, those that a document
 * leaves out are then filled in with what they were.
 */
export const CURRENT_FORMAT = 1

/** When a field is written: always, or when it differs from what the contract fills in, or from a value of its own. */
export type Leaf = 'ALWAYS' | 'UNLESS_FILLED_IN' | { readonly unless: JsonScalar }
/** A field of a document: a value, fields under one name, or a list of such. */
export type DocumentField = Leaf | FieldList | DocumentFields
export interface FieldList {
  readonly each: DocumentFields
}
export interface DocumentFields {
  readonly [name: string]: DocumentField
}

const canonical = { weight: 'UNLESS_FILLED_IN', sql: 'UNLESS_FILLED_IN' } as const satisfies DocumentFields

const parameter = {
  name: 'UNLESS_FILLED_IN',
  position: 'UNLESS_FILLED_IN',
  strategy: 'UNLESS_FILLED_IN',
  value: 'UNLESS_FILLED_IN',
  // What the strategy follows from where none is given.
  values: { unless: null },
  weights: 'UNLESS_FILLED_IN',
  column: 'UNLESS_FILLED_IN',
  min: 'UNLESS_FILLED_IN',
  max: 'UNLESS_FILLED_IN',
  integer: 'UNLESS_FILLED_IN',
  dependsOn: 'UNLESS_FILLED_IN',
  offsets: 'UNLESS_FILLED_IN',
} as const satisfies DocumentFields

/** Every field of a template as a document, in the order of the editor. The connection is there by its name. */
export const DOCUMENT_FIELDS = {
  name: 'ALWAYS',
  description: 'UNLESS_FILLED_IN',
  tags: { each: { key: 'ALWAYS', value: 'UNLESS_FILLED_IN' } },
  target: {
    connection: { unless: null },
    tableType: { unless: 'POSTGRES' },
    database: 'UNLESS_FILLED_IN',
    schema: 'UNLESS_FILLED_IN',
    table: 'ALWAYS',
    warehouse: 'UNLESS_FILLED_IN',
    warehouseSize: 'UNLESS_FILLED_IN',
    postgresInstanceSize: 'UNLESS_FILLED_IN',
    useCachedResult: 'UNLESS_FILLED_IN',
    usePgbouncer: 'UNLESS_FILLED_IN',
    columns: { each: { name: 'ALWAYS', type: 'ALWAYS' } },
  },
  operations: {
    pointLookup: canonical,
    rangeScan: canonical,
    insert: canonical,
    update: canonical,
    generic: {
      each: {
        id: 'UNLESS_FILLED_IN',
        label: 'UNLESS_FILLED_IN',
        operationType: 'ALWAYS',
        weight: 'UNLESS_FILLED_IN',
        sql: 'UNLESS_FILLED_IN',
        parameters: { each: parameter },
      },
    },
  },
  load: {
    mode: { unless: 'CONCURRENCY' },
    targetConnections: 'UNLESS_FILLED_IN',
    durationSeconds: 'UNLESS_FILLED_IN',
    warmupSeconds: 'UNLESS_FILLED_IN',
    thinkTimeMs: 'UNLESS_FILLED_IN',
    targetQps: 'UNLESS_FILLED_IN',
    arrival: 'UNLESS_FILLED_IN',
    startingConnections: 'UNLESS_FILLED_IN',
    maxConnectionIncrease: 'UNLESS_FILLED_IN',
    findMax: {
      startConnections: 'UNLESS_FILLED_IN',
      connectionsIncrement: 'UNLESS_FILLED_IN',
      stepDurationSeconds: 'UNLESS_FILLED_IN',
      qpsStabilityPercent: 'UNLESS_FILLED_IN',
      latencyStabilityPercent: 'UNLESS_FILLED_IN',
      maxErrorRatePercent: 'UNLESS_FILLED_IN',
      resolution: 'UNLESS_FILLED_IN',
      minSamples: 'UNLESS_FILLED_IN',
    },
  },
  scaling: {
    mode: { unless: 'AUTO' },
    // Of FIXED always: see writeDocument.
    minWorkers: 'UNLESS_FILLED_IN',
    maxWorkers: 'UNLESS_FILLED_IN',
    minConnections: 'UNLESS_FILLED_IN',
    maxConnections: 'UNLESS_FILLED_IN',
    boundsPatienceIntervals: 'UNLESS_FILLED_IN',
  },
  guardrails: {
    enabled: 'UNLESS_FILLED_IN',
    mode: 'UNLESS_FILLED_IN',
    maxCpuPercent: 'UNLESS_FILLED_IN',
    maxMemoryPercent: 'UNLESS_FILLED_IN',
    backOffPercent: 'UNLESS_FILLED_IN',
    patienceIntervals: 'UNLESS_FILLED_IN',
    failThreshold: 'UNLESS_FILLED_IN',
  },
  slos: { each: { kind: 'ALWAYS', p95Ms: 'UNLESS_FILLED_IN', p99Ms: 'UNLESS_FILLED_IN', errorRatePercent: 'UNLESS_FILLED_IN' } },
  sloAbort: { enabled: 'UNLESS_FILLED_IN', graceSeconds: 'UNLESS_FILLED_IN' },
  advanced: {
    seed: 'UNLESS_FILLED_IN',
    rangeSize: 'UNLESS_FILLED_IN',
    metricsIntervalSeconds: 'UNLESS_FILLED_IN',
    statementTimeoutSeconds: 'UNLESS_FILLED_IN',
    connectTimeoutSeconds: 'UNLESS_FILLED_IN',
    startupTimeoutSeconds: 'UNLESS_FILLED_IN',
    drainTimeoutSeconds: 'UNLESS_FILLED_IN',
    controlLossSeconds: 'UNLESS_FILLED_IN',
    deadWorkerPolicy: 'UNLESS_FILLED_IN',
    shareSut: 'UNLESS_FILLED_IN',
    keepExecutions: 'UNLESS_FILLED_IN',
  },
} as const satisfies DocumentFields

export const isLeaf = (field: DocumentField): field is Leaf => typeof field === 'string' || 'unless' in field
export const isFieldList = (field: DocumentField): field is FieldList => typeof field === 'object' && 'each' in field

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
