/** The closed sets of words that tables, code and GraphQL share. WORDS: one meaning each. */
const words = <const W extends readonly string[]>(...all: W): W => all

export const RUN_STATUSES = words('PREPARED', 'STARTING', 'RUNNING', 'STOPPING', 'CANCELLING', 'COMPLETED', 'CANCELLED', 'FAILED')
/** Lifecycle state of a run. */
export type RunStatus = (typeof RUN_STATUSES)[number]

/** A run in one of these never changes again. */
export const TERMINAL_STATUSES = words('COMPLETED', 'CANCELLED', 'FAILED')
export const isTerminal = (status: RunStatus): boolean => (TERMINAL_STATUSES as readonly string[]).includes(status)

export const RUN_PHASES = words('PREPARING', 'WARMUP', 'MEASUREMENT', 'PROCESSING', 'COMPLETED')
/** Timed part of a run. */
export type RunPhase = (typeof RUN_PHASES)[number]

export const COMPLETION_REASONS = words(
  'DURATION_ELAPSED',
  'BOUNDS_LIMIT_REACHED',
  'FIND_MAX_DONE',
  'SOFT_GUARDRAIL_DEGRADED',
  'RESOURCE_EXHAUSTION',
  'SLO_ABORT',
  'USER_REQUESTED',
  'WORKER_FAILURE',
  'STARTUP_FAILURE',
)
/** Why a run ended. STARTUP_FAILURE: its workers did not all become ready. */
export type CompletionReason = (typeof COMPLETION_REASONS)[number]

export const WORKER_STATUSES = words('STARTING', 'READY', 'RUNNING', 'DRAINING', 'COMPLETED', 'FAILED')
export type WorkerStatus = (typeof WORKER_STATUSES)[number]

export const WORKER_HEALTHS = words('HEALTHY', 'STALE', 'DEAD')
/** Derived from the age of the last heartbeat in database time; never stored. */
export type WorkerHealth = (typeof WORKER_HEALTHS)[number]

export const TABLE_TYPES = words('STANDARD', 'HYBRID', 'INTERACTIVE', 'DYNAMIC', 'VIEW', 'POSTGRES')
export type TableType = (typeof TABLE_TYPES)[number]

export const CANONICAL_KINDS = words('POINT_LOOKUP', 'RANGE_SCAN', 'INSERT', 'UPDATE')
export type CanonicalKind = (typeof CANONICAL_KINDS)[number]
export const OPERATION_KINDS = words('POINT_LOOKUP', 'RANGE_SCAN', 'INSERT', 'UPDATE', 'GENERIC_SQL')
export type OperationKind = (typeof OPERATION_KINDS)[number]

export const OPERATION_TYPES = words('READ', 'WRITE')
export type OperationType = (typeof OPERATION_TYPES)[number]

export const LOAD_MODES = words('CONCURRENCY', 'QPS', 'FIND_MAX_CONCURRENCY')
export type LoadMode = (typeof LOAD_MODES)[number]
export const ARRIVALS = words('CONSTANT', 'POISSON')
export type Arrival = (typeof ARRIVALS)[number]
export const SCALING_MODES = words('AUTO', 'BOUNDED', 'FIXED')
export type ScalingMode = (typeof SCALING_MODES)[number]
export const GUARDRAIL_MODES = words('SOFT', 'HARD')
export type GuardrailMode = (typeof GUARDRAIL_MODES)[number]
export const FAIL_THRESHOLDS = words('ALL', 'MAJORITY', 'ANY')
export type FailThreshold = (typeof FAIL_THRESHOLDS)[number]
export const DEAD_WORKER_POLICIES = words('FAIL', 'CONTINUE', 'REPLACE')
export type DeadWorkerPolicy = (typeof DEAD_WORKER_POLICIES)[number]

export const PARAMETER_STRATEGIES = words(
  'LITERAL',
  'CHOICE',
  'RANDOM_NUMERIC',
  'SAMPLE_FROM_TABLE',
  'WEIGHTED_SAMPLE',
  'RANDOM_IN_RANGE',
  'OFFSET_FROM_PREVIOUS',
)
export type ParameterStrategy = (typeof PARAMETER_STRATEGIES)[number]

export const ERROR_CATEGORIES = words(
  'CONNECTION',
  'AUTHENTICATION',
  'TIMEOUT',
  'CANCELLED',
  'LOCK',
  'CONSTRAINT',
  'MISSING_OBJECT',
  'SYNTAX',
  'PERMISSION',
  'RESOURCE',
  'THROTTLED',
  'DATA',
  'OTHER',
)
/** What kind of failure an operation ended with, the same for every engine. */
export type ErrorCategory = (typeof ERROR_CATEGORIES)[number]

export const LATENCY_AGGREGATION_METHOD = 'HDR_MERGE' as const
