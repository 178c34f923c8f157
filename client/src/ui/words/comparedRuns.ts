/** As many runs as charts and verdicts can tell apart. */
export const MOST_RUNS = 5
export const FEWEST_RUNS = 2

/** The page that compares these; the first is the baseline. */
export const comparePath = (ids: readonly string[]) => ({ path: '/compare', query: { ids: ids.join(',') } })
