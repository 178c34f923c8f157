import { type ControlPace, isTerminal, type Rollup, type RunRecord, servingWorkers } from '@flakebench/contract'

/** Whether all workers have reported an interval, or have had time enough: before that, it would be shown too low and then corrected. */
export const isSettled = (run: RunRecord, rollup: Rollup, pace: Pick<ControlPace, 'settleMs'>): boolean =>
  rollup.workersReported >= rollup.workersExpected || isTerminal(run.status) || hasHadTime(run, rollup, pace)

const hasHadTime = (run: RunRecord, { endMs }: Rollup, { settleMs }: Pick<ControlPace, 'settleMs'>): boolean =>
  run.nowMs - ((run.startAtMs ?? run.nowMs) + endMs) > settleMs

/**
 * The intervals that a controller may judge: the newest stretch without a gap of those that every worker which serves has reported, or has had time to.
 * @param rollups in order @param newestIndexOf the newest interval that a worker has reported; -1: none
 */
export const settledIntervals = (
  run: RunRecord,
  rollups: readonly Rollup[],
  newestIndexOf: (workerId: string) => number,
  pace: Pick<ControlPace, 'settleMs'>,
): Rollup[] => {
  const serving = servingWorkers(run)
  // While nobody serves nobody can be waited for: what there is has its time.
  const reported = serving.length === 0 ? -1 : Math.min(...serving.map(newestIndexOf))
  const stretch: Rollup[] = []
  for (const rollup of rollups) {
    if (rollup.intervalIndex > reported && !hasHadTime(run, rollup, pace)) break
    if (rollup.intervalIndex !== (stretch.at(-1)?.intervalIndex ?? rollup.intervalIndex - 1) + 1) stretch.length = 0
    stretch.push(rollup)
  }
  return stretch
}
