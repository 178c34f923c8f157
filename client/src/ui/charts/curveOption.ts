import type { EChartsCoreOption } from 'echarts/core'
import { countText, exactText, msAxis, qpsAxis } from '../words/numbers.ts'
import type { CurveMark, CurvePoint } from './curveTypes.ts'
import type { Palette } from './palette.ts'
import { axisTipLook } from './tipLook.ts'

const LEAST_RANGE = 4
/** The words of marks that stand close together go on lines of their own. */
const MARK_LINES = [0, 13, 26]

/** Which of the series are the points of the steps, by their axis. */
export const STEP_SERIES = [2, 4] as const

const symbolOf = (point: CurvePoint, palette: Palette): Record<string, unknown> => {
  if (point.look === 'bad')
    return { symbol: 'path://M0 0 L10 10 M10 0 L0 10', itemStyle: { color: palette.bad, borderColor: palette.bad, borderWidth: 2 } }
  return point.look === 'void' ? { symbol: 'emptyCircle' } : { symbol: 'circle' }
}

/** A line runs through the newest point at each target that says something; the others stand alone. */
const throughNewest = (points: readonly CurvePoint[]): readonly CurvePoint[] => {
  const newest = new Map(points.filter(point => point.look !== 'void').map(point => [point.x, point]))
  return [...newest.values()]
}

interface Line {
  readonly name: string
  readonly value: (point: CurvePoint) => number | null
  readonly colour: string
  readonly axis: 0 | 1
  readonly dash: 'solid' | 'dashed'
}

const lineOptions = (
  points: readonly CurvePoint[],
  { name, value, colour, axis, dash }: Line,
  palette: Palette,
): Record<string, unknown>[] => {
  const shared = { yAxisIndex: axis, animation: false, silent: true }
  return [
    {
      ...shared,
      name,
      type: 'line',
      data: throughNewest(points).map(point => [point.x, value(point)]),
      symbol: 'none',
      connectNulls: true,
      lineStyle: { color: colour, width: 1.75, type: dash },
      itemStyle: { color: colour },
      z: 3,
    },
    {
      ...shared,
      name: `${name} of each step`,
      type: 'line',
      data: points.map(point => ({
        value: [point.x, value(point)],
        symbolSize: 7,
        ...symbolOf(point, palette),
      })),
      lineStyle: { width: 0 },
      itemStyle: { color: colour },
      z: 4,
    },
  ]
}

const markOption = (marks: readonly CurveMark[], palette: Palette): Record<string, unknown> => ({
  name: 'marks',
  type: 'line',
  data: [],
  silent: true,
  animation: false,
  z: 2,
  markLine: {
    silent: true,
    animation: false,
    symbol: 'none',
    data: [...marks]
      .sort((a, b) => a.x - b.x)
      .map((mark, at) => ({
        xAxis: mark.x,
        lineStyle: { color: palette[mark.colour], width: 1.5, type: mark.colour === 'accent' ? 'dotted' : 'solid' },
        label: {
          formatter: mark.words,
          position: 'end',
          distance: [0, 8 + (MARK_LINES[at % MARK_LINES.length] ?? 0)],
          color: palette[mark.colour],
          fontSize: 11,
          fontWeight: 600,
        },
      })),
  },
})

const tipText = (x: number, points: readonly CurvePoint[], palette: Palette): string => {
  const rows = points
    .filter(point => point.x === x)
    .map(
      point =>
        `<span style="border-top:2px solid ${point.look === 'bad' ? palette.bad : palette.accent}"></span><span>step ${point.step}</span><b>${exactText(point.qps, '/s', 1)} · p95 ${exactText(point.p95Ms, 'ms', 3)}</b>`,
    )
  return `<div class="chart-tip"><header>${countText(x)} connections</header>${rows.join('')}</div>`
}

const axisOption = (label: (value: number) => string, side: 'left' | 'right', palette: Palette): Record<string, unknown> => ({
  type: 'value',
  position: side,
  min: 0,
  boundaryGap: [0, '8%'],
  splitNumber: 4,
  axisLine: { show: false },
  axisTick: { show: false },
  axisLabel: { color: palette.faint, fontSize: 11, margin: 8, formatter: label },
  splitLine: { show: side === 'left', lineStyle: { color: palette.line, width: 1 } },
})

/** QPS and p95 against connections, with what stands out marked. */
export const curveOption = (points: readonly CurvePoint[], marks: readonly CurveMark[], palette: Palette): EChartsCoreOption => ({
  animation: false,
  grid: { left: 58, right: 58, top: 26 + (MARK_LINES[Math.min(marks.length, MARK_LINES.length) - 1] ?? 0), bottom: 24 },
  textStyle: { fontFamily: 'system-ui, sans-serif' },
  tooltip: {
    ...axisTipLook(palette),
    formatter: (items: unknown) => {
      const [first] = Array.isArray(items) ? (items as { value?: readonly [number, number] }[]) : []
      return first?.value === undefined ? '' : tipText(first.value[0], points, palette)
    },
  },
  xAxis: {
    type: 'value',
    min: 0,
    max: Math.max(LEAST_RANGE, ...points.map(point => point.x * 1.08), ...marks.map(mark => mark.x * 1.08)),
    minInterval: 1,
    axisLine: { lineStyle: { color: palette.lineStrong } },
    axisTick: { lineStyle: { color: palette.lineStrong }, length: 4 },
    axisLabel: {
      color: palette.faint,
      fontSize: 11,
      hideOverlap: true,
      showMaxLabel: false,
      formatter: (value: number) => countText(value),
    },
    splitLine: { show: false },
  },
  yAxis: [axisOption(qpsAxis, 'left', palette), axisOption(msAxis, 'right', palette)],
  series: [
    markOption(marks, palette),
    ...lineOptions(points, { name: 'QPS', value: point => point.qps, colour: palette.accent, axis: 0, dash: 'solid' }, palette),
    ...lineOptions(points, { name: 'p95', value: point => point.p95Ms, colour: palette.muted, axis: 1, dash: 'dashed' }, palette),
  ],
})
