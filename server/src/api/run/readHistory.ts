import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Rollup } from '@flakebench/contract'
import { groupRollups, mergeNeighbours } from '../../decide/rollUp.ts'
import { toHistoryPoint } from './metrics.map.ts'
import type { HistoryPoint } from './metrics.type.ts'

/** So many groups are merged before whatever else waits gets its turn: the same process drives runs. */
const GROUPS_A_TURN = 10

/** At most about `maxPoints` points of a run's history, neighbours added. */
export const readHistory = async (rollups: readonly Rollup[], maxPoints: number): Promise<HistoryPoint[]> => {
  const points: HistoryPoint[] = []
  for (const [i, group] of groupRollups(rollups, maxPoints).entries()) {
    points.push(toHistoryPoint(mergeNeighbours(group)))
    if (i % GROUPS_A_TURN === GROUPS_A_TURN - 1) await nextTurn()
  }
  return points
}
