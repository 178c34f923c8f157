import type { SeriesMetric } from '../../api/documents/compareDocuments.ts'
import { countAxis, exactText, msAxis, percentAxis, qpsAxis } from '../../ui/words/numbers.ts'
import type { Percentile } from '../../ui/words/percentiles.ts'

export const METRIC_KEYS = ['qps', 'latency', 'errors', 'connections', 'cpu', 'delay', 'clusters', 'queued', 'running', 'overhead'] as const
export type MetricKey = (typeof METRIC_KEYS)[number]

/** One line of a chart for each run. */
export interface ChartLine {
  readonly metric: SeriesMetric
  readonly word: string
  readonly width: number
  readonly dash: 'solid' | 'dashed' | 'dotted'
  readonly strength: number
}

interface MetricLook {
  /** On the chip that chooses it. */
  readonly word: string
  readonly title: string
  readonly lines: readonly ChartLine[]
  readonly axis: (value: number) => string
  readonly unit: string
  readonly decimals: number
  readonly isStepped?: boolean
  readonly isWhole?: boolean
}

const line = (metric: SeriesMetric, word: string, look: Partial<ChartLine> = {}): ChartLine => ({
  metric,
  word,
  width: 1.5,
  dash: 'solid',
  strength: 1,
  ...look,
})

/** The same styles as on the page of a run. */
export const PERCENTILE_LINES: Readonly<Record<Percentile, ChartLine>> = {
  p50: line('P50', 'p50', { width: 1, strength: 0.75 }),
  p95: line('P95', 'p95', { width: 1.75 }),
  p99: line('P99', 'p99', { dash: 'dashed' }),
  max: line('MAX', 'max', { width: 1.25, dash: 'dotted', strength: 0.8 }),
}

export const METRICS: Readonly<Record<MetricKey, MetricLook>> = {
  qps: { word: 'QPS', title: 'Throughput', lines: [line('QPS', 'QPS')], axis: qpsAxis, unit: '/s', decimals: 1 },
  latency: { word: 'Response time', title: 'Response time', lines: Object.values(PERCENTILE_LINES), axis: msAxis, unit: 'ms', decimals: 3 },
  errors: { word: 'Errors', title: 'Errors', lines: [line('ERRORS_PER_SECOND', 'errors')], axis: qpsAxis, unit: '/s', decimals: 2 },
  connections: {
    word: 'Connections',
    title: 'Connections',
    lines: [line('ACTIVE_CONNECTIONS', 'active'), line('TARGET_CONNECTIONS', 'target', { dash: 'dashed', strength: 0.6 })],
    axis: countAxis,
    unit: '',
    decimals: 0,
    isStepped: true,
    isWhole: true,
  },
  cpu: { word: 'Client CPU', title: 'CPU of the client', lines: [line('CPU_PERCENT', 'CPU')], axis: percentAxis, unit: '%', decimals: 1 },
  delay: {
    word: 'Event loop',
    title: 'Event-loop delay of the client',
    lines: [line('EVENT_LOOP_DELAY', 'p99')],
    axis: msAxis,
    unit: 'ms',
    decimals: 2,
  },
  clusters: {
    word: 'Clusters',
    title: 'Clusters of the warehouse',
    lines: [line('CLUSTERS', 'started')],
    axis: countAxis,
    unit: '',
    decimals: 0,
    isStepped: true,
    isWhole: true,
  },
  queued: {
    word: 'Queued',
    title: 'Statements queued in the warehouse',
    lines: [line('QUEUED', 'queued')],
    axis: countAxis,
    unit: '',
    decimals: 0,
    isStepped: true,
    isWhole: true,
  },
  running: {
    word: 'Running',
    title: 'Statements running in the warehouse',
    lines: [line('RUNNING', 'running')],
    axis: countAxis,
    unit: '',
    decimals: 0,
    isStepped: true,
    isWhole: true,
  },
  overhead: {
    word: 'Overhead',
    title: 'Response time beyond the server’s',
    lines: [line('OVERHEAD', 'median')],
    axis: msAxis,
    unit: 'ms',
    decimals: 3,
  },
}

/** What is drawn of a metric for each run, as many percentiles as are chosen. */
export const linesOf = (key: MetricKey, percentiles: readonly Percentile[]): readonly ChartLine[] =>
  key === 'latency' ? percentiles.map(each => PERCENTILE_LINES[each]) : METRICS[key].lines

/** All that has to be asked for to draw these. */
export const seriesMetricsOf = (keys: readonly MetricKey[], percentiles: readonly Percentile[]): readonly SeriesMetric[] =>
  keys.flatMap(key => linesOf(key, percentiles).map(each => each.metric))

export const exactOf = (key: MetricKey, value: number): string => exactText(value, METRICS[key].unit, METRICS[key].decimals)
