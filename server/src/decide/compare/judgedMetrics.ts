import { JUDGED_METRICS, type JudgedMetric } from '@flakebench/contract'

export { JUDGED_METRICS, type JudgedMetric }

/** Of an open loop. */
export const ARRIVAL_METRICS = ['PLANNED', 'ACHIEVED_RATE', 'LATE', 'MISSED'] as const
export type ArrivalMetric = (typeof ARRIVAL_METRICS)[number]

/** What a comparison shows of a run as a whole. */
export const COMPARED_METRICS = ['QPS', 'P50', 'P95', 'P99', 'P999', 'MAX', 'MEAN', 'ERROR_RATE', 'OPERATIONS', ...ARRIVAL_METRICS] as const
export type ComparedMetric = (typeof COMPARED_METRICS)[number]

/** Of response times, which operations that failed have none of. */
export const isLatency = (metric: JudgedMetric): boolean => metric !== 'QPS' && metric !== 'ERROR_RATE'

/** Fractions of 1. */
export const PERCENTILES: Readonly<Partial<Record<JudgedMetric, number>>> = { P50: 0.5, P95: 0.95, P99: 0.99 }

export const METRIC_TITLES: Readonly<Record<ComparedMetric, string>> = {
  QPS: 'Throughput',
  P50: 'p50',
  P95: 'p95',
  P99: 'p99',
  P999: 'p99.9',
  MAX: 'Maximum',
  MEAN: 'Mean',
  ERROR_RATE: 'Error rate',
  OPERATIONS: 'Operations',
  PLANNED: 'Planned operations',
  ACHIEVED_RATE: 'Achieved rate',
  LATE: 'Late, of those planned',
  MISSED: 'Missed, of those planned',
}
