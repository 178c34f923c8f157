import { type ControlPace, isTerminal, type Rollup, type RunRecord } from '@flakebench/contract'

/** Whether all workers have reported an interval, or have had time enough: before that, it would be shown too low and then corrected. */
export const isSettled = (run: RunRecord, rollup: Rollup, { settleMs }: Pick<ControlPace, 'settleMs'>): boolean =>
  rollup.workersReported >= rollup.workersExpected ||
  isTerminal(run.status) ||
  run.nowMs - ((run.startAtMs ?? run.nowMs) + rollup.endMs) > settleMs
