import type { EditedTemplate, TemplateInput } from '../api/documents/templateEditorDocuments.ts'
import { appliedInput } from './appliedInput.ts'

/** The same with every field writable, and every number allowed to be blank. */
export type Editable<T> = T extends readonly (infer Item)[]
  ? Editable<Item>[]
  : T extends object
    ? { -readonly [K in keyof T]: Editable<T[K]> }
    : T extends number
      ? number | null
      : T

/** A template while it is written. Null: blank, for which the server takes its default. */
export type TemplateDraft = Editable<EditedTemplate>
export type DraftOperations = TemplateDraft['operations']
export type DraftGeneric = DraftOperations['generic'][number]
export type DraftParameter = DraftGeneric['parameters'][number]

/** What a new template begins with: the defaults of the server. */
export const newDraft = (): TemplateDraft => ({
  name: '',
  description: null,
  tags: [],
  target: {
    connectionId: null,
    tableType: 'POSTGRES',
    database: null,
    schema: 'public',
    table: '',
    warehouse: null,
    warehouseSize: null,
    postgresInstanceSize: null,
    useCachedResult: false,
    usePgbouncer: false,
    columns: null,
  },
  operations: {
    pointLookup: { weight: 50, sql: null },
    rangeScan: { weight: 50, sql: null },
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
  scaling: {
    mode: 'AUTO',
    minWorkers: 1,
    maxWorkers: null,
    minConnections: 1,
    maxConnections: null,
    boundsPatienceIntervals: 3,
  },
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

const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

/** A saved template as a draft of its own, without what only the server knows. */
export const draftOf = (template: EditedTemplate): TemplateDraft => {
  const { name, description, tags, target, operations, load, scaling, guardrails, slos, sloAbort, advanced } = template
  return copyOf({ name, description, tags, target, operations, load, scaling, guardrails, slos, sloAbort, advanced }) as TemplateDraft
}

/** What a copy is called. */
export const copyName = (name: string): string => `${name.slice(0, MOST_NAME - COPY.length)}${COPY}`
const COPY = ' (copy)'
const MOST_NAME = 200

/** What the server is sent: what the modes of the draft take. */
export const inputOf = (draft: TemplateDraft): TemplateInput => appliedInput(copyOf(draft) as TemplateInput)
