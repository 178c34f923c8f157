import type { EChartsCoreOption } from 'echarts/core'
import { shortClockText } from '../words/durations.ts'
import type { ChartAxis, ChartBand, ChartPoint, ChartSeries } from './chartTypes.ts'
import { drawHatch, type Palette } from './palette.ts'
import { tickStepSeconds } from './timeAxis.ts'
import { axisTipLook } from './tipLook.ts'

interface ChartFacts {
  readonly series: readonly ChartSeries[]
  readonly bands: readonly ChartBand[]
  readonly axes: readonly ChartAxis[]
  readonly rangeSeconds: number
}

interface TipItem {
  readonly seriesName?: string
  readonly dataIndex?: number
  readonly value?: ChartPoint
}

/** A point with a gap on either side would draw nothing: it gets a dot. */
const withDots = (points: readonly ChartPoint[]): unknown[] =>
  points.map((point, at) => {
    const isAlone = point[1] !== null && (points[at - 1]?.[1] ?? null) === null && (points[at + 1]?.[1] ?? null) === null
    return isAlone ? { value: point, symbol: 'circle', symbolSize: 4 } : point
  })

/** A little less than half, so that the crosshair, which goes to the nearest, is at the same interval in all charts. */
const TO_MIDDLE = 0.49

/** Points stand at the ends of their intervals, bars over the middle. */
const centred = (points: readonly ChartPoint[]): unknown[] => {
  const lengths = points.slice(1).map(([at], before) => at - (points[before]?.[0] ?? 0))
  const usual = [...lengths].sort((a, b) => a - b)[lengths.length >> 1] ?? 1
  return points.map(([at, value]) => [at - usual * TO_MIDDLE, value])
}

const seriesOption = (series: ChartSeries, palette: Palette): Record<string, unknown> => {
  const colour = palette[series.colour]
  const shared = { name: series.name, yAxisIndex: series.axis ?? 0, silent: true, animation: false, z: 3 }
  if (series.isBar) {
    return {
      ...shared,
      type: 'bar',
      stack: 'bars',
      data: centred(series.points),
      barMaxWidth: 10,
      barMinWidth: 1.5,
      itemStyle: { color: colour, opacity: series.strength ?? 1 },
    }
  }
  return {
    ...shared,
    type: 'line',
    data: withDots(series.points),
    symbol: 'none',
    showSymbol: true,
    connectNulls: false,
    step: series.isStepped ? 'end' : false,
    itemStyle: { color: colour, opacity: series.strength ?? 1 },
    lineStyle: { color: colour, width: series.width ?? 1.5, type: series.dash ?? 'solid', opacity: series.strength ?? 1, cap: 'butt' },
    areaStyle: series.isFilled ? { color: colour, opacity: 0.08 } : undefined,
  }
}

/** Grey and hatched stretches behind whatever is drawn over the time of a run. */
export const bandOption = (bands: readonly ChartBand[], palette: Palette): Record<string, unknown> => ({
  name: 'bands',
  type: 'line',
  data: [],
  silent: true,
  animation: false,
  z: 1,
  markArea: {
    silent: true,
    animation: false,
    data: bands.map(band => [
      {
        xAxis: band.fromSeconds,
        name: band.kind === 'warmup' ? 'warmup' : '',
        itemStyle: { color: band.kind === 'warmup' ? palette.band : { image: drawHatch(palette.hatch), repeat: 'repeat' }, opacity: 1 },
        label: { position: [1, -13], color: palette.faint, fontSize: 10 },
      },
      { xAxis: band.toSeconds },
    ]),
  },
})

const axisOption = (axis: ChartAxis, at: number, palette: Palette): Record<string, unknown> => ({
  type: axis.isLog ? 'log' : 'value',
  position: at === 0 ? 'left' : 'right',
  min: axis.isLog ? undefined : 0,
  max: axis.isLog ? undefined : (extent: { max: number }) => (extent.max >= (axis.atLeast ?? 0) ? null : axis.atLeast),
  boundaryGap: axis.isLog ? undefined : [0, '5%'],
  minInterval: axis.isWhole ? 1 : undefined,
  splitNumber: 5,
  axisLine: { show: false },
  axisTick: { show: false },
  axisLabel: { color: palette.faint, fontSize: 11, margin: 8, formatter: (value: number) => axis.label(value) },
  splitLine: { show: at === 0, lineStyle: { color: palette.line, width: 1 } },
})

/** The end of the interval that is pointed at, wherever it is drawn. */
const momentOf = (item: TipItem | undefined, { series }: ChartFacts): number | undefined => {
  const own = series.find(each => each.name === item?.seriesName)
  return own?.isBar === true ? own.points[item?.dataIndex ?? -1]?.[0] : item?.value?.[0]
}

const tipText = (items: readonly TipItem[], facts: ChartFacts, palette: Palette): string => {
  const moment = momentOf(items[0], facts)
  if (moment === undefined) return ''
  const rows = facts.series.flatMap(series => {
    const value = items.find(item => item.seriesName === series.name)?.value?.[1]
    if (value === null || value === undefined || (series.isBar && value === 0)) return []
    const swatch = `border-top:2px ${series.isBar ? 'solid' : (series.dash ?? 'solid')} ${palette[series.colour]};opacity:${series.strength ?? 1}`
    return [`<span style="${swatch}"></span><span>${series.name}</span><b>${series.exact(value, moment)}</b>`]
  })
  const limited = facts.bands.find(band => band.kind === 'clientLimited' && moment > band.fromSeconds && moment <= band.toSeconds)
  const reason = limited?.reasons?.get(moment)
  const note = limited === undefined ? '' : `<p class="warn">client may be the limit${reason ? `: ${reason}` : ''}</p>`
  if (rows.length === 0) rows.push('<p>nothing</p>')
  return `<div class="chart-tip"><header>${shortClockText(moment)}</header>${rows.join('')}${note}</div>`
}

/** Room for the labels of an axis at the right; whole numbers need little. */
const rightMargin = ([, right]: readonly ChartAxis[]): number => (right === undefined ? 14 : right.isWhole ? 34 : 58)

/** Everything ECharts has to know to draw one chart over the time of a run. */
export const chartOption = (facts: ChartFacts, palette: Palette): EChartsCoreOption => ({
  animation: false,
  grid: { left: 58, right: rightMargin(facts.axes), top: 18, bottom: 24 },
  textStyle: { fontFamily: 'system-ui, sans-serif' },
  tooltip: {
    ...axisTipLook(palette),
    formatter: (items: unknown) => tipText(Array.isArray(items) ? items : [items], facts, palette),
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
  yAxis: facts.axes.map((axis, at) => axisOption(axis, at, palette)),
  series: [bandOption(facts.bands, palette), ...facts.series.map(each => seriesOption(each, palette))],
})
