import { computed, inject } from 'vue'
import type { ChartSeries } from './chartTypes.ts'
import type { Chart } from './echarts.ts'
import { barAt, MOMENT_PICK, nextPoint, walkedPoints } from './momentPick.ts'

const KEYS: ReadonlySet<string> = new Set(['ArrowLeft', 'ArrowRight', 'Home', 'End'])
/** The bands are the first series of a chart. */
const SERIES_BEFORE = 1

/** A click on a chart over time, or arrow keys and Enter, picks a moment of the run, and of it what the chart shows. */
export const useMomentPick = (series: () => readonly ChartSeries[], subject: () => string | null) => {
  const pick = inject(MOMENT_PICK, null)
  const isOn = computed(() => pick?.isOn.value ?? false)
  let chart: Chart | undefined
  let at: number | null = null

  const pressed = (event: KeyboardEvent): void => {
    if (!isOn.value || chart === undefined || (!KEYS.has(event.key) && event.key !== 'Enter')) return
    event.preventDefault()
    const { seriesAt, dataAt } = walkedPoints(series())
    if (event.key === 'Enter') {
      const seconds = series()[seriesAt]?.points[dataAt[at ?? -1] ?? -1]?.[0]
      if (seconds !== undefined) pick?.open(seconds, { subject: subject(), key: null })
      return
    }
    at = nextPoint(at, dataAt.length, event.key)
    if (at !== null) chart.dispatchAction({ type: 'showTip', seriesIndex: seriesAt + SERIES_BEFORE, dataIndex: dataAt[at] })
  }
  const left = (): void => {
    at = null
    chart?.dispatchAction({ type: 'hideTip' })
  }
  const started = (there: Chart): void => {
    chart = there
    there.getDom().addEventListener('keydown', pressed)
    there.getDom().addEventListener('blur', left)
    there.getZr().on('click', ({ offsetX, offsetY }) => {
      if (pick === null || !isOn.value || !there.containPixel('grid', [offsetX, offsetY])) return
      const [seconds, value] = there.convertFromPixel({ xAxisIndex: 0, yAxisIndex: 0 }, [offsetX, offsetY])
      if (seconds === undefined || value === undefined || !Number.isFinite(seconds)) return
      pick.open(seconds, { subject: subject(), key: barAt(series(), seconds, value) })
    })
  }
  return { isOn, started }
}
