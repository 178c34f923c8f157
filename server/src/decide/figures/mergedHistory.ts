import type { MergedHistory, Rollup } from '@flakebench/contract'
import { mergeNeighbours } from '../rollUp.ts'

export interface HistoryMaker {
  /** The intervals of a run in order, without the figures by kind. */
  add(interval: Rollup): void
  done(): MergedHistory
}

/** The same groups as `groupRollups` makes of all `intervals`, one after the other: no more than one group is held at a time. */
export const historyMaker = (intervals: number, maxPoints: number): HistoryMaker => {
  const size = Math.max(1, Math.ceil(intervals / maxPoints))
  const merged: Rollup[] = []
  let group: Rollup[] = []
  const close = (): void => {
    if (group.length > 0) merged.push({ ...mergeNeighbours(group), latency: null, byKind: [] })
    group = []
  }
  return {
    add: interval => {
      if (group.length >= size || (group.length > 0 && group[0]?.phase !== interval.phase)) close()
      group.push(interval)
    },
    done: () => {
      close()
      return { intervals: merged }
    },
  }
}
