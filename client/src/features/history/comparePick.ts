import { FEWEST_RUNS, MOST_RUNS, comparePath as pathOf, pinnedAmong } from '../../ui/words/comparedRuns.ts'

/** The runs that are to be compared, in the order in which they were chosen; `isRefused`: the last was one too many. */
export interface ComparePick {
  readonly ids: readonly string[]
  readonly isRefused: boolean
  /** Of all runs that were chosen those that were pinned. */
  readonly pinned: readonly string[]
}

export const NOTHING_PICKED: ComparePick = { ids: [], isRefused: false, pinned: [] }

/** One more, or one less; the sixth is refused. */
export const picked = (pick: ComparePick, id: string, isPinned = false): ComparePick => {
  const { ids } = pick
  if (ids.includes(id)) return { ...pick, ids: ids.filter(each => each !== id), isRefused: false }
  if (ids.length >= MOST_RUNS) return { ...pick, isRefused: true }
  const others = pick.pinned.filter(each => each !== id)
  return { ids: [...ids, id], isRefused: false, pinned: isPinned ? [...others, id] : others }
}

export const pickHint = ({ ids, isRefused, pinned }: ComparePick): string => {
  if (isRefused) return 'Five runs is the most: take one out first.'
  if (ids.length < FEWEST_RUNS) return 'Choose at least one more.'
  return pinnedAmong(ids, pinned) === null ? 'The first is the baseline.' : 'The pinned run is the baseline.'
}

export const canCompare = ({ ids }: ComparePick): boolean => ids.length >= FEWEST_RUNS
export const comparePath = ({ ids, pinned }: ComparePick) => pathOf(ids, pinned)
