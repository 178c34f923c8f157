import type { ArrivalResult, Result } from '@flakebench/contract'
import { reasonsAgainst } from './comparability.ts'
import { type ComparedRun, deltaPercent, measuredResult } from './comparedRun.ts'
import { ARRIVAL_METRICS, COMPARED_METRICS, type ComparedMetric, type JudgedMetric, METRIC_TITLES } from './judgedMetrics.ts'
import { isSameLoad } from './sameLoad.ts'

export const BETTER_IS = ['HIGHER', 'LOWER', 'NEITHER'] as const
export type BetterIs = (typeof BETTER_IS)[number]

export interface MetricRow {
  readonly metric: ComparedMetric
  readonly title: string
  readonly unit: string
  readonly better: BetterIs
  readonly values: readonly (number | null)[]
  readonly deltasPercent: readonly (number | null)[]
  readonly best: readonly boolean[]
}

const ofPlanned =
  (read: (arrivals: ArrivalResult) => number) =>
  ({ arrivals }: Result): number | null =>
    arrivals === null || arrivals.planned === 0 ? null : (100 * read(arrivals)) / arrivals.planned

const READ: Readonly<Record<ComparedMetric, (result: Result) => number | null>> = {
  QPS: result => result.qps,
  P50: result => result.p50Ms,
  P95: result => result.p95Ms,
  P99: result => result.p99Ms,
  P999: result => result.p999Ms,
  MAX: result => result.maxMs,
  MEAN: result => result.meanMs,
  ERROR_RATE: result => 100 * result.errorRate,
  OPERATIONS: result => result.totalOperations,
  PLANNED: result => result.arrivals?.planned ?? null,
  ACHIEVED_RATE: result => result.arrivals?.achievedRate ?? null,
  LATE: ofPlanned(arrivals => arrivals.late),
  MISSED: ofPlanned(arrivals => arrivals.missed),
}

const UNITS: Readonly<Partial<Record<ComparedMetric, string>>> = {
  QPS: '/s',
  ACHIEVED_RATE: '/s',
  ERROR_RATE: '%',
  LATE: '%',
  MISSED: '%',
  OPERATIONS: '',
  PLANNED: '',
}
const IN_NO_WAY_BETTER: ReadonlySet<ComparedMetric> = new Set(['OPERATIONS', 'PLANNED', 'ACHIEVED_RATE'])
const IS_OF_ARRIVALS: ReadonlySet<ComparedMetric> = new Set(ARRIVAL_METRICS)

/** The figures of the whole measurement; shares in percent; what concerns a schedule only where a run had one. Of throughput more is better where every run had a fixed number of connections. The best is told only of runs that may be compared and were loaded alike. */
export const metricRows = (runs: readonly ComparedRun[], baselineId: string): MetricRow[] =>
  COMPARED_METRICS.filter(metric => !IS_OF_ARRIVALS.has(metric) || runs.some(({ run }) => run.plan.load.mode === 'QPS')).map(metric => {
    const better = betterOf(metric, runs)
    const values = runs.map(run => {
      const result = measuredResult(run)
      return result === null ? null : READ[metric](result)
    })
    const place = runs.findIndex(({ run }) => run.id === baselineId)
    const [baseline, own] = [values[place], runs[place]]
    return {
      metric,
      title: METRIC_TITLES[metric],
      unit: UNITS[metric] ?? 'ms',
      better,
      values,
      deltasPercent: values.map(value => deltaPercent(value, baseline)),
      best: own !== undefined && areAlike(metric, own, runs) ? bestOf(values, better) : values.map(() => false),
    }
  })

const betterOf = (metric: ComparedMetric, runs: readonly ComparedRun[]): BetterIs => {
  if (IN_NO_WAY_BETTER.has(metric)) return 'NEITHER'
  if (metric !== 'QPS') return 'LOWER'
  return runs.every(({ run }) => run.plan.load.mode === 'CONCURRENCY') ? 'HIGHER' : 'NEITHER'
}

/** By which metric it is decided whether another may be compared. */
const COMPARED_AS: Readonly<Record<ComparedMetric, JudgedMetric>> = {
  QPS: 'QPS',
  P50: 'P50',
  P95: 'P95',
  P99: 'P99',
  P999: 'P99',
  MAX: 'MEAN',
  MEAN: 'MEAN',
  ERROR_RATE: 'ERROR_RATE',
  OPERATIONS: 'QPS',
  PLANNED: 'QPS',
  ACHIEVED_RATE: 'QPS',
  LATE: 'ERROR_RATE',
  MISSED: 'ERROR_RATE',
}

/** Whether nothing speaks against comparing any of the runs that have results with the baseline. */
const areAlike = (metric: ComparedMetric, baseline: ComparedRun, runs: readonly ComparedRun[]): boolean =>
  runs
    .filter(run => measuredResult(run) !== null && run !== baseline)
    .every(run => {
      const [own, other] = [baseline, run].map(trial => ({ id: trial.run.id, trials: [trial], isBaseline: trial === baseline, others: [] }))
      return (
        isSameLoad(baseline, run) &&
        own !== undefined &&
        other !== undefined &&
        reasonsAgainst(COMPARED_AS[metric], own, other).length === 0
      )
    })

/** Which are the best: none where there is nothing to choose from, or all are equal. */
const bestOf = (values: readonly (number | null)[], better: BetterIs): boolean[] => {
  const known = values.filter(value => value !== null)
  const best = better === 'HIGHER' ? Math.max(...known) : Math.min(...known)
  const isChoice = better !== 'NEITHER' && known.length > 1 && known.some(value => value !== best)
  return values.map(value => isChoice && value === best)
}
