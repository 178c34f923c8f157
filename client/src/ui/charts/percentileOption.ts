import type { EChartsCoreOption } from 'echarts/core'
import { exactText, msAxis } from '../words/numbers.ts'
import type { Palette } from './palette.ts'
import { curveXs, percentileMarks, percentileText } from './percentileAxis.ts'
import { axisTipLook } from './tipLook.ts'

export interface PercentileLine {
  readonly name: string
  readonly points: readonly { readonly percent: number; readonly valueMs: number; readonly count: number }[]
  /** As the canvas understands it. */
  readonly colour: string
  readonly width: number
}

interface TipItem {
  readonly seriesIndex?: number
  readonly dataIndex?: number
}

const exactPercent = (percent: number): string => `${percent.toLocaleString('en-US', { maximumFractionDigits: 6 })} %`

const tipText = (items: readonly TipItem[], lines: readonly PercentileLine[]): string => {
  const rows = items.flatMap(({ seriesIndex, dataIndex }) => {
    const line = lines[seriesIndex ?? -1]
    const point = line?.points[dataIndex ?? -1]
    if (line === undefined || point === undefined) return []
    const swatch = `<span style="border-top:2px solid ${line.colour}"></span>`
    const where = point.percent >= 100 ? 'max' : exactPercent(point.percent)
    return [`${swatch}<span>${line.name} · ${where}</span><b>${exactText(point.valueMs, 'ms')}</b>`]
  })
  return rows.length === 0 ? '' : `<div class="chart-tip">${rows.join('')}</div>`
}

/** Response time against how rare it is, as HDR histograms are drawn: each nine takes the same room. */
export const percentileOption = (lines: readonly PercentileLine[], isLog: boolean, palette: Palette): EChartsCoreOption => {
  const curves = lines.map(line => curveXs(line.points))
  const furthest = Math.max(1, ...curves.flatMap(curve => curve.map(([x]) => x)))
  const marks = percentileMarks(furthest)
  return {
    animation: false,
    grid: { left: 58, right: 20, top: 18, bottom: 24 },
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    tooltip: {
      ...axisTipLook(palette),
      formatter: (items: unknown) => tipText((Array.isArray(items) ? items : [items]) as TipItem[], lines),
    },
    xAxis: {
      type: 'value',
      min: 0,
      // A little more, so that the maximum itself is inside and can be pointed at.
      max: furthest * 1.005,
      axisLine: { lineStyle: { color: palette.lineStrong } },
      axisTick: { lineStyle: { color: palette.lineStrong }, length: 4, customValues: [...marks] },
      axisLabel: { color: palette.faint, fontSize: 11, hideOverlap: true, customValues: [...marks], formatter: percentileText },
      splitLine: { show: false },
    },
    yAxis: {
      type: isLog ? 'log' : 'value',
      min: isLog ? undefined : 0,
      splitNumber: 5,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: palette.faint, fontSize: 11, margin: 8, formatter: msAxis },
      splitLine: { show: true, lineStyle: { color: palette.line, width: 1 } },
    },
    series: lines.map((line, at) => ({
      name: line.name,
      type: 'line',
      data: (curves[at] ?? []).map(([x, value]) => [x, isLog && value <= 0 ? null : value]),
      symbol: 'none',
      animation: false,
      silent: true,
      lineStyle: { color: line.colour, width: line.width },
      itemStyle: { color: line.colour },
      z: line.width,
      markLine:
        at > 0
          ? undefined
          : {
              silent: true,
              animation: false,
              symbol: 'none',
              label: { show: false },
              lineStyle: { color: palette.line, width: 1, type: 'solid' },
              data: marks.map(mark => ({ xAxis: mark })),
            },
    })),
  }
}
