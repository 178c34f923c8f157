import type { Arrival, DeadWorkerPolicy, LoadMode } from '../enums.ts'
import { ARRIVALS, DEAD_WORKER_POLICIES, FAIL_THRESHOLDS, GUARDRAIL_MODES, LOAD_MODES, SCALING_MODES } from '../enums.ts'
import type { Field } from './fields.ts'
import { anyNumber, decimal, flag, limitOrKeep, listOrNull, oneOf, section, text, whole } from './fields.ts'
import {
  CONNECTIONS,
  DURATION_SECONDS,
  FIND_MAX_RANGES,
  GUARDRAIL_RANGES,
  MOST_ENTRIES,
  NAME_LENGTH,
  PATIENCE_INTERVALS,
  SEED,
  SLO_GRACE_SECONDS,
  slo,
  WARMUP_SECONDS,
  WORKERS,
} from './shape.ts'
import type { FindMax, Guardrails, Scaling, Slo, SloAbort } from './template.ts'

type OrKeep<T> = { readonly [K in keyof T]: T[K] | null }

/** What one run changes of its template; null: as the template says. */
export interface RunOverrideValues {
  /** Names the run. */
  readonly name: string | null
  readonly durationSeconds: number | null
  readonly warmupSeconds: number | null
  /** CONCURRENCY: run-wide. QPS: the ceiling of one worker. */
  readonly targetConnections: number | null
  readonly workers: number | null
  readonly seed: number | null
  readonly loadMode: LoadMode | null
  readonly targetQps: number | null
  readonly arrival: Arrival | null
  readonly findMax: OrKeep<FindMax>
  /** The two maxima: -1 means no limit. */
  readonly scaling: OrKeep<Scaling>
  readonly guardrails: OrKeep<Guardrails>
  /** In place of all of the template's. */
  readonly slos: readonly Slo[] | null
  readonly sloAbort: OrKeep<SloAbort>
  readonly deadWorkerPolicy: DeadWorkerPolicy | null
  readonly shareSut: boolean | null
  readonly keepExecutions: boolean | null
}

export const overridesShape: Field<RunOverrideValues> = section({
  name: text(null, NAME_LENGTH),
  durationSeconds: whole(null, DURATION_SECONDS),
  warmupSeconds: whole(null, WARMUP_SECONDS),
  targetConnections: whole(null, CONNECTIONS),
  workers: whole(null, { min: 1 }),
  seed: whole(null, SEED),
  loadMode: oneOf(LOAD_MODES, null),
  targetQps: anyNumber(),
  arrival: oneOf(ARRIVALS, null),
  findMax: section({
    startConnections: whole(null, FIND_MAX_RANGES.startConnections),
    connectionsIncrement: whole(null, FIND_MAX_RANGES.connectionsIncrement),
    stepDurationSeconds: whole(null, FIND_MAX_RANGES.stepDurationSeconds),
    qpsStabilityPercent: decimal(null, FIND_MAX_RANGES.qpsStabilityPercent),
    latencyStabilityPercent: decimal(null, FIND_MAX_RANGES.latencyStabilityPercent),
    maxErrorRatePercent: decimal(null, FIND_MAX_RANGES.maxErrorRatePercent),
    resolution: whole(null, FIND_MAX_RANGES.resolution),
    minSamples: whole(null, FIND_MAX_RANGES.minSamples),
  }),
  scaling: section({
    mode: oneOf(SCALING_MODES, null),
    minWorkers: whole(null, WORKERS),
    maxWorkers: limitOrKeep(WORKERS),
    minConnections: whole(null, CONNECTIONS),
    maxConnections: limitOrKeep(CONNECTIONS),
    boundsPatienceIntervals: whole(null, PATIENCE_INTERVALS),
  }),
  guardrails: section({
    enabled: flag(null),
    mode: oneOf(GUARDRAIL_MODES, null),
    maxCpuPercent: decimal(null, GUARDRAIL_RANGES.share),
    maxMemoryPercent: decimal(null, GUARDRAIL_RANGES.share),
    backOffPercent: decimal(null, GUARDRAIL_RANGES.backOffPercent),
    patienceIntervals: whole(null, PATIENCE_INTERVALS),
    failThreshold: oneOf(FAIL_THRESHOLDS, null),
  }),
  slos: listOrNull(slo, MOST_ENTRIES.slos),
  sloAbort: section({ enabled: flag(null), graceSeconds: whole(null, SLO_GRACE_SECONDS) }),
  deadWorkerPolicy: oneOf(DEAD_WORKER_POLICIES, null),
  shareSut: flag(null),
  keepExecutions: flag(null),
})
