import type { EnrichmentSource } from '@flakebench/contract'

/** Of the executions that the server may know, so many must be matched before the asking ends by itself. */
export const WANTED_RATE = 0.9
/** Looks in a row that found nothing more. */
const MOST_STALLED = 3

const PAUSES_SECONDS = [0, 2, 4, 8, 10]

/** How long to wait before look `n`, from 0. */
export const pauseBeforeLook = (n: number): number => PAUSES_SECONDS[Math.min(n, PAUSES_SECONDS.length - 1)] as number

/** Matched executions after each look so far, the first being what there was before any. */
export type Looks = readonly number[]

/** ENOUGH: 90 % have their match. STALLED: nothing more comes. */
export const judgeLooks = (matched: Looks, expected: number): 'ENOUGH' | 'STALLED' | 'AGAIN' => {
  const last = matched.at(-1) ?? 0
  if (last >= expected * WANTED_RATE) return 'ENOUGH'
  const recent = matched.slice(-1 - MOST_STALLED)
  return recent.length > MOST_STALLED && recent.every(count => count === last) ? 'STALLED' : 'AGAIN'
}

/** AGGREGATE_QUERY_HISTORY is up to three hours late: first after some minutes, in case it is fast, then ever later. Minutes after the end of the run. */
export const AGGREGATE_DUE_MINUTES = [5, 15, 30, 60, 100, 150, 185, 210] as const

/** Seconds from now until it is due the next time; null: it is too late. @param sinceEndSeconds since the end of the load */
export const nextAggregateLook = (sinceEndSeconds: number): number | null => {
  const due = AGGREGATE_DUE_MINUTES.find(minutes => minutes * 60 > sinceEndSeconds + 30)
  return due === undefined ? null : Math.ceil(due * 60 - sinceEndSeconds)
}

const RETRY_SECONDS = [60, 180, 600, 1_800] as const

/**
 * Seconds until a source that could not be asked is tried again; null: it has been tried often enough. What Snowflake is late with is asked for as long as
 * it may still come, however often that failed.
 * @param failures looks in a row at which it could not be asked, with this one
 */
export const nextRetry = (source: EnrichmentSource, failures: number, sinceEndSeconds: number): number | null =>
  RETRY_SECONDS[failures - 1] ?? (source === 'AGGREGATE_QUERY_HISTORY' ? nextAggregateLook(sinceEndSeconds) : null)
