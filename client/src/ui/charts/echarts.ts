import { BarChart, CustomChart, LineChart } from 'echarts/charts'
import { GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { connect, init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

use([LineChart, BarChart, CustomChart, GridComponent, TooltipComponent, MarkAreaComponent, MarkLineComponent, CanvasRenderer])

/** Charts of one group share their crosshair. */
const GROUP = 'run'
connect(GROUP)

export type Chart = ReturnType<typeof init>

/** A chart in `element`, part of the group with the shared crosshair. Never make it reactive. */
export const startChart = (element: HTMLElement): Chart => {
  const chart = init(element)
  chart.group = GROUP
  return chart
}

/** A chart in `element` whose axis is not the time of the run. Never make it reactive. */
export const startOwnChart = (element: HTMLElement): Chart => init(element)
