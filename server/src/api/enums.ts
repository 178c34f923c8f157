import {
  ARRIVALS,
  COMPLETION_REASONS,
  DEAD_WORKER_POLICIES,
  ERROR_CATEGORIES,
  FAIL_THRESHOLDS,
  GUARDRAIL_MODES,
  LATENCY_AGGREGATION_METHOD,
  LOAD_MODES,
  OPERATION_KINDS,
  OPERATION_TYPES,
  PARAMETER_STRATEGIES,
  POOL_KINDS,
  POOL_STATUSES,
  RUN_PHASES,
  RUN_STATUSES,
  SCALING_MODES,
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
