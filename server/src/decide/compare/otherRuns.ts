import { MOST_CLIENT_LIMITED } from './comparability.ts'
import { FEWEST_BLOCKS } from './runSpread.ts'
import { isAlike, type Trial, type TrialGroup } from './trial.ts'

/** On which side of a run, in the order in which runs were prepared. */
export interface PlaceBeside {
  readonly side: 'BEFORE' | 'AFTER'
  readonly id: string
}

/** With as many trials a group shows by itself how far they differ. */
const ENOUGH_TRIALS = 3

/**
 * Where runs of a group's configuration are looked for that are not compared. Where another group is of the same one, what has changed between the two is not
 * in their plans: of runs between them nobody knows to which they belong, so only those beyond both are taken.
 */
export const placesBeside = (group: TrialGroup, groups: readonly TrialGroup[]): PlaceBeside[] => {
  const print = group.trials[0]?.fingerprint ?? null
  if (print === null || group.trials.length >= ENOUGH_TRIALS) return []
  const idsOf = ({ trials }: TrialGroup): string[] => trials.map(({ run }) => run.id).sort()
  const own = idsOf(group)
  const all = groups
    .filter(({ trials }) => trials.some(({ fingerprint }) => fingerprint === print))
    .flatMap(idsOf)
    .sort()
  const [first = '', last = ''] = [own[0], own.at(-1)]
  return [
    ...(first === all[0] ? [{ side: 'BEFORE', id: first } as const] : []),
    ...(last === all.at(-1) ? [{ side: 'AFTER', id: last } as const] : []),
  ]
}

/** Whether a run from there shows how far runs like this one come out differently: of the same configuration and load, and measured as it should be. */
export const isOfTheSame = (trial: Trial, other: Trial): boolean => {
  const { blocks, seconds, clientLimitedSeconds } = other.spread
  return isAlike(trial, other) && blocks >= FEWEST_BLOCKS && clientLimitedSeconds <= MOST_CLIENT_LIMITED * seconds
}
