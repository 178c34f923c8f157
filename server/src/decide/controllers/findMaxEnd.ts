import { countOf, type DoneStep, type FindMaxResult, type FindMaxState, type MaxType } from '@flakebench/contract'
import type { Finish, LoadSight } from './controller.ts'
import { isBad, isConfirmed, isGood, isUnsteady } from './findMaxSearch.ts'

/** Why the search ends. The last three: steps did not speak of the database, and repeating them did not help. */
export type SearchEnd = 'CONFIRMED' | 'UNCONFIRMED' | 'AT_BOUND' | 'NOTHING_HELD' | 'CLIENT_LIMITED' | 'BACKED_OFF' | 'WORKER_LOST'

interface Ended {
  readonly best: DoneStep | null
  readonly state: FindMaxState
  readonly sight: LoadSight
}

/** What to say of it, and of what kind the result is. */
const ENDS: Readonly<Record<SearchEnd, { readonly maxType: MaxType; readonly words: (ended: Ended) => string }>> = {
  CONFIRMED: { maxType: 'TRUE_MAX', words: ended => `${heldWords(ended)}, ${badWords(ended)}` },
  UNCONFIRMED: {
    maxType: 'TRUE_MAX',
    words: ended => `${heldWords(ended)}, ${badWords(ended)}. More connections held once and not again: the system is not steady`,
  },
  AT_BOUND: { maxType: 'BOUNDED_MAX', words: ended => `${heldWords(ended)}, and no more may be had: ${boundWords(ended.sight)}` },
  NOTHING_HELD: { maxType: 'TRUE_MAX', words: ended => `Nothing held: ${badWords(ended)}` },
  CLIENT_LIMITED: {
    maxType: 'BOUNDED_MAX',
    words: ended =>
      `${heldWords(ended)}. Beyond that the load generator was the limit, not the database (${lastWords(ended)}): ${MORE_CLIENT}`,
  },
  BACKED_OFF: {
    maxType: 'BOUNDED_MAX',
    words: ended => `${heldWords(ended)}. The guardrails interrupted each try of ${triedConnections(ended)} connections: ${MORE_CLIENT}`,
  },
  WORKER_LOST: {
    maxType: 'BOUNDED_MAX',
    words: ended => `${heldWords(ended)}. Each try of ${triedConnections(ended)} connections was interrupted: ${lastWords(ended)}`,
  },
}

const MORE_CLIENT = 'allow more workers, or run them where they have more CPU and memory'

const heldWords = ({ best }: Ended): string => (best === null ? 'Nothing held yet' : `${connectionWords(best.toConnections)} held`)

const connectionWords = (count: number): string => countOf(count, 'connection')

const badWords = ({ state }: Ended): string => {
  const bad = state.steps.findLast(step => isBad(step) && step.toConnections === state.firstBad)
  return bad === undefined ? 'more were not tried' : `${bad.toConnections} did not: ${bad.reason ?? bad.outcome}`
}

const boundWords = ({ fleet, plan }: LoadSight): string => {
  const bound = `${fleet.mostCapacity} connections are the most that ${fleet.most === 1 ? '1 worker' : `${fleet.most} workers`} may hold`
  return plan.limits.areSet ? `${bound} within the bounds of its scaling` : `${bound} on this machine`
}

const lastWords = ({ state }: Ended): string => state.steps.at(-1)?.reason ?? ''
const triedConnections = ({ state }: Ended): number => state.steps.at(-1)?.toConnections ?? 0

/** The state when it is over: the best is the last step that held with the most connections that did, with its own figures. */
export const endOf = (state: FindMaxState, sight: LoadSight, because: SearchEnd): FindMaxState => {
  const best =
    state.lastGood === null ? null : (state.steps.findLast(step => isGood(step) && step.toConnections === state.lastGood) ?? null)
  const { maxType, words } = ENDS[because]
  const reason = words({ best, state, sight })
  return { ...state, step: null, result: best === null ? null : resultOf(best, state, maxType, reason), endedBecause: reason }
}

const resultOf = (best: DoneStep, state: FindMaxState, maxType: MaxType, reason: string): FindMaxResult => ({
  connections: best.toConnections,
  workers: best.workers,
  qps: best.qps,
  p50Ms: best.p50Ms,
  p95Ms: best.p95Ms,
  p99Ms: best.p99Ms,
  errorRate: best.errorRate,
  stepNumber: best.stepNumber,
  maxType,
  isConfirmed: isConfirmed(state.steps, best.toConnections),
  reason,
})

/** The end of the run, once the search is over. A true maximum that was confirmed says it all; otherwise the reason goes with it. */
export const finishOf = (state: FindMaxState): Finish | null => {
  if (state.step !== null || state.endedBecause === null) return null
  const isPlain = state.result?.maxType === 'TRUE_MAX' && !isUnsteady(state.steps)
  return { reason: 'FIND_MAX_DONE', words: isPlain ? null : state.endedBecause }
}
