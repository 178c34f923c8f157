import {
  ARRIVALS,
  COMPLETION_REASONS,
  DEAD_WORKER_POLICIES,
  ERROR_CATEGORIES,
  FAIL_THRESHOLDS,
  GUARDRAIL_MODES,
  GUARDRAIL_STATES,
  LATENCY_AGGREGATION_METHOD,
  LOAD_MODES,
  LOG_LEVELS,
  MAX_TYPES,
  OPERATION_KINDS,
  OPERATION_TYPES,
  PARAMETER_STRATEGIES,
  POOL_KINDS,
  POOL_STATUSES,
  RUN_PHASES,
  RUN_STATUSES,
  SCALING_MODES,
  SLO_BOUNDS,
  SLO_VERDICTS,
  STEP_OUTCOMES,
  STEP_PURPOSES,
  STEP_TYPES,
  TABLE_TYPES,
  WORKER_HEALTHS,
  WORKER_STATUSES,
} from '@flakebench/contract'
import { CONNECTION_TYPES, POSTGRES_TLS, SNOWFLAKE_AUTHENTICATORS } from '@flakebench/store'
import { registerEnumType } from 'type-graphql'

/** The contract's words as a GraphQL enumeration: names and values are the same. */
const enumOf = <W extends string>(name: string, words: readonly W[], description?: string): Readonly<Record<W, W>> => {
  const members = Object.fromEntries(words.map(word => [word, word])) as Record<W, W>
  registerEnumType(members, description === undefined ? { name } : { name, description })
  return members
}

export const RunStatusEnum = enumOf('RunStatus', RUN_STATUSES)
export const RunPhaseEnum = enumOf('RunPhase', RUN_PHASES)
export const CompletionReasonEnum = enumOf('CompletionReason', COMPLETION_REASONS, 'Why a run ended.')
export const WorkerStatusEnum = enumOf('WorkerStatus', WORKER_STATUSES)
export const WorkerHealthEnum = enumOf('WorkerHealth', WORKER_HEALTHS, 'From the age of the last heartbeat, in database time.')
export const TableTypeEnum = enumOf('TableType', TABLE_TYPES)
export const OperationKindEnum = enumOf('OperationKind', OPERATION_KINDS)
export const OperationTypeEnum = enumOf('OperationType', OPERATION_TYPES)
export const LoadModeEnum = enumOf('LoadMode', LOAD_MODES)
export const ArrivalEnum = enumOf('Arrival', ARRIVALS)
export const ScalingModeEnum = enumOf('ScalingMode', SCALING_MODES)
export const GuardrailModeEnum = enumOf('GuardrailMode', GUARDRAIL_MODES)
export const FailThresholdEnum = enumOf('FailThreshold', FAIL_THRESHOLDS)
export const DeadWorkerPolicyEnum = enumOf('DeadWorkerPolicy', DEAD_WORKER_POLICIES)
export const GuardrailStateEnum = enumOf(
  'GuardrailStateWord',
  GUARDRAIL_STATES,
  'WARNING: a worker is over a bound. CRITICAL: so many are, for so long, that the run is about to fail. DEGRADED: a back-off holds.',
)
export const StepTypeEnum = enumOf('StepType', STEP_TYPES)
export const StepPurposeEnum = enumOf(
  'StepPurpose',
  STEP_PURPOSES,
  'CLIMB: on the way up. BISECT: between the last good and the first bad. CONFIRM: the best once more.',
)
export const StepOutcomeEnum = enumOf(
  'StepOutcome',
  STEP_OUTCOMES,
  'STABLE: it held. CLIENT_LIMITED, BACKED_OFF and WORKER_LOST say nothing about the database: the step is repeated. SCALED: of a rate.',
)
export const MaxTypeEnum = enumOf(
  'MaxType',
  MAX_TYPES,
  'TRUE_MAX: the database was the limit. BOUNDED_MAX: the bounds, the load generator or the machine were; the database may hold more.',
)
export const SloBoundEnum = enumOf('SloBound', SLO_BOUNDS)
export const SloVerdictEnum = enumOf(
  'SloVerdict',
  SLO_VERDICTS,
  'PENDING: too few operations to judge by: 20 for a p95 or an error rate, 100 for a p99.',
)
export const WorkerStandingEnum = enumOf(
  'WorkerStanding',
  ['SERVING', 'JOINING', 'LEAVING', 'LOST'],
  'JOINING: started during the run, not yet sending. LEAVING: needed no more. LOST: dead, and the run goes on without it.',
)
export const LogLevelEnum = enumOf('LogLevel', LOG_LEVELS)
export const ParameterStrategyEnum = enumOf(
  'ParameterStrategy',
  PARAMETER_STRATEGIES,
  'LITERAL: `value`. CHOICE: one of `values`. RANDOM_NUMERIC: from `min` to `max`. SAMPLE_FROM_TABLE: a value of `column`, each alike often. ' +
    'WEIGHTED_SAMPLE: one of `values` by `weights`, or of `column` as often as the table has it. RANDOM_IN_RANGE: from `min` to `max`, or ' +
    'between the least and greatest of `column`. OFFSET_FROM_PREVIOUS: the value of `dependsOn` plus one of `offsets`, which count days for dates.',
)
export const PoolKindEnum = enumOf(
  'PoolKind',
  POOL_KINDS,
  'KEY: keys of rows. RANGE: moments of a time column. ROW: whole rows. COLUMN: values of a column.',
)
export const PoolStatusEnum = enumOf('PoolStatus', POOL_STATUSES)
export const ErrorCategoryEnum = enumOf('ErrorCategory', ERROR_CATEGORIES)
export const LatencyAggregationMethodEnum = enumOf(
  'LatencyAggregationMethod',
  [LATENCY_AGGREGATION_METHOD],
  'HDR_MERGE: the histograms of all workers are added, and percentiles read from the sum: exact for any number of workers.',
)
export const ConnectionTypeEnum = enumOf('ConnectionType', CONNECTION_TYPES)
export const PostgresTlsEnum = enumOf('PostgresTls', POSTGRES_TLS, "VERIFY checks the server's certificate; OFF is for loopback.")
export const SnowflakeAuthenticatorEnum = enumOf('SnowflakeAuthenticator', SNOWFLAKE_AUTHENTICATORS)
export const MetricsScopeEnum = enumOf(
  'MetricsScope',
  ['LAST_INTERVAL', 'MEASUREMENT'],
  'LAST_INTERVAL: the newest second. MEASUREMENT: all of the measurement so far, or as a whole.',
)
