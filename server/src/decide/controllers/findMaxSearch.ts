import { type DoneStep, type FindMax, resolutionOf, type StepOutcome, type StepPurpose } from '@flakebench/contract'

/** What the search needs of a done step. */
export type HeldStep = Pick<DoneStep, 'toConnections' | 'outcome' | 'purpose' | 'p95Ms'>

/** What the search goes by. */
export interface SearchRules {
  readonly findMax: FindMax
  /** What P95 is compared with now; null: nothing held yet. */
  readonly baselineP95Ms: number | null
}

/** Where the search goes from what it has seen. */
export type NextStep =
  | { readonly type: 'HOLD'; readonly purpose: StepPurpose; readonly connections: number }
  /** CONFIRMED, UNCONFIRMED: between the last good and the first bad there is nothing left to try. AT_BOUND: no more connections may be had. */
  | { readonly type: 'END'; readonly because: 'CONFIRMED' | 'UNCONFIRMED' | 'AT_BOUND' | 'NOTHING_HELD' }

export interface Bracket {
  /** Largest number of connections that held, of those below firstBad. */
  readonly lastGood: number | null
  /** Smallest that did not. */
  readonly firstBad: number | null
}

/** The best may fail to hold once more so often; then the next lower one stands unconfirmed. */
const MOST_FAILED_CONFIRMATIONS = 3

const VOID: readonly StepOutcome[] = ['CLIENT_LIMITED', 'BACKED_OFF', 'WORKER_LOST']
/** The step says nothing of the database. */
export const isVoid = (step: Pick<DoneStep, 'outcome'>): boolean => VOID.includes(step.outcome)
export const isBad = (step: Pick<DoneStep, 'outcome'>): boolean => !isGood(step) && !isVoid(step)
export const isGood = (step: Pick<DoneStep, 'outcome'>): boolean => step.outcome === 'STABLE'

/** What the steps say; of two verdicts on the same number of connections the later one counts. */
export const bracketOf = (steps: readonly HeldStep[], rules: SearchRules): Bracket => {
  const held = new Map(standing(steps, rules).map(step => [step.toConnections, isGood(step)] as const))
  const firstBad = least([...held].filter(([, good]) => !good).map(([connections]) => connections))
  const goods = [...held].filter(([connections, good]) => good && connections < (firstBad ?? Number.POSITIVE_INFINITY))
  return { lastGood: goods.length === 0 ? null : Math.max(...goods.map(([connections]) => connections)), firstBad }
}

/** Steps whose verdict stands: it spoke of the database, and would be no other by the baseline as it is known now. */
const standing = <S extends HeldStep>(steps: readonly S[], { findMax, baselineP95Ms }: SearchRules): S[] => {
  const mostP95Ms = baselineP95Ms === null ? null : baselineP95Ms * (1 + findMax.latencyStabilityPercent / 100)
  return steps.filter(step => {
    if (isVoid(step)) return false
    if (mostP95Ms === null || step.p95Ms === null) return true
    return step.outcome === 'LATENCY_RISE' ? step.p95Ms > mostP95Ms : !isGood(step) || step.p95Ms <= mostP95Ms
  })
}

const least = (values: readonly number[]): number | null => (values.length === 0 ? null : Math.min(...values))

/**
 * The next step: up by increments until one does not hold, then halving between the last good and the first bad. Then both ends of the comparison are
 * held once more: the step that the others were compared with, and the best. All of it follows from the done steps.
 * @param most connections that can be had
 */
export const nextStep = (all: readonly HeldStep[], rules: SearchRules, most: number): NextStep => {
  const steps = standing(all, rules)
  const { findMax } = rules
  const { lastGood, firstBad } = bracketOf(steps, rules)
  const reach = { steps, lastGood, most, baseline: all.some(step => isBaselineAgain(all, step)) ? null : baselineConnections(all) }
  if (firstBad === null) {
    const up = lastGood === null ? findMax.startConnections : lastGood + findMax.connectionsIncrement
    return holdOrBound(reach, 'CLIMB', up)
  }
  if (lastGood === null) {
    // Fewer connections make fewer samples still.
    if (firstBad === 1 || lastVerdictOn(steps, firstBad)?.outcome === 'TOO_FEW_SAMPLES') return { type: 'END', because: 'NOTHING_HELD' }
    return holdOrBound(reach, 'BISECT', Math.floor(firstBad / 2))
  }
  if (isUnsteady(all)) return { type: 'END', because: 'UNCONFIRMED' }
  if (firstBad - lastGood > resolutionOf(findMax)) {
    return holdOrBound(reach, 'BISECT', Math.floor((lastGood + firstBad) / 2))
  }
  if (firstBad <= most && standsAlone(steps, firstBad)) return { type: 'HOLD', purpose: 'BISECT', connections: firstBad }
  return confirm(reach, lastGood, 'CONFIRMED')
}

/** What held once did not hold again, too often. */
export const isUnsteady = (steps: readonly Pick<HeldStep, 'purpose' | 'outcome'>[]): boolean =>
  steps.filter(step => step.purpose === 'CONFIRM' && isBad(step)).length >= MOST_FAILED_CONFIRMATIONS

interface Reach extends Pick<Bracket, 'lastGood'> {
  readonly steps: readonly HeldStep[]
  readonly most: number
  /** Connections of the step that the others are compared with, until it has been held once more; then null. */
  readonly baseline: number | null
}

const holdOrBound = (reach: Reach, purpose: StepPurpose, wanted: number): NextStep => {
  const connections = Math.min(wanted, Math.max(1, reach.most))
  const { lastGood } = reach
  return lastGood === null || connections > lastGood ? { type: 'HOLD', purpose, connections } : confirm(reach, lastGood, 'AT_BOUND')
}

const confirm = ({ steps, most, baseline }: Reach, best: number, because: 'CONFIRMED' | 'AT_BOUND'): NextStep => {
  if (baseline !== null && baseline < best && baseline <= most) return { type: 'HOLD', purpose: 'CONFIRM', connections: baseline }
  if (isConfirmed(steps, best)) return { type: 'END', because }
  return best > most ? { type: 'END', because: 'AT_BOUND' } : { type: 'HOLD', purpose: 'CONFIRM', connections: best }
}

/** Connections of the step that the others are compared with; null: none held yet. */
export const baselineConnections = (steps: readonly HeldStep[]): number | null => steps.find(isGood)?.toConnections ?? null

/** Whether the step holds once more what the others are compared with. */
export const isBaselineAgain = (steps: readonly HeldStep[], step: Pick<HeldStep, 'purpose' | 'toConnections'>): boolean =>
  step.purpose === 'CONFIRM' && step.toConnections === baselineConnections(steps)

/** It has held twice, and at last. */
export const isConfirmed = (steps: readonly HeldStep[], connections: number): boolean => {
  const verdicts = verdictsOn(steps, connections)
  return verdicts.filter(isGood).length >= 2 && verdicts.slice(-1).every(isGood)
}

const verdictsOn = <S extends HeldStep>(steps: readonly S[], connections: number): S[] =>
  steps.filter(step => step.toConnections === connections && !isVoid(step))

export const lastVerdictOn = <S extends HeldStep>(steps: readonly S[], connections: number): S | undefined =>
  verdictsOn(steps, connections).at(-1)

/**
 * Whether the one bad step that bounds the search from above could have been a hiccup: everything that was held since, up to right below it, held. It
 * is held once more, then: a hiccup on the way up would otherwise pass for the database's limit. With halving, a true limit looks like this one time
 * in four to eight.
 */
const standsAlone = (steps: readonly HeldStep[], firstBad: number): boolean => {
  const bad = steps.filter(step => step.toConnections === firstBad && isBad(step))
  if (bad.length !== 1) return false
  const since = steps.slice(steps.indexOf(bad[0] as HeldStep) + 1).filter(step => step.purpose !== 'CONFIRM')
  return since.length === 0 ? bad[0]?.purpose === 'CLIMB' : since.every(isGood)
}
