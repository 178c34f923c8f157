import type { Series } from '../../api/documents/compareDocuments.ts'
import type { TimeWindow } from './compareView.ts'

/** Times and values of one line, side by side; a value that is not a number is a gap. */
export interface Points {
  readonly seconds: readonly number[]
  readonly values: readonly (number | null)[]
  /** All that was measured is here: looking closer brings nothing new. */
  readonly isWhole: boolean
}

export const NO_POINTS: Points = { seconds: [], values: [], isWhole: true }

export const pointsIn = ({ seconds, values, intervals }: Series): Points => ({ seconds, values, isWhole: seconds.length >= intervals })

/** The first place at or after a moment. */
export const firstAt = (seconds: readonly number[], moment: number): number => {
  let [low, high] = [0, seconds.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((seconds[middle] ?? 0) < moment) low = middle + 1
    else high = middle
  }
  return low
}

/** The coarse points with the fine ones in place of those of their stretch. */
export const refined = (coarse: Points, fine: Points, { from, to }: TimeWindow): Points => {
  const [head, tail] = [firstAt(coarse.seconds, from), firstAt(coarse.seconds, to)]
  const after = coarse.seconds[tail] === to ? tail + 1 : tail
  return {
    seconds: [...coarse.seconds.slice(0, head), ...fine.seconds, ...coarse.seconds.slice(after)],
    values: [...coarse.values.slice(0, head), ...fine.values, ...coarse.values.slice(after)],
    isWhole: coarse.isWhole,
  }
}

/** Points on each side that are looked at to tell how far apart they are. */
const NEIGHBOURS = 4
/** A point that stands alone counts for so long. */
const USUAL_SECONDS = 1

const middleOf = (distances: readonly number[]): number | undefined => [...distances].sort((a, b) => a - b)[distances.length >> 1]

/** The points of the intervals between two moments: a point stands at the end of its own. */
export const pointsBetween = ({ seconds, values, isWhole }: Points, from: number, to: number): Points => {
  const start = firstAt(seconds, from)
  const [first, end] = [seconds[start] === from ? start + 1 : start, firstAt(seconds, to)]
  const last = seconds[end] === to ? end + 1 : end
  return { seconds: seconds.slice(first, last), values: values.slice(first, last), isWhole }
}

/** How far apart the points around a place usually are: a null between two is no point. */
const spacingAt = ({ seconds, values }: Points, place: number): number => {
  const distances = (from: number, to: number): readonly number[] =>
    seconds.slice(from, to).flatMap((second, step) => {
      const at = from + step
      const isPair = at > 0 && (values[at] ?? null) !== null && (values[at - 1] ?? null) !== null
      return isPair ? [second - (seconds[at - 1] ?? 0)] : []
    })
  return (
    middleOf(distances(Math.max(0, place - NEIGHBOURS), place + NEIGHBOURS + 1)) ?? middleOf(distances(0, seconds.length)) ?? USUAL_SECONDS
  )
}

/**
 * What a line reads at a moment. Points stand at the ends of their intervals: where all of them are here it is the interval that contains
 * the moment, else the nearer of two neighbours. Beside a gap and beyond the ends a point counts no further than its interval, or half the
 * way to where the next would be; null where that is not reached.
 */
export const valueAt = (points: Points, moment: number): number | null => {
  const { seconds, values, isWhole } = points
  const place = firstAt(seconds, moment)
  const [before, after] = [values[place - 1] ?? null, values[place] ?? null]
  const sinceSeconds = moment - (seconds[place - 1] ?? Number.NEGATIVE_INFINITY)
  const untilSeconds = (seconds[place] ?? Number.POSITIVE_INFINITY) - moment
  if (before !== null && after !== null) return isWhole || untilSeconds <= sinceSeconds ? after : before
  if (before === null && after === null) return null
  const spacing = spacingAt(points, place)
  if (after !== null) return untilSeconds < (isWhole ? spacing : spacing / 2) ? after : null
  return !isWhole && sinceSeconds <= spacing / 2 ? before : null
}

/** Least and greatest value of what a window shows; null where it shows nothing. Zero and less do not count on a logarithmic axis. */
export const extentOf = (lines: readonly Points[], window: TimeWindow, isLog: boolean): { least: number; most: number } | null => {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { seconds, values } of lines) {
    const end = Math.min(seconds.length, firstAt(seconds, window.to) + 1)
    for (let at = Math.max(0, firstAt(seconds, window.from) - 1); at < end; at++) {
      const value = values[at]
      if (value === null || value === undefined || (isLog && value <= 0)) continue
      if (value < least) least = value
      if (value > most) most = value
    }
  }
  return most === Number.NEGATIVE_INFINITY ? null : { least, most }
}

/** Where an axis from zero ends, and how far apart its lines are. */
const AXES = [
  { top: 1, step: 0.25 },
  { top: 1.5, step: 0.5 },
  { top: 2, step: 0.5 },
  { top: 2.5, step: 0.5 },
  { top: 3, step: 1 },
  { top: 4, step: 1 },
  { top: 5, step: 1 },
  { top: 6, step: 2 },
  { top: 8, step: 2 },
  { top: 10, step: 2.5 },
] as const

export interface AxisRange {
  readonly least: number
  readonly most: number
  /** Between lines; null on a logarithmic axis. */
  readonly step: number | null
}

/** From zero to a round number with a little room above the greatest value; the same for all charts that are to be compared. */
export const linearRange = (most: number, isWhole: boolean): AxisRange => {
  const roomy = Math.max(most * 1.04, isWhole ? 2 : 0)
  if (roomy <= 0) return { least: 0, most: 1, step: 0.25 }
  const power = 10 ** Math.floor(Math.log10(roomy))
  const found = AXES.find(each => each.top * power >= roomy) ?? AXES[9]
  const step = found.step * power
  return { least: 0, most: found.top * power, step: isWhole && step < 1 ? 1 : step }
}

/** Whole powers of ten around the values. */
export const logRange = (least: number, most: number): AxisRange => {
  const from = Math.floor(Math.log10(least))
  const to = Math.ceil(Math.log10(most))
  return { least: 10 ** from, most: 10 ** Math.max(to, from + 1), step: null }
}
