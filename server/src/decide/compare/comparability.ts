import type { Plan, PlannedOperation } from '@flakebench/contract'
import { countWords, metricWords, plainNumber } from './figureWords.ts'
import { isLatency, type JudgedMetric, PERCENTILES } from './judgedMetrics.ts'
import { FEWEST_BLOCKS } from './runSpread.ts'
import { isMeasured, isSameSize, loadModeOf, planOf, type Trial, type TrialGroup } from './trial.ts'
import { hasKeptRate, unmeasuredReasons } from './unmeasured.ts'

/** Percent of all operations that may be of another kind. */
const MOST_OTHER_MIX_PERCENT = 1
/** Of the measured time. */
export const MOST_CLIENT_LIMITED = 0.05
/** Beyond a percentile: fewer, and single operations would be the figure. */
const FEWEST_BEYOND = 30
const FEWEST_OPERATIONS = 200

/**
 * Why this metric of these groups may not be compared; empty: it may. Another table type, warehouse, size or version is what a comparison is for: it is
 * no reason. Another mix, another number of rows or another way of loading is: the difference would be that of the work.
 */
export const reasonsAgainst = (metric: JudgedMetric, baseline: TrialGroup, candidate: TrialGroup): string[] => {
  const groups = [baseline, candidate]
  const trials = groups.flatMap(group => group.trials)
  const missing = trials.filter(trial => !isMeasured(trial))
  if (missing.length > 0) return missing.map(({ name }) => `${name} has no figures of a measurement${WHEN_OVER}`)
  return [
    ...loadReasons(metric, baseline, candidate),
    ...mixReasons(planOf(baseline).operations, planOf(candidate).operations),
    ...workReasons(planOf(baseline), planOf(candidate)),
    ...rowReasons(trials),
    ...(isLatency(metric) ? unmeasuredReasons(trials) : []),
    ...trials.flatMap(limitReasons),
    ...trials.flatMap(trial => sampleReasons(metric, trial)),
  ]
}

const WHEN_OVER = ': it is not over yet, or nothing was measured'

const MODE_WORDS = {
  CONCURRENCY: 'a fixed number of connections',
  QPS: 'a fixed rate',
  FIND_MAX_CONCURRENCY: 'a search for the most connections',
} as const

const loadReasons = (metric: JudgedMetric, baseline: TrialGroup, candidate: TrialGroup): string[] => {
  const [one, other] = [loadModeOf(baseline), loadModeOf(candidate)]
  if (one !== other) return [`Another way of loading: ${MODE_WORDS[one]} against ${MODE_WORDS[other]}`]
  if (one === 'FIND_MAX_CONCURRENCY')
    return ['Searches measure many loads one after the other: compare their steps, connections by connections']
  if (one === 'QPS' && metric === 'QPS' && [baseline, candidate].every(group => group.trials.every(hasKeptRate)))
    return ['Both were sent at a fixed rate: the throughput is what was asked for, not what the database can do']
  return []
}

/** @param own planned operations of one, @param other of the other: half the sum of the differences of their weights is what is of another kind */
const mixReasons = (own: readonly PlannedOperation[], other: readonly PlannedOperation[]): string[] => {
  const weightOf = (all: readonly PlannedOperation[], label: string): number => all.find(one => one.label === label)?.weight ?? 0
  const labels = [...new Set([...own, ...other].map(({ label }) => label))]
  const moved = labels.reduce((total, label) => total + Math.abs(weightOf(own, label) - weightOf(other, label)), 0) / 2
  return moved > MOST_OTHER_MIX_PERCENT ? [`Another mix: ${plainNumber(moved)} % of the operations are of another kind`] : []
}

/** The same operations that ask for something else. */
const workReasons = (one: Plan, other: Plan): string[] => {
  const [ownRange, otherRange] = [one, other].map(rangeOf)
  const parameters = one.operations.flatMap(({ label, parameters: own }) => {
    const same = other.operations.find(operation => operation.label === label)
    return same === undefined || JSON.stringify(same.parameters) === JSON.stringify(own)
      ? []
      : [`Other work: ${label} was sent with other parameters`]
  })
  return [
    ...(ownRange == null || otherRange == null || ownRange === otherRange
      ? []
      : [`Other work: range scans of ${countWords(otherRange)} keys against ${countWords(ownRange)}`]),
    ...parameters,
  ]
}

/** Null: there are no range scans. */
const rangeOf = ({ operations, advanced }: Plan): number | null =>
  operations.some(({ kind }) => kind === 'RANGE_SCAN') ? advanced.rangeSize : null

const rowReasons = (trials: readonly Trial[]): string[] => {
  const rows = trials.flatMap(({ run }) => (run.tableRows === null ? [] : [run.tableRows]))
  const [least, most] = [Math.min(...rows), Math.max(...rows)]
  if (rows.length < 2 || isSameSize(least, most)) return []
  const isGrown = trials.some(({ run }) => run.plan.operations.some(({ kind }) => kind === 'INSERT'))
  const hint = isGrown ? '. Their own inserts make the table grow: bring it back to its size before each run, or take a larger one' : ''
  return [`Tables of another size: ${countWords(least)} rows against ${countWords(most)}${hint}`]
}

/** Fraction of the measured time in which the load generator could have been the limit. */
export const clientLimitedShare = ({ result }: Trial): number =>
  result === null || result.measuredSeconds === 0 ? 0 : result.clientLimitedSeconds / result.measuredSeconds

const limitReasons = (trial: Trial): string[] => {
  const share = clientLimitedShare(trial)
  if (share <= MOST_CLIENT_LIMITED) return []
  return [
    `The load generator could have been the limit in ${plainNumber(100 * share)} % of ${trial.name}: its figures may be the generator's`,
  ]
}

const sampleReasons = (metric: JudgedMetric, { name, spread }: Trial): string[] => {
  if (spread.blocks < FEWEST_BLOCKS)
    return [
      `Too few samples: ${name} was measured for ${plainNumber(spread.seconds)} s in ${spread.blocks} pieces; at least ${FEWEST_BLOCKS} are needed`,
    ]
  const figure = spread.figures[metric]
  if (figure === undefined) return [spread.operations > 0 ? `No operation of ${name} has succeeded` : `Nothing was measured of ${name}`]
  const percentile = PERCENTILES[metric]
  const fewest = percentile === undefined ? FEWEST_OPERATIONS : Math.max(FEWEST_BEYOND / (1 - percentile), FEWEST_OPERATIONS)
  const operations = percentile === undefined ? figure.samples : figure.samples / (1 - percentile)
  if (operations >= fewest - 0.5) return []
  return [`Too few samples: ${countWords(operations)} operations of ${name}; ${metricWords(metric)} needs at least ${countWords(fewest)}`]
}
