import type { Evidence } from '@flakebench/contract'
import { type Bands, readBands } from './bands.ts'
import { type JudgedMetric, PERCENTILES } from './judgedMetrics.ts'

/**
 * A metric as a ratio of two sums over the blocks of a run, so that any choice of blocks gives it anew: qps is successes over seconds, the mean is
 * milliseconds over operations, the error rate failures over operations. Of a percentile the ratio is the share of operations at or below the run's own
 * percentile, and what a choice of blocks makes of that share is read back from the run's distribution (Woodruff's inversion).
 */
export interface BlockRatio {
  /** The metric of the whole run. */
  readonly figure: number
  /** Of the sums over all blocks. */
  readonly ratio: number
  readonly over: Float64Array
  readonly under: Float64Array
  /** The metric, on the scale on which two runs are compared: logarithms, or for the error rate the rate itself. */
  readonly scaled: (ratio: number) => number
}

/** Null: nothing was measured that it could be of. */
export const blockRatioOf = (metric: JudgedMetric, evidence: Evidence, bands: Bands = readBands(evidence)): BlockRatio | null => {
  const { blocks } = evidence
  const column = (read: (block: (typeof blocks)[number], index: number) => number): Float64Array => Float64Array.from(blocks, read)
  const percentile = PERCENTILES[metric]
  if (percentile !== undefined) {
    const figure = bands.valueMs(percentile)
    if (figure === null) return null
    return {
      figure,
      ratio: percentile,
      over: column((_, index) => bands.countUpTo(index, figure)),
      under: column((_, index) => bands.count(index)),
      scaled: share => Math.log(bands.valueMs(2 * percentile - share) ?? figure),
    }
  }
  if (metric === 'QPS')
    return ratioOf(
      column(block => block.operations - block.errors),
      column(block => block.seconds),
      Math.log,
    )
  if (metric === 'ERROR_RATE')
    return ratioOf(
      column(block => block.errors),
      column(block => block.operations),
      rate => rate,
    )
  return ratioOf(
    column((_, index) => bands.sumMs(index)),
    column((_, index) => bands.count(index)),
    Math.log,
  )
}

const ratioOf = (over: Float64Array, under: Float64Array, scaled: BlockRatio['scaled']): BlockRatio | null => {
  const whole = sum(under)
  const ratio = sum(over) / whole
  return whole === 0 || !Number.isFinite(scaled(ratio)) ? null : { figure: ratio, ratio, over, under, scaled }
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)
