import type { SeriesValue } from './seriesMetrics.ts'

/** What a chart draws: where an interval ends, and its value; null: a gap. */
export interface SeriesPoints {
  readonly atMs: readonly number[]
  readonly values: readonly (number | null)[]
}

interface Point {
  readonly atMs: number
  readonly value: number | null
}

/** Of an interval's length: what is missing between two must be longer. */
const GAP = 0.5

/**
 * A series in at most `maxPoints` points (null: as it is): the first and the last, the lowest and the highest value of each stretch of equally many
 * intervals, and every gap, in order; nothing is averaged. Between two intervals with something missing there is a gap. Only where gaps alone would be half
 * of the points does each stretch keep one of its own.
 * @param values in order
 */
export const thinOut = (values: readonly SeriesValue[], maxPoints: number | null): SeriesPoints => {
  const all = withGaps(values)
  if (maxPoints === null || all.length <= maxPoints) return columns(all)
  const points = all.filter(({ value }, i) => value !== null || all[i - 1]?.value !== null)
  if (points.length <= maxPoints) return columns(points)
  const inner = points.slice(1, -1)
  const room = maxPoints - 2
  const gaps = inner.filter(({ value }) => value === null).length
  const isEach = gaps <= room / 2
  const stretches = Math.max(1, Math.floor(isEach ? (room - gaps) / 2 : room / 3))
  const kept = Array.from({ length: stretches }, (_, i) => {
    const [from, to] = [i, i + 1].map(place => Math.floor((place * inner.length) / stretches))
    return keptOf(inner.slice(from, to), isEach)
  })
  return columns([...points.slice(0, 1), ...kept.flat(), ...points.slice(-1)])
}

const withGaps = (values: readonly SeriesValue[]): Point[] => {
  const points: Point[] = []
  let before: SeriesValue | null = null
  for (const one of values) {
    const gapMs = before === null ? 0 : one.startMs - before.endMs
    if (before !== null && gapMs > GAP * (before.endMs - before.startMs)) points.push({ atMs: before.endMs + gapMs / 2, value: null })
    points.push({ atMs: one.endMs, value: one.value })
    before = one
  }
  return points
}

const keptOf = (stretch: readonly Point[], isEachGap: boolean): Point[] => {
  let lowest: Point | null = null
  let highest: Point | null = null
  for (const point of stretch) {
    if (point.value === null) continue
    if (lowest === null || point.value < (lowest.value as number)) lowest = point
    if (highest === null || point.value > (highest.value as number)) highest = point
  }
  const gaps = stretch.filter(({ value }) => value === null)
  const found = new Set([lowest, highest, ...(isEachGap ? gaps : gaps.slice(0, 1))].filter(point => point !== null))
  return [...found].sort((a, b) => a.atMs - b.atMs)
}

const columns = (points: readonly Point[]): SeriesPoints => ({
  atMs: points.map(({ atMs }) => atMs),
  values: points.map(({ value }) => value),
})
