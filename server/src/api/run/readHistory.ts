import { setImmediate as nextTurn } from 'node:timers/promises'
import { type FigureName, HISTORY_POINTS, isTerminal, type Rollup, type RunRecord } from '@flakebench/contract'
import { listBareHistory, listPhaseSpans } from '@flakebench/store'
import { groupRollups, mergeNeighbours } from '../../decide/rollUp.ts'
import type { ApiContext } from '../context.ts'
import { toHistoryPoint } from './metrics.map.ts'
import type { HistoryPoint } from './metrics.type.ts'

/** So many groups are merged before whatever else waits gets its turn: the same process drives runs. */
const GROUPS_A_TURN = 10

/** At most about `maxPoints` points of a run's history, neighbours added; of a run that is over, as they were added once, where so many are kept. */
export const readHistory = async (run: RunRecord, maxPoints: number, context: ApiContext): Promise<HistoryPoint[]> => {
  if (run.startAtMs === null) return []
  const merged = isTerminal(run.status) ? await readKept(run, maxPoints, context) : null
  if (merged !== null) return merged.map(toHistoryPoint)
  const points: HistoryPoint[] = []
  for (const [i, group] of groupRollups(await context.views.history(run), maxPoints).entries()) {
    points.push(toHistoryPoint(mergeNeighbours(group)))
    if (i % GROUPS_A_TURN === GROUPS_A_TURN - 1) await nextTurn()
  }
  return points
}

type HistoryName = Extract<FigureName, `HISTORY_${string}`>

const KEPT = Object.entries(HISTORY_POINTS) as [HistoryName, number][]

/** Null: they have to be added now. */
const readKept = async (run: RunRecord, maxPoints: number, context: ApiContext): Promise<readonly Rollup[] | null> => {
  const name = KEPT.find(([, points]) => points === maxPoints)?.[0]
  if (name !== undefined) return (await context.figures.load(run, name))?.intervals ?? null
  const intervals = (await listPhaseSpans(context.db, run.id)).reduce((sum, span) => sum + span.intervals, 0)
  // Nothing is to be added.
  return intervals <= maxPoints ? await listBareHistory(context.db, run.id) : null
}
