import {
  ARRIVALS,
  AUDIT_OUTCOMES,
  COMPLETION_REASONS,
  DEAD_WORKER_POLICIES,
  ENRICHMENT_SOURCES,
  ENRICHMENT_STATUSES,
  ERROR_CATEGORIES,
  EXECUTIONS_STATES,
  FAIL_THRESHOLDS,
  FIGURE_SLICES,
  GUARDRAIL_MODES,
  GUARDRAIL_STATES,
  LATENCY_AGGREGATION_METHOD,
  LOAD_MODES,
  LOG_LEVELS,
  LOOKUP_REASONS,
  MAX_TYPES,
  OPERATION_KINDS,
  OPERATION_TYPES,
  PARAMETER_STRATEGIES,
  POOL_KINDS,
  POOL_STATUSES,
  PROCESSING_STEPS,
  ROLES,
  RUN_PHASES,
  RUN_STATUSES,
  SCALING_MODES,
  SLO_BOUNDS,
  SLO_VERDICTS,
  SPOOL_STATES,
  STEP_OUTCOMES,
  STEP_PURPOSES,
  STEP_TYPES,
  TABLE_TYPES,
  VERDICT_OUTCOMES,
  WORKER_HEALTHS,
  WORKER_STATUSES,
} from '@flakebench/contract'
import { CONNECTION_TYPES, EXECUTION_SORT_FIELDS, POSTGRES_TLS, RUN_SORT_FIELDS, SNOWFLAKE_AUTHENTICATORS } from '@flakebench/store'
import { registerEnumType } from 'type-graphql'
import { COMPARED_METRICS } from '../decide/compare/judgedMetrics.ts'
import { BETTER_IS } from '../decide/compare/metricRows.ts'
import { RESOURCE_KINDS } from '../decide/compare/resourceRows.ts'
import { SERIES_ALIGNMENTS, SERIES_METRICS } from '../decide/figures/seriesMetrics.ts'
import { DOCUMENT_FORMATS } from '../templates/writeDocument.ts'

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
export const LookupReasonEnum = enumOf(
  'LookupReason',
  LOOKUP_REASONS,
  'PRIMARY_KEY: the first column of it. UNIQUE_KEY: the first column of a unique index, or of a unique key of Snowflake. NAME: it is named like a key, and ' +
    'there is none. FIRST_COLUMN: of the table, for want of anything else.',
)
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
export const SpoolStateEnum = enumOf(
  'SpoolState',
  SPOOL_STATES,
  'FULL: its bound on disk is reached, what comes after is counted and not kept. FAILED: the disk refuses.',
)
export const ProcessingStepEnum = enumOf('ProcessingStep', PROCESSING_STEPS)
export const ExecutionsStateEnum = enumOf('ExecutionsState', EXECUTIONS_STATES)
export const EnrichmentSourceEnum = enumOf('EnrichmentSource', ENRICHMENT_SOURCES)
export const EnrichmentStatusEnum = enumOf('EnrichmentStatus', ENRICHMENT_STATUSES)
export const VerdictOutcomeEnum = enumOf(
  'VerdictOutcome',
  VERDICT_OUTCOMES,
  'NO_EVIDENCE: of a difference; it is not proof that there is none.',
)
export const SortDirectionEnum = enumOf('SortDirection', ['ASC', 'DESC'])
export const ExecutionSortFieldEnum = enumOf('ExecutionSortField', EXECUTION_SORT_FIELDS)
export const SeriesMetricEnum = enumOf('SeriesMetric', SERIES_METRICS)
export const SeriesAlignmentEnum = enumOf('SeriesAlignment', SERIES_ALIGNMENTS)
export const RunSortFieldEnum = enumOf('RunSortField', RUN_SORT_FIELDS)
export const RerunFromEnum = enumOf(
  'RerunFrom',
  ['SNAPSHOT', 'LATEST_TEMPLATE'],
  'SNAPSHOT: with the settings that the run was made with. LATEST_TEMPLATE: with those that its template has now.',
)
export const ExportFormatEnum = enumOf(
  'ExportFormat',
  ['CSV', 'JSON', 'BUNDLE'],
  'CSV: a row an interval, or an execution. JSON: the run with its figures and intervals. BUNDLE: all of it, for another installation.',
)
export const ComparedMetricEnum = enumOf('ComparedMetric', COMPARED_METRICS)
export const BetterIsEnum = enumOf('BetterIs', BETTER_IS)
export const ResourceKindEnum = enumOf('ResourceKind', RESOURCE_KINDS)
export const FigureSliceEnum = enumOf('FigureSlice', FIGURE_SLICES)
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
export const RoleEnum = enumOf(
  'Role',
  ROLES,
  'Each may all that those before it may. VIEWER looks. OPERATOR drives runs. AUTHOR makes templates. ADMIN keeps connections and users.',
)
export const SignInMethodEnum = enumOf('SignInMethod', ['NONE', 'SESSION', 'TOKEN'])
export const AuditOutcomeEnum = enumOf('AuditOutcome', AUDIT_OUTCOMES)
export const MetricsScopeEnum = enumOf(
  'MetricsScope',
  ['LAST_INTERVAL', 'MEASUREMENT'],
  'LAST_INTERVAL: the newest second. MEASUREMENT: all of the measurement so far, or as a whole.',
)
export const DocumentFormatEnum = enumOf('DocumentFormat', DOCUMENT_FORMATS)
