import type { Comparison } from '../../api/documents/compareDocuments.ts'
import type { CompareView, TimeWindow } from './compareView.ts'

type Span = Comparison['spans'][number]
type Align = CompareView['align']

const LEAST_SECONDS = 5

/** Where the parts of a run lie on the axis. */
export interface RunStretch {
  readonly runId: string
  readonly startsAt: number
  readonly measuredFrom: number
  readonly endsAt: number
}

export const stretchOf = ({ runId, warmupSeconds, measuredSeconds }: Span, align: Align): RunStretch => {
  const shift = align === 'RUN_START' ? warmupSeconds : 0
  return { runId, startsAt: shift - warmupSeconds, measuredFrom: shift, endsAt: shift + measuredSeconds }
}

/** All there is to see: from the first start to the end of the longest run. */
export const wholeWindow = (stretches: readonly RunStretch[]): TimeWindow => {
  const from = Math.min(0, ...stretches.map(each => each.startsAt))
  return { from, to: Math.max(from + 1, ...stretches.map(each => each.endsAt)) }
}

export const isWholeWindow = (window: TimeWindow, whole: TimeWindow): boolean => window.from <= whole.from && window.to >= whole.to

/** As wide as asked for, but for the whole at most and a few seconds at least, and never beyond the ends. */
export const heldWithin = ({ from, to }: TimeWindow, whole: TimeWindow): TimeWindow => {
  const all = whole.to - whole.from
  const width = Math.min(all, Math.max(Math.min(LEAST_SECONDS, all), to - from))
  const middle = (from + to) / 2
  const start = Math.min(Math.max(to - from === width ? from : middle - width / 2, whole.from), whole.to - width)
  return { from: start, to: start + width }
}

/** `factor` below 1 shows less; `at` stays where it is on the screen. */
export const zoomed = ({ from, to }: TimeWindow, factor: number, at: number, whole: TimeWindow): TimeWindow => {
  const all = whole.to - whole.from
  const width = Math.min(all, Math.max(Math.min(LEAST_SECONDS, all), (to - from) * factor))
  const start = at - ((at - from) / (to - from)) * width
  return heldWithin({ from: start, to: start + width }, whole)
}

export const panned = ({ from, to }: TimeWindow, bySeconds: number, whole: TimeWindow): TimeWindow =>
  heldWithin({ from: from + bySeconds, to: to + bySeconds }, whole)

/** What is asked for when a window is looked at closely: with as much again on each side, so that a little panning needs nothing new. */
export const askedAround = ({ from, to }: TimeWindow, whole: TimeWindow): TimeWindow => ({
  from: Math.max(whole.from, from - (to - from)),
  to: Math.min(whole.to, to + (to - from)),
})

/** Whether what was asked for shows this window as closely as it can be drawn. */
export const serves = (asked: TimeWindow | null, window: TimeWindow): boolean =>
  asked !== null && asked.from <= window.from && asked.to >= window.to && asked.to - asked.from <= (window.to - window.from) * 4
