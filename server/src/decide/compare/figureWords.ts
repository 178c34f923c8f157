import { type JudgedMetric, METRIC_TITLES } from './judgedMetrics.ts'

const DIGITS = 3
const MOST_DECIMALS = 6
// To make one takes longer than to use it a thousand times.
const FORMATS = Array.from(
  { length: MOST_DECIMALS + 1 },
  (_, decimals) => new Intl.NumberFormat('en-US', { maximumFractionDigits: decimals }),
)

/** `1,234`. */
export const countWords = (count: number): string => (FORMATS[0] as Intl.NumberFormat).format(count)

/** Three digits, without an exponent: `1,234`, `12.3`, `0.0123`. */
export const plainNumber = (value: number): string => {
  if (value === 0 || !Number.isFinite(value)) return String(value)
  const whole = Math.floor(Math.log10(Math.abs(value))) + 1
  return (FORMATS[Math.min(Math.max(DIGITS - whole, 0), MOST_DECIMALS)] as Intl.NumberFormat).format(value)
}

/** `3.1 ms`, `1,234 /s`, `0.5 %`. */
export const figureWords = (metric: JudgedMetric, figure: number): string => {
  if (metric === 'QPS') return `${plainNumber(figure)} operations/s`
  return metric === 'ERROR_RATE' ? `${plainNumber(100 * figure)} %` : `${plainNumber(figure)} ms`
}

/** The metric inside a sentence: `p95`, `throughput`. */
export const metricWords = (metric: JudgedMetric): string => {
  const title = METRIC_TITLES[metric]
  return metric === 'MEAN' ? 'mean response time' : title.toLowerCase()
}

/** A difference on the metric's scale in percent; of the error rate in percentage points. */
export const differencePercent = (metric: JudgedMetric, difference: number): number =>
  100 * (metric === 'ERROR_RATE' ? difference : Math.expm1(difference))

/** `12 %`, `0.4 %`, `0.5 percentage points`: without its sign. */
export const amountWords = (metric: JudgedMetric, percent: number): string => {
  const size = Math.abs(percent)
  const number = plainNumber(size >= 10 ? Math.round(size) : Number(size.toPrecision(2)))
  return metric === 'ERROR_RATE' ? `${number} percentage points` : `${number} %`
}
