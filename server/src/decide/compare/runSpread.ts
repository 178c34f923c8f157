import type { Evidence, JudgedFigure, RunSpread } from '@flakebench/contract'
import { readBands } from './bands.ts'
import { type BlockRatio, blockRatioOf } from './blockRatio.ts'
import { longerOf } from './drawnLength.ts'
import { isLatency, JUDGED_METRICS, type JudgedMetric, PERCENTILES } from './judgedMetrics.ts'
import { memoryOf, spreadOf } from './spread.ts'

/** Fewer blocks than this tell nothing of how a run swings. */
export const FEWEST_BLOCKS = 20

export const EMPTY_SPREAD: RunSpread = { blocks: 0, seconds: 0, clientLimitedSeconds: 0, operations: 0, figures: {} }

/** @param runId the seed: the same run has the same spread at any time and beside any other */
export const runSpreadOf = (runId: string, evidence: Evidence): RunSpread => {
  const { blocks } = evidence
  const sumOf = (read: (block: (typeof blocks)[number]) => number): number => blocks.reduce((total, block) => total + read(block), 0)
  const whole = {
    blocks: blocks.length,
    seconds: sumOf(block => block.seconds),
    clientLimitedSeconds: sumOf(block => block.clientLimitedSeconds),
    operations: sumOf(block => block.operations),
  }
  if (blocks.length < FEWEST_BLOCKS) return { ...whole, figures: {} }
  const bands = readBands(evidence)
  // The mean sees the swings of response times with the least noise of single ones.
  const mean = blockRatioOf('MEAN', evidence, bands)
  const latencyMemory = mean === null ? null : memoryOf(mean)
  const figureOf = (metric: JudgedMetric, ratio: BlockRatio): JudgedFigure => {
    const own = memoryOf(ratio)
    const memory = isLatency(metric) && latencyMemory !== null ? longerOf(own, latencyMemory, blocks.length) : own
    const { variance, degrees } = spreadOf(ratio, memory, `${runId} ${metric}`)
    const samples = metric === 'ERROR_RATE' || metric === 'QPS' ? whole.operations : bands.total * (1 - (PERCENTILES[metric] ?? 0))
    return { figure: ratio.figure, variance: Math.max(variance, leastVariance(metric, ratio, whole.operations)), degrees, samples }
  }
  const figures = JUDGED_METRICS.flatMap(metric => {
    const ratio = blockRatioOf(metric, evidence, bands)
    const figure = ratio === null ? null : figureOf(metric, ratio)
    // What is not finite would be kept as null.
    return figure === null || !Number.isFinite(figure.variance) ? [] : [[metric, figure] as const]
  })
  return { ...whole, figures: Object.fromEntries(figures) }
}

/** No failure in n operations does not say that there is none: the rate is known no better than if there had been one more. */
const leastVariance = (metric: JudgedMetric, { ratio }: BlockRatio, operations: number): number =>
  metric === 'ERROR_RATE' ? (ratio * operations + 1) / operations ** 2 : 0
