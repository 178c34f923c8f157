import type { HistoryPoint, RunTiming } from '../../api/documents/runFields.ts'
import { isTerminal, type RunState } from '../../stores/runState.ts'
import type { ChartBand, ChartPoint } from '../../ui/charts/chartTypes.ts'
import type { SparkPoint } from '../../ui/charts/sparkPath.ts'
import { liveRangeSeconds } from '../../ui/charts/timeAxis.ts'
import { countText } from '../../ui/words/numbers.ts'
import { limitText } from './limitWords.ts'

const GAP_SECONDS = 0.75
const SPARK_SECONDS = 60

const startOf = (point: HistoryPoint): number => point.elapsedSeconds - point.intervalSeconds

/** Of an interval shorter than this part of the usual one a rate or a percentile is noise. */
const LEAST_PART = 0.25

/** What a chart can show: a stop cuts the last interval, and of a few milliseconds there is nothing to draw. The figures count it all the same. */
export const drawableHistory = (history: readonly HistoryPoint[], usualIntervalSeconds: number): readonly HistoryPoint[] =>
  history.filter(point => point.intervalSeconds >= usualIntervalSeconds * LEAST_PART)

/** One value over time; where an interval is missing the line breaks. */
export const pointsOf = (
  history: readonly HistoryPoint[],
  value: (point: HistoryPoint, at: number) => number | null,
): readonly ChartPoint[] =>
  history.flatMap((point, at) => {
    const before = history[at - 1]
    const here: ChartPoint = [point.elapsedSeconds, value(point, at)]
    const isAfterGap = before !== undefined && startOf(point) > before.elapsedSeconds + GAP_SECONDS
    return isAfterGap ? [[(before.elapsedSeconds + startOf(point)) / 2, null] as const, here] : [here]
  })

/** The last 60 seconds, or the whole measurement of a run that is over. */
export const sparkHistory = (history: readonly HistoryPoint[], isOver: boolean): readonly HistoryPoint[] => {
  if (isOver) return measuredPoints(history)
  const last = history.at(-1)?.elapsedSeconds ?? 0
  return history.filter(point => point.elapsedSeconds > last - SPARK_SECONDS)
}

export const sparkOf = (history: readonly HistoryPoint[], value: (point: HistoryPoint) => number | null): readonly SparkPoint[] =>
  pointsOf(history, value)

/** Grey where the run warms up, hatched where the load generator could have been the limit. */
export const bandsOf = (history: readonly HistoryPoint[], timing: RunTiming): readonly ChartBand[] => {
  const warmupSeconds =
    timing.startedAt !== null && timing.measurementStartsAt !== null
      ? (Date.parse(timing.measurementStartsAt) - Date.parse(timing.startedAt)) / 1_000
      : timing.warmupSeconds
  const reasons = new Map(history.filter(point => point.clientLimited).map(point => [point.elapsedSeconds, limitText(point)]))
  const limited: ChartBand[] = []
  for (const point of history) {
    if (!point.clientLimited) continue
    const before = limited.at(-1)
    if (before !== undefined && startOf(point) - before.toSeconds < GAP_SECONDS) {
      limited[limited.length - 1] = { ...before, toSeconds: point.elapsedSeconds }
    } else {
      limited.push({ kind: 'clientLimited', fromSeconds: startOf(point), toSeconds: point.elapsedSeconds, reasons })
    }
  }
  return warmupSeconds > 0 ? [{ kind: 'warmup', fromSeconds: 0, toSeconds: warmupSeconds }, ...limited] : limited
}

/** How far the time axis of the run's charts reaches: to its last interval once it is over. */
export const rangeSecondsOf = (history: readonly HistoryPoint[], { status, timing }: RunState): number => {
  const last = history.at(-1)?.elapsedSeconds ?? 0
  const planned = timing.warmupSeconds + timing.durationSeconds
  return isTerminal(status) && last > 0 ? last : liveRangeSeconds(last, planned)
}

/** Of how many measured seconds, and in how many of them the load generator could have been the limit. */
export const clientLimitedSeconds = (history: readonly HistoryPoint[]): { readonly limited: number; readonly measured: number } => {
  const measured = history.filter(point => point.phase === 'MEASUREMENT')
  const seconds = (points: readonly HistoryPoint[]): number => Math.round(points.reduce((sum, point) => sum + point.intervalSeconds, 0))
  return { limited: seconds(measured.filter(point => point.clientLimited)), measured: seconds(measured) }
}

/** Operations of the measurement that the driver sent again by itself. */
export const retriedOperations = (history: readonly HistoryPoint[]): number =>
  history.reduce((sum, point) => sum + (point.phase === 'MEASUREMENT' ? point.retriedOperations : 0), 0)

/** What is said of them; null where there are none. */
export const retriedSentence = (count: number): string | null => {
  if (count === 0) return null
  const were = count === 1 ? 'operation was' : 'operations were'
  return `${countText(count)} ${were} sent again by the driver; its pauses of 1 to 16 s are in ${count === 1 ? 'its response time' : 'their response times'}`
}

export const measuredPoints = (history: readonly HistoryPoint[]): readonly HistoryPoint[] =>
  history.filter(point => point.phase === 'MEASUREMENT')

/** A mean weighted by the length of the intervals; null of none. */
export const meanOf = (points: readonly HistoryPoint[], value: (point: HistoryPoint) => number): number | null => {
  const seconds = points.reduce((sum, point) => sum + point.intervalSeconds, 0)
  return seconds === 0 ? null : points.reduce((sum, point) => sum + value(point) * point.intervalSeconds, 0) / seconds
}

/** The categories that occurred, the most frequent first. */
export const errorCategories = (history: readonly HistoryPoint[]): readonly string[] => {
  const counts = new Map<string, number>()
  for (const point of history) {
    for (const { category, count } of point.errorsByCategory) counts.set(category, (counts.get(category) ?? 0) + count)
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([category]) => category)
}
