import type { Evidence, RunRecord } from '@flakebench/contract'
import { runSpreadOf } from '../../server/src/decide/compare/runSpread.ts'
import type { Trial, TrialGroup } from '../../server/src/decide/compare/trial.ts'
import { decideVerdicts, type Verdict } from '../../server/src/decide/compare/verdict.ts'
import { sampleResult } from './sampleFigures.ts'
import { sampleRun } from './sampleRun.ts'

/** A run that is over, and measured what the evidence holds. */
export const trialOf = (id: string, evidence: Evidence, change: Partial<RunRecord> = {}): Trial => {
  const spread = runSpreadOf(id, evidence)
  const { QPS, P50, P95, P99, MEAN, ERROR_RATE } = spread.figures
  return {
    run: sampleRun({ id, status: 'COMPLETED', ...change }),
    name: `run ${id}`,
    result: sampleResult({
      measuredSeconds: spread.seconds,
      totalOperations: spread.operations,
      failedOperations: Math.round(spread.operations * (ERROR_RATE?.figure ?? 0)),
      qps: QPS?.figure ?? 0,
      errorRate: ERROR_RATE?.figure ?? 0,
      p50Ms: P50?.figure ?? null,
      p95Ms: P95?.figure ?? null,
      p99Ms: P99?.figure ?? null,
      meanMs: MEAN?.figure ?? null,
      clientLimitedSeconds: spread.clientLimitedSeconds,
    }),
    spread,
    fingerprint: null,
    held: null,
  }
}

const groupOf = (isBaseline: boolean, trials: readonly Trial[], others: readonly Trial[]): TrialGroup => ({
  id: trials[0]?.run.id ?? '',
  trials,
  isBaseline,
  others,
})

/** What is said of the candidate against the baseline, by metric. @param others runs of the baseline's configuration, and of the candidate's, that are not compared */
export const verdictsOf = (
  baseline: readonly Trial[],
  candidate: readonly Trial[],
  others: readonly [readonly Trial[], readonly Trial[]] = [[], []],
): ReadonlyMap<string, Verdict> =>
  new Map(
    decideVerdicts([groupOf(true, baseline, others[0]), groupOf(false, candidate, others[1])]).map(verdict => [verdict.metric, verdict]),
  )
