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

export const STEP_TYPES = words('FIND_MAX', 'QPS_SCALING')
/** What a row of CONTROLLER_STEP_HISTORY is: a step of the search for the most connections, or a change of a rate's connections or workers. */
export type StepType = (typeof STEP_TYPES)[number]

export const STEP_PURPOSES = words('CLIMB', 'BISECT', 'CONFIRM')
/** Of a find-max step: the way up, between the last good and the first bad, holding the best once more. */
export type StepPurpose = (typeof STEP_PURPOSES)[number]

export const STEP_OUTCOMES = words(
  'STABLE',
  'QPS_DROP',
  'LATENCY_RISE',
  'ERRORS',
  'QUEUED',
  'SLO',
  'NOTHING_COMPLETED',
  'CONNECTIONS_REFUSED',
  'CLIENT_LIMITED',
  'BACKED_OFF',
  'WORKER_LOST',
  'TOO_FEW_SAMPLES',
  'SCALED',
)
/**
 * How a step ended. CLIENT_LIMITED, BACKED_OFF and WORKER_LOST say nothing about the database: the step is repeated, or the search ends saying so.
 * SCALED: of a rate.
 */
export type StepOutcome = (typeof STEP_OUTCOMES)[number]

export const MAX_TYPES = words('TRUE_MAX', 'BOUNDED_MAX')
/** TRUE_MAX: the database was the limit. BOUNDED_MAX: the bounds, the load generator or the machine were; the database may hold more. */
export type MaxType = (typeof MAX_TYPES)[number]

export const GUARDRAIL_STATES = words('NORMAL', 'WARNING', 'CRITICAL', 'DEGRADED')
/** WARNING: a worker is over a bound. CRITICAL: so many are, for so long, that the run is about to fail. DEGRADED: a back-off holds. */
export type GuardrailStateWord = (typeof GUARDRAIL_STATES)[number]

export const SLO_VERDICTS = words('PASS', 'FAIL', 'PENDING')
/** PENDING: too few operations to tell. */
export type SloVerdict = (typeof SLO_VERDICTS)[number]

export const SPOOL_STATES = words('WRITING', 'FULL', 'FAILED', 'CLOSED')
/** FULL: its bound on disk is reached, what comes after is counted and not kept. FAILED: the disk refuses. CLOSED: all is on disk. */
export type SpoolState = (typeof SPOOL_STATES)[number]

export const PROCESSING_STEPS = words('EXECUTIONS', 'ENRICHMENT', 'FIGURES')
/** What is done between the end of the load and the terminal status, in this order. */
export type ProcessingStep = (typeof PROCESSING_STEPS)[number]

export const EXECUTIONS_STATES = words('NOT_KEPT', 'WAITING', 'COMPLETE', 'INCOMPLETE', 'REMOVED')
/**
 * NOT_KEPT: the plan asks for none, or nothing was sent. WAITING: on the workers' disks still. COMPLETE: every one that was counted is in the table.
 * INCOMPLETE: some are not, and it is said which. REMOVED: they were older than is kept.
 */
export type ExecutionsState = (typeof EXECUTIONS_STATES)[number]

export const ENRICHMENT_SOURCES = words('QUERY_HISTORY', 'AGGREGATE_QUERY_HISTORY', 'STATEMENT_STATISTICS')
/** STATEMENT_STATISTICS: pg_stat_statements. */
export type EnrichmentSource = (typeof ENRICHMENT_SOURCES)[number]

export const ENRICHMENT_STATUSES = words('PENDING', 'COMPLETED', 'FAILED', 'SKIPPED')
/** PENDING: it will be tried, or tried again. SKIPPED: it cannot be had, and the note says why. None of them changes the run's own status. */
export type EnrichmentStatus = (typeof ENRICHMENT_STATUSES)[number]

export const VERDICT_OUTCOMES = words('BETTER', 'WORSE', 'NO_EVIDENCE', 'NOT_COMPARABLE')
/** Of a run against the baseline, for one metric. NO_EVIDENCE: of a difference; it is not proof that there is none. */
export type VerdictOutcome = (typeof VERDICT_OUTCOMES)[number]

export const LOG_LEVELS = words('DEBUG', 'INFO', 'WARN', 'ERROR')
export type LogLevel = (typeof LOG_LEVELS)[number]

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
