import type { HistoryPoint } from '../api/documents/runFields.ts'

const SLACK_SECONDS = 0.05
/** Snapshots wander by a few hundred milliseconds; less than this between two intervals is no gap. */
const GAP_SECONDS = 0.75

const startOf = (point: Pick<HistoryPoint, 'elapsedSeconds' | 'intervalSeconds'>): number => point.elapsedSeconds - point.intervalSeconds

/**
 * Appends the newest points, or replaces those with the same `elapsedSeconds`; the result is in order of time. A point that
 * lies inside a longer one (seconds merged by the server) is already counted there and is left out.
 */
export const mergePoints = (known: readonly HistoryPoint[], newest: readonly HistoryPoint[]): readonly HistoryPoint[] => {
  if (newest.length === 0) return known
  const byMoment = new Map(known.map(point => [point.elapsedSeconds, point]))
  for (const point of newest) {
    const isInside = known.some(
      longer =>
        longer.intervalSeconds > point.intervalSeconds + SLACK_SECONDS &&
        startOf(longer) <= startOf(point) + SLACK_SECONDS &&
        longer.elapsedSeconds >= point.elapsedSeconds - SLACK_SECONDS,
    )
    if (!isInside) byMoment.set(point.elapsedSeconds, point)
  }
  return [...byMoment.values()].sort((a, b) => a.elapsedSeconds - b.elapsedSeconds)
}

/** Whether something lies between what is known and what came: then the history has to be queried again. */
export const leavesGap = (known: readonly HistoryPoint[], newest: readonly HistoryPoint[]): boolean => {
  const last = known.at(-1)
  const first = newest[0]
  if (first === undefined) return false
  return startOf(first) > (last?.elapsedSeconds ?? 0) + GAP_SECONDS
}
