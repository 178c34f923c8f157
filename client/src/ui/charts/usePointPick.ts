import type { Chart } from './echarts.ts'
import { clickedPoint, type PickPoint, POINT_KEYS, steppedPoint } from './pointPick.ts'

interface PointPick {
  readonly points: () => readonly PickPoint[]
  readonly isOn: () => boolean
  readonly pick: (point: PickPoint) => void
}

/** A click on a chart, or arrow keys and Enter, picks one of its points. @returns what listens, once the chart is there */
export const usePointPick = ({ points, isOn, pick }: PointPick): ((chart: Chart) => void) => {
  let at = -1
  const open = (index: number): void => {
    const point = points()[index]
    if (point !== undefined) pick(point)
  }
  return chart => {
    const pressed = (event: KeyboardEvent): void => {
      if (!isOn() || (!POINT_KEYS.has(event.key) && event.key !== 'Enter')) return
      event.preventDefault()
      if (event.key === 'Enter') {
        open(at)
        return
      }
      at = steppedPoint(points(), at, event.key)
      const { seriesIndex, dataIndex } = points()[at] ?? {}
      if (seriesIndex !== undefined) chart.dispatchAction({ type: 'showTip', seriesIndex, dataIndex })
    }
    chart.getDom().addEventListener('keydown', pressed)
    chart.getDom().addEventListener('blur', () => {
      at = -1
      chart.dispatchAction({ type: 'hideTip' })
    })
    chart.getZr().on('click', ({ offsetX, offsetY }) => {
      if (!isOn() || !chart.containPixel('grid', [offsetX, offsetY])) return
      const places = points().map(({ x, y, axis, line }) => {
        const [placeX = 0, placeY = 0] = chart.convertToPixel({ xAxisIndex: 0, yAxisIndex: axis }, [x, y])
        return { x: placeX, y: placeY, line }
      })
      open(clickedPoint(places, offsetX, offsetY))
    })
  }
}
