import type { z } from 'zod'
import {
  ARRIVALS,
  DEAD_WORKER_POLICIES,
  FAIL_THRESHOLDS,
  GUARDRAIL_MODES,
  LOAD_MODES,
  OPERATION_KINDS,
  OPERATION_TYPES,
  PARAMETER_STRATEGIES,
  SCALING_MODES,
  TABLE_TYPES,
} from '../enums.ts'
import type { Range } from './fields.ts'
import {
  anyNumber,
  bound,
  decimal,
  finite,
  flag,
  identifier,
  limit,
  list,
  listOrNull,
  oneOf,
  requiredIdentifier,
  requiredOneOf,
  requiredText,
  scalar,
  section,
  text,
  whole,
} from './fields.ts'

/** Long enough for a night run, short enough to notice a slip of the finger. */
export const DURATION_SECONDS: Range = { min: 1, max: 86_400, unit: 'seconds' }
export const WARMUP_SECONDS: Range = { min: 0, max: 3_600, unit: 'seconds' }
export const CONNECTIONS: Range = { min: 1, max: 100_000 }
export const SEED: Range = { min: 0, max: 2 ** 31 - 1 }
export const NAME_LENGTH = 255
/** The default of `load.targetConnections`. */
export const USUAL_CONNECTIONS = 10

const IDENTIFIER_LENGTH = 255
const SQL_LENGTH = 100_000
export const WORKERS: Range = { min: 1, max: 1_000 }
const WEIGHT: Range = { min: 0, max: 100 }
export const PATIENCE_INTERVALS: Range = { min: 1, max: 60 }
export const SLO_GRACE_SECONDS: Range = { min: 1, max: 3_600, unit: 'seconds' }
export const GUARDRAIL_RANGES = {
  share: { above: 0, max: 100, unit: 'percent' },
  backOffPercent: { min: 1, max: 90, unit: 'percent' },
} as const satisfies Record<string, Range>
export const FIND_MAX_RANGES = {
  startConnections: { min: 1, max: 1_000 },
  connectionsIncrement: { min: 1, max: 500 },
  stepDurationSeconds: { min: 2, max: 3_600, unit: 'seconds' },
  qpsStabilityPercent: { min: 1, max: 50, unit: 'percent' },
  latencyStabilityPercent: { min: 5, max: 1_000, unit: 'percent' },
  maxErrorRatePercent: { min: 0, max: 100, unit: 'percent' },
  resolution: { min: 1, max: 500 },
  minSamples: { min: 1, max: 1_000_000 },
} as const satisfies Record<string, Range>
/** Far more than anybody writes; what is longer would be read and judged for seconds. */
export const MOST_ENTRIES = { tags: 100, columns: 2_000, generic: 100, parameters: 500, values: 10_000, slos: 20 } as const
const LATENCY: Range = { above: 0, unit: 'ms' }

const canonical = section({ weight: decimal(0, WEIGHT, 2), sql: text(null, SQL_LENGTH) })

export const slo = section({
  kind: requiredOneOf(OPERATION_KINDS),
  p95Ms: bound(LATENCY),
  p99Ms: bound(LATENCY),
  errorRatePercent: bound({ min: 0, max: 100, unit: 'percent' }),
})

/** As it was kept, a template was judged by the rules of its time: what it holds is read, however much or large it is. */
interface Judging {
  readonly isExact: boolean
  readonly most: Readonly<Record<keyof typeof MOST_ENTRIES, number>>
}

const ENDLESS = {
  tags: Number.POSITIVE_INFINITY,
  columns: Number.POSITIVE_INFINITY,
  generic: Number.POSITIVE_INFINITY,
  parameters: Number.POSITIVE_INFINITY,
  values: Number.POSITIVE_INFINITY,
  slos: Number.POSITIVE_INFINITY,
}

/** Fields, ranges and those defaults that depend on nothing else; the predecessor disagreed with itself on some, the reasons are beside them. */
const shapeOf = ({ isExact, most }: Judging) => {
  const parameter = section({
    name: text(null, IDENTIFIER_LENGTH),
    position: whole(null, { min: 1 }),
    strategy: oneOf(PARAMETER_STRATEGIES, null),
    value: scalar(isExact),
    values: listOrNull(scalar(isExact), most.values),
    weights: listOrNull(decimal(0, isExact ? { min: 0, max: Number.MAX_SAFE_INTEGER } : { min: 0 }), most.values),
    column: identifier(null, IDENTIFIER_LENGTH),
    min: anyNumber(isExact),
    max: anyNumber(isExact),
    integer: flag(false),
    dependsOn: text(null, IDENTIFIER_LENGTH),
    offsets: listOrNull(finite(isExact), most.values),
  })

  const generic = section({
    id: text(null, 100),
    label: text(null, 255),
    operationType: requiredOneOf(OPERATION_TYPES),
    weight: decimal(0, WEIGHT, 2),
    sql: text('', SQL_LENGTH),
    parameters: list(parameter, most.parameters),
  })

  return section({
    name: requiredText(NAME_LENGTH),
    description: text(null, 1_000),
    tags: list(section({ key: requiredText(100), value: text('', 255) }), most.tags),
    target: section({
      connectionId: text(null, IDENTIFIER_LENGTH),
      // What a fresh installation can drive at once; Snowflake types need a warehouse and a database named anyway.
      tableType: oneOf(TABLE_TYPES, 'POSTGRES'),
      database: identifier(null, IDENTIFIER_LENGTH),
      schema: identifier(null, IDENTIFIER_LENGTH),
      table: requiredIdentifier(IDENTIFIER_LENGTH),
      warehouse: text(null, IDENTIFIER_LENGTH),
      warehouseSize: text(null, IDENTIFIER_LENGTH),
      postgresInstanceSize: text(null, IDENTIFIER_LENGTH),
      // Off: a result that comes from the cache measures the cache, so it has to be asked for.
      useCachedResult: flag(false),
      usePgbouncer: flag(false),
      columns: listOrNull(section({ name: requiredIdentifier(IDENTIFIER_LENGTH), type: requiredText(IDENTIFIER_LENGTH) }), most.columns),
    }),
    operations: section({
      pointLookup: canonical,
      rangeScan: canonical,
      insert: canonical,
      update: canonical,
      generic: list(generic, most.generic),
    }),
    load: section({
      mode: oneOf(LOAD_MODES, 'CONCURRENCY'),
      targetConnections: whole(null, { ...CONNECTIONS, min: -1 }),
      durationSeconds: whole(300, DURATION_SECONDS),
      // 0 would measure cold connections and caches, 30 make a short try mostly warmup.
      warmupSeconds: whole(10, WARMUP_SECONDS),
      thinkTimeMs: whole(0, { min: 0, max: 10_000, unit: 'ms' }),
      targetQps: anyNumber(),
      arrival: oneOf(ARRIVALS, 'CONSTANT'),
      startingConnections: whole(null, { ...CONNECTIONS, min: 0 }),
      maxConnectionIncrease: whole(null, { min: 1, max: 10_000 }),
      findMax: section({
        startConnections: whole(5, FIND_MAX_RANGES.startConnections),
        connectionsIncrement: whole(10, FIND_MAX_RANGES.connectionsIncrement),
        stepDurationSeconds: whole(30, FIND_MAX_RANGES.stepDurationSeconds),
        // The tighter of two defaults: with 40 and 100 a search runs on long after the knee.
        qpsStabilityPercent: decimal(5, FIND_MAX_RANGES.qpsStabilityPercent),
        latencyStabilityPercent: decimal(20, FIND_MAX_RANGES.latencyStabilityPercent),
        maxErrorRatePercent: decimal(1, FIND_MAX_RANGES.maxErrorRatePercent),
        resolution: whole(null, FIND_MAX_RANGES.resolution),
        // Fewer make a p95 of less than five samples.
        minSamples: whole(100, FIND_MAX_RANGES.minSamples),
      }),
    }),
    scaling: section({
      mode: oneOf(SCALING_MODES, null),
      minWorkers: whole(null, WORKERS),
      maxWorkers: limit(WORKERS),
      // 1, not 5: a minimum that nobody asked for must not refuse a small run.
      minConnections: whole(null, CONNECTIONS),
      // No limit, not 200: the size of a worker is decided when the run is planned.
      maxConnections: limit(CONNECTIONS),
      boundsPatienceIntervals: whole(3, PATIENCE_INTERVALS),
    }),
    guardrails: section({
      enabled: flag(false),
      // A single worker over its bounds is relieved first; it does not end the run.
      mode: oneOf(GUARDRAIL_MODES, 'SOFT'),
      maxCpuPercent: decimal(80, GUARDRAIL_RANGES.share),
      maxMemoryPercent: decimal(85, GUARDRAIL_RANGES.share),
      backOffPercent: decimal(20, GUARDRAIL_RANGES.backOffPercent),
      patienceIntervals: whole(3, PATIENCE_INTERVALS),
      failThreshold: oneOf(FAIL_THRESHOLDS, 'ALL'),
    }),
    slos: list(slo, most.slos),
    sloAbort: section({ enabled: flag(false), graceSeconds: whole(30, SLO_GRACE_SECONDS) }),
    advanced: section({
      seed: whole(null, SEED),
      rangeSize: whole(100, { min: 1, max: 10_000 }),
      metricsIntervalSeconds: decimal(1, { min: 0.1, max: 60, unit: 'seconds' }, 3),
      statementTimeoutSeconds: whole(60, { min: 1, max: 3_600, unit: 'seconds' }),
      connectTimeoutSeconds: whole(15, { min: 1, max: 600, unit: 'seconds' }),
      startupTimeoutSeconds: whole(120, { min: 1, max: 3_600, unit: 'seconds' }),
      drainTimeoutSeconds: whole(120, { min: 0, max: 600, unit: 'seconds' }),
      controlLossSeconds: whole(30, { min: 5, max: 600, unit: 'seconds' }),
      deadWorkerPolicy: oneOf(DEAD_WORKER_POLICIES, 'FAIL'),
      shareSut: flag(false),
      keepExecutions: flag(true),
    }),
  })
}

/** As it is sent. */
export const templateShape = shapeOf({ isExact: true, most: MOST_ENTRIES })
/** As it was kept here. */
export const keptShape = shapeOf({ isExact: false, most: ENDLESS })
/** As it was kept elsewhere: not endless. */
export const foreignShape = shapeOf({ isExact: false, most: MOST_ENTRIES })

/** A template as it was sent, each field read, before the defaults that depend on other fields. */
export type TemplateAsSent = z.infer<typeof templateShape>
