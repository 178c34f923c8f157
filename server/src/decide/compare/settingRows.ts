import type { Plan } from '@flakebench/contract'
import type { ComparedRun } from './comparedRun.ts'

/** One setting of the plans; null: a run has no such thing. */
export interface SettingRow {
  readonly path: string
  readonly title: string
  readonly values: readonly (string | null)[]
  readonly differs: boolean
}

type Value = string | number | boolean | null | undefined
type Reading = (run: ComparedRun) => Value

const ofPlan =
  (read: (plan: Plan) => Value): Reading =>
  ({ run }) =>
    read(run.plan)
const whenMode =
  (mode: Plan['load']['mode'], read: (plan: Plan) => Value): Reading =>
  ({ run }) =>
    run.plan.load.mode === mode ? read(run.plan) : null
const whenGuarded = (read: (plan: Plan) => Value): Reading => ofPlan(plan => (plan.guardrails.enabled ? read(plan) : null))

const TARGET: readonly (readonly [string, string, Reading])[] = [
  ['template.name', 'Template', ofPlan(plan => plan.templateName)],
  ['template.version', 'Version of the template', ofPlan(plan => plan.templateVersion)],
  ['target.connection', 'Connection', run => run.connectionName],
  ['target.tableType', 'Table type', ofPlan(plan => plan.target.tableType)],
  ['target.database', 'Database', ofPlan(plan => plan.target.database)],
  ['target.schema', 'Schema', ofPlan(plan => plan.target.schema)],
  ['target.table', 'Table', ofPlan(plan => plan.target.table)],
  ['target.rows', 'Rows in the table at the start', ({ run }) => run.tableRows],
  ['target.warehouse', 'Warehouse', ofPlan(plan => plan.target.warehouse)],
  ['target.warehouseSize', 'Warehouse size', ofPlan(plan => plan.target.warehouseSize)],
  ['target.postgresInstanceSize', 'Instance size', ofPlan(plan => plan.target.postgresInstanceSize)],
  ['target.useCachedResult', 'May answer from the result cache', ofPlan(plan => plan.target.useCachedResult)],
  ['target.usePgbouncer', 'Through PgBouncer', ofPlan(plan => plan.target.usePgbouncer)],
]

const LOAD: readonly (readonly [string, string, Reading])[] = [
  ['load.mode', 'Load mode', ofPlan(plan => plan.load.mode)],
  ['load.targetConnections', 'Connections to start with', ofPlan(plan => plan.targetConnections)],
  ['load.targetQps', 'Operations per second asked for', whenMode('QPS', plan => plan.load.targetQps)],
  ['load.arrival', 'Arrivals', whenMode('QPS', plan => plan.load.arrival)],
  ['load.startingConnections', 'Connections that a rate begins with', whenMode('QPS', plan => plan.load.startingConnections)],
  ['load.maxConnectionIncrease', 'Connections added at most at once', whenMode('QPS', plan => plan.load.maxConnectionIncrease)],
  ['load.durationSeconds', 'Measured (s)', ofPlan(plan => (plan.load.mode === 'FIND_MAX_CONCURRENCY' ? null : plan.load.durationSeconds))],
  ['load.warmupSeconds', 'Warmup (s)', ofPlan(plan => plan.load.warmupSeconds)],
  ['load.thinkTimeMs', 'Think time (ms)', ofPlan(plan => plan.load.thinkTimeMs)],
  ['load.findMax.startConnections', 'Search: first step', whenMode('FIND_MAX_CONCURRENCY', plan => plan.load.findMax.startConnections)],
  [
    'load.findMax.connectionsIncrement',
    'Search: more a step',
    whenMode('FIND_MAX_CONCURRENCY', plan => plan.load.findMax.connectionsIncrement),
  ],
  [
    'load.findMax.stepDurationSeconds',
    'Search: a step lasts (s)',
    whenMode('FIND_MAX_CONCURRENCY', plan => plan.load.findMax.stepDurationSeconds),
  ],
  [
    'load.findMax.qpsStabilityPercent',
    'Search: throughput may fall by (%)',
    whenMode('FIND_MAX_CONCURRENCY', plan => plan.load.findMax.qpsStabilityPercent),
  ],
  [
    'load.findMax.latencyStabilityPercent',
    'Search: p95 may rise by (%)',
    whenMode('FIND_MAX_CONCURRENCY', plan => plan.load.findMax.latencyStabilityPercent),
  ],
  [
    'load.findMax.maxErrorRatePercent',
    'Search: errors at most (%)',
    whenMode('FIND_MAX_CONCURRENCY', plan => plan.load.findMax.maxErrorRatePercent),
  ],
  ['load.findMax.resolution', 'Search: right to within', whenMode('FIND_MAX_CONCURRENCY', plan => plan.load.findMax.resolution)],
  ['load.findMax.minSamples', 'Search: operations a step at least', whenMode('FIND_MAX_CONCURRENCY', plan => plan.load.findMax.minSamples)],
]

const CLIENT: readonly (readonly [string, string, Reading])[] = [
  ['scaling.mode', 'Scaling', ofPlan(plan => plan.scaling.mode)],
  ['workerCount', 'Workers to start with', ofPlan(plan => plan.workerCount)],
  ['limits.minWorkers', 'Workers at least', ofPlan(plan => plan.limits.minWorkers)],
  ['limits.maxWorkers', 'Workers at most', ofPlan(plan => plan.limits.maxWorkers)],
  ['limits.minConnections', 'Connections of a worker at least', ofPlan(plan => plan.limits.minConnections)],
  ['limits.maxConnections', 'Connections of a worker at most', ofPlan(plan => plan.limits.maxConnections)],
  ['guardrails.enabled', 'Guardrails', ofPlan(plan => plan.guardrails.enabled)],
  ['guardrails.mode', 'Guardrails: mode', whenGuarded(plan => plan.guardrails.mode)],
  ['guardrails.maxCpuPercent', 'Guardrails: CPU at most (%)', whenGuarded(plan => plan.guardrails.maxCpuPercent)],
  ['guardrails.maxMemoryPercent', 'Guardrails: memory at most (%)', whenGuarded(plan => plan.guardrails.maxMemoryPercent)],
  ['guardrails.backOffPercent', 'Guardrails: back off by (%)', whenGuarded(plan => plan.guardrails.backOffPercent)],
  ['slos', 'SLOs', ofPlan(plan => sloWords(plan))],
  ['sloAbort', 'Ends when an SLO is broken', ofPlan(plan => (plan.sloAbort.enabled ? `after ${plan.sloAbort.graceSeconds} s` : false))],
  ['advanced.rangeSize', 'Keys of a range scan', ofPlan(plan => plan.advanced.rangeSize)],
  ['advanced.metricsIntervalSeconds', 'Interval (s)', ofPlan(plan => plan.advanced.metricsIntervalSeconds)],
  ['advanced.statementTimeoutSeconds', 'Statement timeout (s)', ofPlan(plan => plan.advanced.statementTimeoutSeconds)],
  ['advanced.connectTimeoutSeconds', 'Connect timeout (s)', ofPlan(plan => plan.advanced.connectTimeoutSeconds)],
  ['advanced.drainTimeoutSeconds', 'Drain timeout (s)', ofPlan(plan => plan.advanced.drainTimeoutSeconds)],
  ['advanced.deadWorkerPolicy', 'When a worker is lost', ofPlan(plan => plan.advanced.deadWorkerPolicy)],
  ['advanced.shareSut', 'Beside other runs', ofPlan(plan => plan.advanced.shareSut)],
  ['advanced.keepExecutions', 'Keeps executions', ofPlan(plan => plan.advanced.keepExecutions)],
  ['seed', 'Seed', ofPlan(plan => plan.seed)],
]

const sloWords = (plan: Plan): string | null => {
  const words = plan.slos.map(({ kind, p95Ms, p99Ms, errorRatePercent }) => {
    const bounds = [
      p95Ms === null ? null : `p95 ${p95Ms} ms`,
      p99Ms === null ? null : `p99 ${p99Ms} ms`,
      errorRatePercent === null ? null : `errors ${errorRatePercent} %`,
    ]
    return `${kind}: ${bounds.filter(bound => bound !== null).join(', ')}`
  })
  return words.length === 0 ? null : words.join('; ')
}

/** Of each operation of any run its weight, and where it has them its own SQL and parameters. */
const operationRows = (runs: readonly ComparedRun[]): (readonly [string, string, Reading])[] => {
  const labels = [...new Set(runs.flatMap(({ run }) => run.plan.operations.map(({ label }) => label)))]
  return labels.flatMap(label => {
    const own = (plan: Plan) => plan.operations.find(operation => operation.label === label)
    return [
      [`operations.${label}.weight`, `${label}: share (%)`, ofPlan(plan => own(plan)?.weight ?? 0)],
      [`operations.${label}.sql`, `${label}: SQL`, ofPlan(plan => own(plan)?.sql)],
      [`operations.${label}.parameters`, `${label}: parameters`, ofPlan(plan => parameterWords(own(plan)?.parameters ?? []))],
    ] as const
  })
}

const parameterWords = (parameters: readonly object[]): string | null => (parameters.length === 0 ? null : JSON.stringify(parameters))

const wordsOf = (value: Value): string | null => {
  if (value === null || value === undefined) return null
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)
}

/** All settings that matter, in the order of a template; what no run has is left out. Plans hold no secrets. */
export const settingRows = (runs: readonly ComparedRun[]): SettingRow[] =>
  [...TARGET, ...operationRows(runs), ...LOAD, ...CLIENT]
    .map(([path, title, read]) => {
      const values = runs.map(run => wordsOf(read(run)))
      return { path, title, values, differs: new Set(values).size > 1 }
    })
    .filter(({ values }) => values.some(value => value !== null))
