import { KIND_WORDS, labelWord } from '../../ui/words/kinds.ts'

/** What the fields of the form are called within a sentence, by the paths that the server names them with. */
const FIELD_WORDS: Readonly<Record<string, string>> = {
  name: 'the name',
  description: 'the description',
  tags: 'the tags',
  'target.connectionId': 'the connection',
  'target.connection': 'the connection',
  'target.database': 'the database',
  'target.schema': 'the schema',
  'target.table': 'the table',
  'target.tableType': 'the table type',
  'target.warehouse': 'the warehouse',
  'target.useCachedResult': 'results from the cache',
  'target.postgresInstanceSize': 'the instance size',
  'target.usePgbouncer': 'PgBouncer',
  'target.columns': 'the columns',
  operations: 'the mix',
  'operations.generic': 'the statements of your own',
  load: 'the load',
  'load.mode': 'the kind of load',
  'load.targetConnections': 'the connections',
  'load.targetQps': 'the rate',
  'load.arrival': 'the spacing',
  'load.durationSeconds': 'the time that is measured',
  'load.warmupSeconds': 'the warmup',
  'load.thinkTimeMs': 'the pause',
  'load.startingConnections': 'the connections to begin with',
  'load.maxConnectionIncrease': 'what is added at once',
  'load.findMax': 'the search',
  'load.findMax.startConnections': 'the connections to begin with',
  'load.findMax.connectionsIncrement': 'what each step adds',
  'load.findMax.stepDurationSeconds': 'the time of a step',
  'load.findMax.qpsStabilityPercent': 'the fall of QPS',
  'load.findMax.latencyStabilityPercent': 'the rise of p95',
  'load.findMax.maxErrorRatePercent': 'the errors of a step',
  'load.findMax.resolution': 'what it is right to within',
  'load.findMax.minSamples': 'the statements that a step is judged from',
  scaling: 'the scaling',
  'scaling.mode': 'the scaling',
  'scaling.minWorkers': 'the fewest workers',
  'scaling.maxWorkers': 'the most workers',
  'scaling.minConnections': 'the fewest connections of a worker',
  'scaling.maxConnections': 'the most connections of a worker',
  'scaling.boundsPatienceIntervals': 'the intervals before it gives up',
  guardrails: 'the guardrails',
  'guardrails.enabled': 'the watch on CPU and memory',
  'guardrails.mode': 'what a worker over a bound does',
  'guardrails.maxCpuPercent': 'the most CPU',
  'guardrails.maxMemoryPercent': 'the most memory',
  'guardrails.patienceIntervals': 'the intervals before it backs off',
  'guardrails.backOffPercent': 'what a worker gives up',
  'guardrails.failThreshold': 'what ends the run',
  slos: 'the targets',
  'sloAbort.enabled': 'ending the run when a target stays broken',
  'sloAbort.graceSeconds': 'the time that a target stays broken',
  'advanced.seed': 'the seed',
  'advanced.rangeSize': 'what a range scan spans',
  'advanced.statementTimeoutSeconds': 'the statement timeout',
  'advanced.connectTimeoutSeconds': 'the connect timeout',
  'advanced.metricsIntervalSeconds': 'the interval of the figures',
  'advanced.startupTimeoutSeconds': 'the time to start within',
  'advanced.drainTimeoutSeconds': 'the time to drain',
  'advanced.controlLossSeconds': 'the time until it stops when cut off',
  'advanced.deadWorkerPolicy': 'what happens when a worker is lost',
  'advanced.shareSut': 'running beside other runs',
  'advanced.keepExecutions': 'keeping every execution',
}

const CANONICAL: Readonly<Record<string, string>> = {
  pointLookup: KIND_WORDS.POINT_LOOKUP,
  rangeScan: KIND_WORDS.RANGE_SCAN,
  insert: KIND_WORDS.INSERT,
  update: KIND_WORDS.UPDATE,
}
const PART_OF_STATEMENT: Readonly<Record<string, string>> = {
  id: 'the id',
  label: 'the label',
  operationType: 'what it does',
  sql: 'the SQL',
  weight: 'the weight',
  parameters: 'the values',
}
/** As the fields of a value are labelled: two of these words would else be the server's own. */
const PART_OF_VALUE: Readonly<Record<string, string>> = {
  name: 'the name',
  position: 'the position',
  strategy: 'how it is chosen',
  value: 'the value',
  values: 'the values',
  weights: 'the weights',
  column: '“Column”',
  min: '“From”',
  max: '“To”',
  integer: '“whole numbers”',
  dependsOn: '“Offset from”',
  offsets: 'the offsets',
}
const SLO_BOUNDS: Readonly<Record<string, string>> = {
  p95Ms: 'the p95',
  p99Ms: 'the p99',
  errorRatePercent: 'the errors',
  kind: 'the kind',
}

const plainName = (name: string): string => name.replaceAll(/([A-Z])/g, ' $1').toLowerCase()

/** @param labels of the statements of one's own, in their order */
const statementName = (at: number, labels: readonly (string | null)[]): string => {
  const label = labels[at] ?? ''
  return label === '' ? `statement ${at + 1}` : `“${labelWord(label)}”`
}

/** What stands beside the field of a path, as a part of a sentence. */
export const fieldWord = (path: string, labels: readonly (string | null)[]): string => {
  const known = FIELD_WORDS[path]
  if (known !== undefined) return known
  const [section = '', name = '', at = '', ...rest] = path.split('.')
  const canonical = section === 'operations' ? CANONICAL[name] : undefined
  if (canonical !== undefined) return at === '' ? canonical : `${PART_OF_STATEMENT[at] ?? plainName(at)} of ${canonical}`
  if (section === 'operations' && name === 'generic') {
    const of = statementName(Number(at), labels)
    const [part = '', value = '', field = ''] = rest
    if (part === 'parameters' && value !== '') {
      const where = `value ${Number(value) + 1} of ${of}`
      return field === '' ? where : `${PART_OF_VALUE[field] ?? plainName(field)} of ${where}`
    }
    return part === '' ? of : `${PART_OF_STATEMENT[part] ?? plainName(part)} of ${of}`
  }
  if (section === 'target' && name === 'columns') return `the ${rest[0] ?? 'column'} of column ${Number(at) + 1}`
  if (section === 'slos') return SLO_BOUNDS[at] ?? 'the target'
  if (section === 'tags') return `the ${at === 'key' ? 'name' : 'value'} of tag ${Number(name) + 1}`
  return plainName(rest.at(-1) ?? (at || name || section))
}

const OTHER_FIELD = /(?<![.\w])(?:min|max)\b|(?<=\bor )column\b|(?<=\bas )values\b/g
/** The other fields of the same value, which the server names without their path. */
export const inValueWords = (text: string): string => text.replaceAll(OTHER_FIELD, name => PART_OF_VALUE[name] ?? name)
