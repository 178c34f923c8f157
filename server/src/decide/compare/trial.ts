import {
  fingerprintOf,
  type HeldConnections,
  type LoadMode,
  type Plan,
  type Result,
  type RunRecord,
  type RunSpread,
} from '@flakebench/contract'
import type { JudgedMetric } from './judgedMetrics.ts'

/** A run as verdicts see it. */
export interface Trial {
  readonly run: RunRecord
  /** As people call it: `orders #12`. */
  readonly name: string
  /** Null: it is not over, or nothing was measured. */
  readonly result: Result | null
  readonly spread: RunSpread
  /** Null: not known, as of a run that was brought in without it. */
  readonly fingerprint: string | null
  /** Null: not known. */
  readonly held: HeldConnections | null
}

/** What is kept of a run beside its plan that says of which configuration it is. */
export interface KeptPrint {
  readonly fingerprint: string | null
  /** Null: it ran here. */
  readonly importedAtMs: number | null
}

/**
 * Equal for runs of the same configuration. The plan of a run that was brought in no longer says which server it loaded: only a fingerprint from before that
 * was taken out tells. Null: there is none.
 */
export const trialPrint = (plan: Plan, kept: KeptPrint | null): string | null => {
  const reckoned = fingerprintOf(plan)
  if (kept === null || kept.importedAtMs === null) return kept?.fingerprint ?? reckoned
  return kept.fingerprint === reckoned ? null : kept.fingerprint
}

/** Connections that the load was held at: by the plan where nothing else is known, or a controller's business. */
export const heldBy = ({ run: { plan }, held }: Pick<Trial, 'run' | 'held'>): HeldConnections =>
  held !== null && plan.load.mode === 'CONCURRENCY' ? held : { least: plan.targetConnections, most: plan.targetConnections }

/** Runs of one configuration; all that is said of their plan is said of the first's. */
export interface TrialGroup {
  /** The first run's. */
  readonly id: string
  readonly trials: readonly Trial[]
  readonly isBaseline: boolean
  /** Runs of the same configuration that are not compared. */
  readonly others: readonly OtherRun[]
}

/** A run that only shows how far runs of its configuration differ from each other. */
export type OtherRun = Pick<Trial, 'run' | 'spread'>

export const planOf = (group: TrialGroup): Plan => (group.trials[0] as Trial).run.plan
export const loadModeOf = (group: TrialGroup): LoadMode => planOf(group).load.mode

/** Exact, in the metric's own unit; null: there is none. The spread around it comes from the blocks. */
export const exactFigure = (metric: JudgedMetric, { result, spread }: Trial): number | null =>
  (result === null ? null : FIGURES[metric](result)) ?? spread.figures[metric]?.figure ?? null

const FIGURES: Readonly<Record<JudgedMetric, (result: Result) => number | null>> = {
  QPS: result => result.qps,
  P50: result => result.p50Ms,
  P95: result => result.p95Ms,
  P99: result => result.p99Ms,
  MEAN: result => result.meanMs,
  ERROR_RATE: result => result.errorRate,
}

export const isMeasured = ({ result, spread }: Trial): boolean => result !== null && spread.blocks > 0

/** Without the trials that have no figures, where others have. */
export const measuredOf = (group: TrialGroup): TrialGroup =>
  group.trials.some(isMeasured) ? { ...group, trials: group.trials.filter(isMeasured) } : group

/** Of the larger table. */
const MOST_OTHER_ROWS = 0.1

/** Whether a table of so many rows is to be held for the same as one of the other number: within a tenth. */
export const isSameSize = (one: number, other: number): boolean => Math.abs(one - other) <= MOST_OTHER_ROWS * Math.max(one, other)

/** Of the same configuration, held at the same load, on a table of the same size, and both ran their course. */
export const isAlike = (one: Trial, other: Trial): boolean =>
  configurationOf(one) === configurationOf(other) &&
  (one.run.tableRows === null || other.run.tableRows === null || isSameSize(one.run.tableRows, other.run.tableRows))

/**
 * Runs of equal configuration, in the order in which they were named, the baseline's group first. Where all are of one configuration each is a group of
 * its own: what has changed between them is then not in their plans. Alone are runs that did not run their course, whose load was changed while they
 * were measured, and those whose configuration is not known; a table of another size makes another group.
 */
export const groupTrials = (trials: readonly Trial[], baselineId: string): TrialGroup[] => {
  const alike: Trial[][] = []
  for (const trial of trials) {
    const group = alike.find(([first]) => first !== undefined && isAlike(first, trial))
    if (group === undefined) alike.push([trial])
    else group.push(trial)
  }
  const groups = alike.length > 1 ? alike : trials.map(trial => [trial])
  return groups
    .map(own => ({ id: (own[0] as Trial).run.id, trials: own, isBaseline: own.some(({ run }) => run.id === baselineId), others: [] }))
    .sort((a, b) => Number(b.isBaseline) - Number(a.isBaseline))
}

const configurationOf = (trial: Trial): string => {
  const { least, most } = heldBy(trial)
  const isTrial = trial.fingerprint !== null && least === most && trial.run.status === 'COMPLETED'
  return !isTrial ? `run ${trial.run.id}` : `${trial.fingerprint} ${most}`
}
