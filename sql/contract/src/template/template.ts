import type {
  Arrival,
  DeadWorkerPolicy,
  FailThreshold,
  GuardrailMode,
  LoadMode,
  OperationKind,
  OperationType,
  ParameterStrategy,
  ScalingMode,
  TableType,
} from '../enums.ts'

/** A saved, reusable description of a run, complete: every default filled in (see `validateTemplate`). */
export interface Template {
  readonly name: string
  readonly description: string | null
  readonly tags: readonly Tag[]
  readonly target: Target
  readonly operations: Operations
  readonly load: Load
  readonly scaling: Scaling
  readonly guardrails: Guardrails
  readonly slos: readonly Slo[]
  readonly sloAbort: SloAbort
  readonly advanced: Advanced
}

export interface Tag {
  readonly key: string
  readonly value: string
}

/** What is benchmarked: an existing table or view, reached through a saved connection. */
export interface Target {
  readonly connectionId: string | null
  readonly tableType: TableType
  readonly database: string | null
  readonly schema: string
  readonly table: string
  /** Snowflake only. */
  readonly warehouse: string | null
  readonly warehouseSize: string | null
  /** Snowflake Postgres only, for the record. */
  readonly postgresInstanceSize: string | null
  /** Snowflake only: whether results may come from its result cache. */
  readonly useCachedResult: boolean
  readonly usePgbouncer: boolean
  /** Null: read from the catalog when the run starts. */
  readonly columns: readonly { readonly name: string; readonly type: string }[] | null
}

export interface Operations {
  readonly pointLookup: CanonicalOperation
  readonly rangeScan: CanonicalOperation
  readonly insert: CanonicalOperation
  readonly update: CanonicalOperation
  readonly generic: readonly GenericOperation[]
}

export interface CanonicalOperation {
  /** Percent of all operations, two decimals. */
  readonly weight: number
  /** Null: the engine's canonical statement. `{table}` stands for the quoted, qualified name; `?` or `$n` for values. */
  readonly sql: string | null
}

export interface GenericOperation {
  readonly id: string
  readonly label: string | null
  readonly operationType: OperationType
  readonly weight: number
  readonly sql: string
  readonly parameters: readonly GenericParameter[]
}

export type JsonScalar = string | number | boolean | null

/** How the value of one placeholder of a generic statement is chosen. */
export interface GenericParameter {
  readonly name: string | null
  readonly position: number | null
  readonly strategy: ParameterStrategy
  readonly value: JsonScalar
  readonly values: readonly JsonScalar[] | null
  readonly weights: readonly number[] | null
  readonly column: string | null
  readonly min: number | null
  readonly max: number | null
  readonly integer: boolean
  readonly dependsOn: string | null
  readonly offsets: readonly number[] | null
}

export interface Load {
  readonly mode: LoadMode
  /** CONCURRENCY: run-wide, exact; with FIXED scaling minWorkers × minConnections. QPS: the ceiling of one worker, null for none. FIND_MAX_CONCURRENCY: null. */
  readonly targetConnections: number | null
  /** Length of the measurement. */
  readonly durationSeconds: number
  readonly warmupSeconds: number
  readonly thinkTimeMs: number
  /** QPS: operations intended to start per second. */
  readonly targetQps: number | null
  readonly arrival: Arrival
  /** QPS: connections to begin with; null for the controller's own first guess. */
  readonly startingConnections: number | null
  /** QPS: connections that one decision adds at most; null: as many as Little's law asks for, at most doubling. */
  readonly maxConnectionIncrease: number | null
  readonly findMax: FindMax
}

export interface FindMax {
  readonly startConnections: number
  readonly connectionsIncrement: number
  readonly stepDurationSeconds: number
  readonly qpsStabilityPercent: number
  readonly latencyStabilityPercent: number
  readonly maxErrorRatePercent: number
  /** The result is right to within so many connections: bisection ends there. Null: a fifth of the increment, at least 1. */
  readonly resolution: number | null
  /** A step with fewer operations than this is extended, not judged. */
  readonly minSamples: number
}

export interface Scaling {
  readonly mode: ScalingMode
  readonly minWorkers: number
  /** Null: no limit. */
  readonly maxWorkers: number | null
  readonly minConnections: number
  /** Of one worker; null: no limit. */
  readonly maxConnections: number | null
  /** BOUNDED, QPS: so many intervals at the ceiling and short of the target end the run. */
  readonly boundsPatienceIntervals: number
}

export interface Guardrails {
  readonly enabled: boolean
  readonly mode: GuardrailMode
  readonly maxCpuPercent: number
  readonly maxMemoryPercent: number
  readonly backOffPercent: number
  readonly patienceIntervals: number
  readonly failThreshold: FailThreshold
}

/** Bounds that the operations of a kind must keep; null: not bounded. */
export interface Slo {
  readonly kind: OperationKind
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  readonly errorRatePercent: number | null
}

/** Whether the run ends (SLO_ABORT) when a bound has been broken for so long (see `decideSloAbort`). */
export interface SloAbort {
  readonly enabled: boolean
  readonly graceSeconds: number
}

export interface Advanced {
  /** Null: a new one for each run. */
  readonly seed: number | null
  /** Keys that a canonical range scan spans. */
  readonly rangeSize: number
  readonly metricsIntervalSeconds: number
  readonly statementTimeoutSeconds: number
  readonly connectTimeoutSeconds: number
  /** For all workers to become ready. */
  readonly startupTimeoutSeconds: number
  readonly drainTimeoutSeconds: number
  /** A worker that has seen nothing of the control plane for so long stops sending. */
  readonly controlLossSeconds: number
  readonly deadWorkerPolicy: DeadWorkerPolicy
  /** The run does not wait for others that load the same (see `Plan.sut`). */
  readonly shareSut: boolean
  /** Every single execution is kept, beside the histograms. */
  readonly keepExecutions: boolean
}
