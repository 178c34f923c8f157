/** As many runs as charts and verdicts can tell apart. */
export const MOST_RUNS = 5
export const FEWEST_RUNS = 2

/** Of the runs that are compared the pinned one, of several the newest, as ids ascend with time; null: none is pinned. */
export const pinnedAmong = (ids: readonly string[], pinned: readonly string[]): string | null =>
  ids
    .filter(id => pinned.includes(id))
    .sort()
    .at(-1) ?? null

/** The page that compares these; the pinned one is the baseline, or else the first. */
export const comparePath = (ids: readonly string[], pinned: readonly string[] = []) => {
  const baseline = pinnedAmong(ids, pinned)
  return { path: '/compare', query: { ids: ids.join(','), ...(baseline === null || baseline === ids[0] ? {} : { baseline }) } }
}

/** Says that of the runs named in an address so many are not shown. */
export const leftOutText = (count: number): string =>
  `Five runs at most are compared: ${count === 1 ? 'the last that the address names is' : `the last ${count} that the address names are`} left out.`
