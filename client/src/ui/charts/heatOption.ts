import type { CustomSeriesRenderItem } from 'echarts'
import type { EChartsCoreOption } from 'echarts/core'
import { shortClockText } from '../words/durations.ts'
import { countText, msAxis, msText, percentText } from '../words/numbers.ts'
import { bandOption } from './chartOption.ts'
import type { ChartBand } from './chartTypes.ts'
import { type HeatCell, heatShare } from './heatCells.ts'
import { heatColour } from './heatColours.ts'
import { logTicks } from './logTicks.ts'
import type { Palette } from './palette.ts'
import { tickStepSeconds } from './timeAxis.ts'
import { tipLook } from './tipLook.ts'

/** The place of the cells among the series. */
export const CELL_SERIES = 1

interface HeatOptionFacts {
  readonly cells: readonly HeatCell[]
  readonly bands: readonly ChartBand[]
  readonly rangeSeconds: number
  readonly isDark: boolean
}

/** Seconds with the digits that tell two edges apart. */
const secondText = (seconds: number): string =>
  Number.isInteger(seconds) ? shortClockText(seconds) : `${seconds.toLocaleString('en-US', { maximumFractionDigits: 1 })} s`

export const cellText = (cell: HeatCell): string =>
  `${secondText(cell.fromSeconds)} to ${secondText(cell.toSeconds)}, ${msText(cell.fromMs)} to ${msText(cell.toMs)}: ${countText(cell.count)} operations`

const tipText = (cell: HeatCell, colour: string): string =>
  `<div class="chart-tip"><header>${secondText(cell.fromSeconds)} – ${secondText(cell.toSeconds)}</header>` +
  `<span style="width:10px;height:10px;background:${colour}"></span><span>${msText(cell.fromMs)} – ${msText(cell.toMs)}</span><b>${countText(cell.count)}</b>` +
  `<p>${percentText((100 * cell.count) / cell.columnCount)} of ${countText(cell.columnCount)} operations then</p></div>`

/** Rectangles touch: an edge is rounded to a pixel in the same way from both sides. */
const drawCell =
  (facts: HeatOptionFacts, most: number): CustomSeriesRenderItem =>
  (params, api) => {
    const cell = facts.cells[params.dataIndex]
    if (cell === undefined) return null
    const [left, bottom] = api.coord([cell.fromSeconds, cell.fromMs]).map(Math.round) as [number, number]
    const [right, top] = api.coord([cell.toSeconds, cell.toMs]).map(Math.round) as [number, number]
    return {
      type: 'rect',
      shape: { x: left, y: top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) },
      style: { fill: heatColour(heatShare(cell.count, most), facts.isDark) },
      emphasis: { style: { stroke: facts.isDark ? '#ffffff' : '#000000', lineWidth: 1.5 } },
    }
  }

/** How many operations took how long, over the time of a run. */
export const heatOption = (facts: HeatOptionFacts, palette: Palette): EChartsCoreOption => {
  const most = facts.cells.reduce((top, cell) => Math.max(top, cell.count), 0)
  const lowMs = facts.cells.reduce((low, cell) => Math.min(low, cell.fromMs), Number.POSITIVE_INFINITY)
  const highMs = facts.cells.reduce((high, cell) => Math.max(high, cell.toMs), 0)
  const ticks = [...logTicks(lowMs, highMs)]
  return {
    animation: false,
    grid: { left: 58, right: 14, top: 18, bottom: 24 },
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    tooltip: {
      trigger: 'item',
      ...tipLook(palette),
      formatter: (item: unknown) => {
        const cell = facts.cells[(item as { dataIndex?: number }).dataIndex ?? -1]
        return cell === undefined ? '' : tipText(cell, heatColour(heatShare(cell.count, most), facts.isDark))
      },
    },
    xAxis: {
      type: 'value',
      containShape: false,
      min: 0,
      max: Math.max(facts.rangeSeconds, 1),
      interval: tickStepSeconds(facts.rangeSeconds),
      axisLine: { lineStyle: { color: palette.lineStrong } },
      axisTick: { lineStyle: { color: palette.lineStrong }, length: 4 },
      axisLabel: {
        color: palette.faint,
        fontSize: 11,
        hideOverlap: true,
        showMaxLabel: false,
        formatter: (value: number) => shortClockText(value),
      },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'log',
      containShape: false,
      min: lowMs,
      max: highMs,
      axisLine: { show: false },
      axisTick: { show: false, customValues: ticks },
      axisLabel: { color: palette.faint, fontSize: 11, margin: 8, customValues: ticks, hideOverlap: true, formatter: msAxis },
      splitLine: { show: true, lineStyle: { color: palette.line, width: 1 } },
    },
    series: [
      bandOption(facts.bands, palette),
      {
        name: 'operations',
        type: 'custom',
        animation: false,
        clip: true,
        progressive: 0,
        z: 3,
        cursor: 'pointer',
        renderItem: drawCell(facts, most),
        encode: { x: 0, y: 1 },
        data: facts.cells.map(cell => [cell.fromSeconds, cell.fromMs, cell.count]),
      },
    ],
  }
}
