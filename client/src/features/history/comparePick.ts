import { FEWEST_RUNS, MOST_RUNS } from '../../ui/words/comparedRuns.ts'

/** The runs that are to be compared, in the order in which they were chosen; `isRefused`: the last was one too many. */
export interface ComparePick {
  readonly ids: readonly string[]
  readonly isRefused: boolean
}

export const NOTHING_PICKED: ComparePick = { ids: [], isRefused: false }

/** One more, or one less; the sixth is refused. */
export const picked = ({ ids }: ComparePick, id: string): ComparePick => {
  if (ids.includes(id)) return { ids: ids.filter(each => each !== id), isRefused: false }
  return ids.length >= MOST_RUNS ? { ids, isRefused: true } : { ids: [...ids, id], isRefused: false }
}

export const pickHint = ({ ids, isRefused }: ComparePick): string => {
  if (isRefused) return 'Five runs is the most: take one out first.'
  return ids.length < FEWEST_RUNS ? 'Choose at least one more.' : 'The first is the baseline.'
}

export const canCompare = ({ ids }: ComparePick): boolean => ids.length >= FEWEST_RUNS
export const comparePath = ({ ids }: ComparePick) => ({ path: '/compare', query: { ids: ids.join(',') } })
