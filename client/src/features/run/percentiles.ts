import { PERCENTILES, type Percentile } from '../../ui/words/percentiles.ts'

/** The maximum is one click away: on a linear axis it would press the percentiles flat. */
const SHOWN_AT_FIRST: readonly Percentile[] = ['p50', 'p95', 'p99']

/** Which percentiles the URL asks for, always in the same order; what it does not know it ignores. Null: nothing is asked. */
export const readPercentiles = (inUrl: string | null): readonly Percentile[] => {
  if (inUrl === null) return SHOWN_AT_FIRST
  const named = inUrl.split(' ')
  return PERCENTILES.filter(each => named.includes(each))
}

/** What the URL has to say for the shown percentiles; null, so nothing, for those that are shown at first. */
export const percentilesInUrl = (shown: readonly Percentile[]): string | null =>
  shown.join() === SHOWN_AT_FIRST.join() ? null : shown.join(' ')

/** The shown percentiles with one more, or one less if it is among them. */
export const togglePercentile = (shown: readonly Percentile[], toggled: Percentile): readonly Percentile[] =>
  PERCENTILES.filter(each => (each === toggled) !== shown.includes(each))
