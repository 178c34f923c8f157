import type { EChartsCoreOption } from 'echarts/core'
import { shortClockText } from '../words/durations.ts'
import { drawHatch, type Palette } from './palette.ts'
import { PLOT_LEFT, PLOT_RIGHT, PLOT_TOP, type RunBand, type RunEnd, type RunLine, type RunLinesFacts } from './runLinesTypes.ts'
import { tickStepSeconds } from './timeAxis.ts'

/** How strong a line is before and after what is measured. */
const OUTSIDE = 0.35
/** A point that stands alone is drawn as a stroke so long, in seconds to each side. */
const ALONE_SECONDS = 0.4
const PORTION = 64
const NO_PAIRS = new Float64Array()

/** Pairs of time and value in one array, which is how ECharts takes many points fast; not a number is a gap. */
export const pairsOf = (
  { seconds, values }: Pick<RunLine, 'seconds' | 'values'>,
  from: number,
  to: number,
  isLog: boolean,
): Float64Array => {
  const drawn = (at: number): number => {
    const value = values[at]
    return value === null || value === undefined || (isLog && value <= 0) ? Number.NaN : value
  }
  const pairs: number[] = []
  for (let at = 0; at < seconds.length; at++) {
    const second = seconds[at] ?? 0
    if (second < from || second > to) continue
    const value = drawn(at)
    const isAlone = !Number.isNaN(value) && Number.isNaN(drawn(at - 1)) && Number.isNaN(drawn(at + 1))
    if (isAlone) pairs.push(second - ALONE_SECONDS, value, second + ALONE_SECONDS, value)
    else pairs.push(second, value)
  }
  return Float64Array.from(pairs)
}

/** A line as it is drawn: what is measured in full strength, what comes before and after it fainter; the parts share a point. */
export interface LinePart {
  readonly id: string
  readonly line: RunLine
  readonly pairs: Float64Array
  readonly strength: number
}

export const partsOf = ({ lines, step }: Pick<RunLinesFacts, 'lines' | 'step'>): readonly LinePart[] =>
  lines.flatMap((line, at) => {
    const isLog = step === null
    const measured = pairsOf(line, line.measuredFrom, line.measuredTo, isLog)
    const before = pairsOf(line, Number.NEGATIVE_INFINITY, line.measuredFrom, isLog)
    const after = pairsOf(line, measured.at(-2) ?? line.measuredTo, Number.POSITIVE_INFINITY, isLog)
    const outside = line.strength * OUTSIDE
    return [
      { id: `${at} measured`, line, pairs: measured, strength: line.strength },
      ...[before, after].map((pairs, side) => ({
        id: `${at} ${side}`,
        line,
        pairs: pairs.length > 2 ? pairs : NO_PAIRS,
        strength: outside,
      })),
    ]
  })

/** The first pair at or after a moment. */
const pairAt = (pairs: Float64Array, moment: number): number => {
  let [low, high] = [0, pairs.length / 2]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((pairs[middle * 2] ?? 0) < moment) low = middle + 1
    else high = middle
  }
  return low
}

/** What a window shows, and a little more: a long path costs time even where it is cut off. Whole portions, so that dashes stand still. */
export const pairsWithin = (pairs: Float64Array, from: number, to: number): Float64Array => {
  const first = Math.floor(Math.max(0, pairAt(pairs, from) - 1) / PORTION) * PORTION
  const last = Math.ceil((pairAt(pairs, to) + 1) / PORTION) * PORTION
  return pairs.subarray(first * 2, last * 2)
}

const lineOption = ({ id, line, strength }: LinePart, colour: string): Record<string, unknown> => ({
  id,
  type: 'line',
  dimensions: ['second', 'value'],
  silent: true,
  animation: false,
  symbol: 'none',
  showSymbol: false,
  connectNulls: false,
  step: line.isStepped ? 'end' : false,
  itemStyle: { color: colour },
  lineStyle: { color: colour, width: line.width, type: line.dash, opacity: strength, cap: 'butt', join: 'bevel' },
  emphasis: { disabled: true },
  z: 3,
})

const bandStyle = (kind: RunBand['kind'], palette: Palette): Record<string, unknown> => {
  if (kind === 'clientLimited') return { color: { image: drawHatch(palette.hatch), repeat: 'repeat' }, opacity: 1 }
  return kind === 'warmup' ? { color: palette.band, opacity: 1 } : { color: palette.band, opacity: 0.5 }
}

const markOption = (bands: readonly RunBand[], ends: readonly RunEnd[], colours: readonly string[], palette: Palette) => ({
  id: 'marks',
  type: 'line',
  data: [],
  silent: true,
  animation: false,
  z: 1,
  markArea: {
    silent: true,
    animation: false,
    label: { show: false },
    data: bands.map(band => [{ xAxis: band.from, itemStyle: bandStyle(band.kind, palette) }, { xAxis: band.to }]),
  },
  markLine: {
    silent: true,
    animation: false,
    symbol: 'none',
    data: ends.map(end => ({
      xAxis: end.at,
      lineStyle: { color: colours[end.run], width: 1, type: [3, 3], opacity: 0.9 },
      label: {
        show: end.words !== '',
        formatter: end.words,
        position: 'end',
        distance: 3,
        color: palette.muted,
        fontSize: 10,
      },
    })),
  },
})

/** So near to an end of the axis a label would reach beyond it. */
const EDGE_SHARE = 0.015

/** At whole steps counted from zero, wherever the axis begins. */
export const ticksWithin = (from: number, to: number): readonly number[] => {
  const step = tickStepSeconds(to - from, 10)
  const first = Math.ceil(from / step)
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, at) => (first + at) * step)
}

/**
 * The part of the option that changes while one pans and zooms. `draftWidth`: of all lines while they move; without a graphics card a
 * line of one pixel is drawn ten times as fast as one that is a little wider. Null: each as wide as it is.
 */
export const windowOption = (parts: readonly LinePart[], from: number, to: number, draftWidth: number | null): EChartsCoreOption => {
  const ticks = ticksWithin(from, to)
  const edge = (to - from) * EDGE_SHARE
  const labels = ticks.filter(tick => tick > from + edge && tick < to - edge)
  return {
    xAxis: { min: from, max: to, axisLabel: { customValues: labels }, axisTick: { customValues: ticks } },
    series: parts.map(part => ({
      id: part.id,
      data: pairsWithin(part.pairs, from, to),
      lineStyle: { width: draftWidth ?? part.line.width },
    })),
  }
}

const signedClock = (seconds: number): string => (seconds < 0 ? `−${shortClockText(-seconds)}` : shortClockText(seconds))

/** Lines of several runs, or of one, over elapsed time. */
export const runLinesOption = (
  facts: RunLinesFacts,
  parts: readonly LinePart[],
  colours: readonly string[],
  palette: Palette,
): EChartsCoreOption => ({
  animation: false,
  grid: { left: PLOT_LEFT, right: PLOT_RIGHT, top: PLOT_TOP, bottom: facts.hasTimeLabels ? 22 : 6 },
  textStyle: { fontFamily: 'system-ui, sans-serif' },
  xAxis: {
    type: 'value',
    containShape: false,
    axisLine: { onZero: false, lineStyle: { color: palette.lineStrong } },
    axisTick: { lineStyle: { color: palette.lineStrong }, length: 4 },
    axisLabel: {
      show: facts.hasTimeLabels,
      color: palette.faint,
      fontSize: 11,
      hideOverlap: true,
      formatter: signedClock,
    },
    splitLine: { show: false },
  },
  yAxis: {
    type: facts.step === null ? 'log' : 'value',
    min: facts.least,
    max: facts.most,
    ...(facts.step === null ? {} : { interval: facts.step }),
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: palette.faint, fontSize: 11, margin: 8, hideOverlap: true, formatter: facts.axisLabel },
    splitLine: { lineStyle: { color: palette.line, width: 1 } },
    minorTick: { show: false, splitNumber: 9 },
    minorSplitLine: { show: facts.step === null, lineStyle: { color: palette.line, width: 1, opacity: 0.45 } },
  },
  series: [
    markOption(facts.bands, facts.ends, colours, palette),
    ...parts.map(part => lineOption(part, colours[part.line.run] ?? palette.accent)),
  ],
})
