import { isTerminal, type Rollup, type RunRecord } from '@flakebench/contract'

const UNSETTLED_MS = 1_500

/** Whether all workers have reported an interval, or have had time enough: before that, it would be shown too low and then corrected. */
export const isSettled = (run: RunRecord, rollup: Rollup): boolean =>
  rollup.workersReported >= rollup.workersExpected ||
  isTerminal(run.status) ||
  run.nowMs - ((run.startAtMs ?? run.nowMs) + rollup.endMs) > UNSETTLED_MS
