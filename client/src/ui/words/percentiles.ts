/** Of response times, those that charts over time draw; in the order in which they are shown. */
export const PERCENTILES = ['p50', 'p95', 'p99', 'max'] as const
export type Percentile = (typeof PERCENTILES)[number]
