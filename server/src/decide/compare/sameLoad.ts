import type { Plan } from '@flakebench/contract'
import { heldBy, type Trial } from './trial.ts'

/** In what the load of two plans of one mode differs: each a sentence. */
export const loadDifferences = (one: Plan, other: Plan): string[] => {
  const pairs: readonly (readonly [string, number | string | null, number | string | null])[] = [
    ['connections', one.targetConnections, other.targetConnections],
    ['operations per second asked for', one.load.targetQps, other.load.targetQps],
    ['ms of think time', one.load.thinkTimeMs, other.load.thinkTimeMs],
  ]
  const isRate = one.load.mode === 'QPS'
  return pairs
    .filter(([words, a, b]) => a !== b && !(isRate && words === 'connections'))
    .map(([words, a, b]) => `Another load: ${b} ${words} against ${a}`)
}

/** Whether both were loaded alike, by their plans and by what became of them. */
export const isSameLoad = (one: Trial, other: Trial): boolean => {
  const [own, theirs] = [heldBy(one), heldBy(other)]
  const isHeld = one.run.plan.load.mode !== 'CONCURRENCY' || (own.least === theirs.most && own.most === theirs.least)
  return isHeld && loadDifferences(one.run.plan, other.run.plan).length === 0
}

/** What became of a fixed number of connections, where it was not what the plan says. */
export const heldWords = (trial: Trial): string[] => {
  const { least, most } = heldBy(trial)
  if (least !== most) return [`${trial.name} held ${least} to ${most} connections`]
  const { targetConnections } = trial.run.plan
  return most === targetConnections ? [] : [`${trial.name} held ${most} connections, and not the ${targetConnections} of its plan`]
}
