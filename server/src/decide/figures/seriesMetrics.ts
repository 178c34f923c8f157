import type { EnrichmentContent, RunSeries, WarehousePoll } from '@flakebench/contract'

const INTERVAL_METRICS = [
  'QPS',
  'P50',
  'P95',
  'P99',
  'MAX',
  'ERRORS_PER_SECOND',
  'ACTIVE_CONNECTIONS',
  'TARGET_CONNECTIONS',
  'CPU_PERCENT',
  'EVENT_LOOP_DELAY',
] as const
const WAREHOUSE_METRICS = ['CLUSTERS', 'QUEUED', 'RUNNING'] as const
export const SERIES_METRICS = [...INTERVAL_METRICS, ...WAREHOUSE_METRICS, 'OVERHEAD'] as const
/** What a chart over time shows. OVERHEAD: response time minus the server's own total. */
export type SeriesMetric = (typeof SERIES_METRICS)[number]
type IntervalMetric = (typeof INTERVAL_METRICS)[number]
type WarehouseMetric = (typeof WAREHOUSE_METRICS)[number]

export const isOfIntervals = (metric: SeriesMetric): metric is IntervalMetric => (INTERVAL_METRICS as readonly string[]).includes(metric)
export const isOfWarehouse = (metric: SeriesMetric): metric is WarehouseMetric => (WAREHOUSE_METRICS as readonly string[]).includes(metric)

export const SERIES_ALIGNMENTS = ['MEASUREMENT_START', 'RUN_START'] as const
export type SeriesAlignment = (typeof SERIES_ALIGNMENTS)[number]

/** One value of a series: from when to when, milliseconds from the agreed start; null: nothing was measured. */
export interface SeriesValue {
  readonly startMs: number
  readonly endMs: number
  readonly value: number | null
}

const PICKED: Readonly<Record<Exclude<IntervalMetric, 'ERRORS_PER_SECOND'>, (series: RunSeries) => readonly (number | null)[]>> = {
  QPS: series => series.qps,
  P50: series => series.p50Ms,
  P95: series => series.p95Ms,
  P99: series => series.p99Ms,
  MAX: series => series.maxMs,
  ACTIVE_CONNECTIONS: series => series.activeConnections,
  TARGET_CONNECTIONS: series => series.targetConnections,
  CPU_PERCENT: series => series.cpuPercent,
  EVENT_LOOP_DELAY: series => series.eventLoopDelayP99Ms,
}

export const intervalValues = (series: RunSeries, metric: IntervalMetric): SeriesValue[] => {
  const values = metric === 'ERRORS_PER_SECOND' ? errorsPerSecond(series) : PICKED[metric](series)
  return series.startMs.map((startMs, i) => ({ startMs, endMs: series.endMs[i] as number, value: values[i] ?? null }))
}

const errorsPerSecond = ({ startMs, endMs, errors }: RunSeries): (number | null)[] =>
  errors.map((count, i) => {
    const seconds = ((endMs[i] as number) - (startMs[i] as number)) / 1_000
    return seconds <= 0 ? null : count / seconds
  })

const OF_POLL: Readonly<Record<WarehouseMetric, (poll: Pick<WarehousePoll, 'startedClusters' | 'queued' | 'running'>) => number | null>> = {
  CLUSTERS: poll => poll.startedClusters,
  QUEUED: poll => poll.queued,
  RUNNING: poll => poll.running,
}

/** A look is of the time since the one before; of no more than this, in intervals of looking: what is missed is a gap. */
const LONGEST_LOOK = 1.5

/** @param everyMs so often the warehouse was to be looked at */
export const warehouseValues = (
  polls: readonly Pick<WarehousePoll, 'elapsedSeconds' | 'startedClusters' | 'queued' | 'running'>[],
  metric: WarehouseMetric,
  everyMs: number,
): SeriesValue[] =>
  polls.map((poll, i) => {
    const endMs = 1_000 * poll.elapsedSeconds
    return {
      startMs: Math.max(1_000 * (polls[i - 1] ?? poll).elapsedSeconds, endMs - LONGEST_LOOK * everyMs),
      endMs,
      value: OF_POLL[metric](poll),
    }
  })

const SECOND_MS = 1_000

export const overheadValues = (content: Pick<EnrichmentContent, 'overhead'> | null): SeriesValue[] =>
  (content?.overhead ?? []).map(({ atMs, medianMs }) => ({ startMs: atMs, endMs: atMs + SECOND_MS, value: medianMs }))
