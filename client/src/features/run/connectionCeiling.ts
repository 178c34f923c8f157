import type { GuardrailStatus } from '../../api/documents/loadFields.ts'
import type { RunPlan } from '../../api/documents/runDocuments.ts'
import type { HistoryPoint, RunTiming } from '../../api/documents/runFields.ts'
import { offsetSeconds } from './runOffsets.ts'

/** A ceiling that is further away than this many times the targets would press them flat. */
const NEAR = 2.5

/** Connections that a run may hold at most: by its bounds, less what guardrails have taken away. */
export const ceilingOf = ({ limits }: Pick<RunPlan, 'limits'>, guardrail: GuardrailStatus | null = null): number => {
  const backedOff = (guardrail?.ceilings ?? []).reduce((sum, { connections }) => sum + Math.max(0, limits.maxConnections - connections), 0)
  return Math.max(1, limits.maxWorkers * limits.maxConnections - backedOff)
}

/** What was left to each worker that had been backed off by a moment. */
const ceilingsBy = ({ actions }: GuardrailStatus, atSeconds: number, timing: RunTiming): GuardrailStatus['ceilings'] => {
  const left = new Map<string, number>()
  for (const { at, workerId, toConnections } of actions) {
    const seconds = offsetSeconds(at, timing)
    if (seconds !== null && seconds <= atSeconds) left.set(workerId, toConnections)
  }
  return [...left].map(([workerId, connections]) => ({ workerId, connections }))
}

/** The ceiling over time as the connections chart shows it, a value for each point; null where it would only press the lines flat. */
export const shownCeilings = (
  plan: Pick<RunPlan, 'limits'>,
  guardrail: GuardrailStatus | null,
  history: readonly HistoryPoint[],
  timing: RunTiming,
): readonly (number | null)[] => {
  const most = history.reduce((top, point) => Math.max(top, point.targetConnections), 0)
  return history.map(({ elapsedSeconds }) => {
    const then = guardrail === null ? null : { ...guardrail, ceilings: ceilingsBy(guardrail, elapsedSeconds, timing) }
    const ceiling = ceilingOf(plan, then)
    return ceiling <= most * NEAR ? ceiling : null
  })
}
