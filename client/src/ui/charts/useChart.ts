import type { EChartsCoreOption } from 'echarts/core'
import { onBeforeUnmount, onMounted, type ShallowRef, type WatchSource, watch } from 'vue'
import type { Chart } from './echarts.ts'
import { type Palette, readPalette } from './palette.ts'

interface ChartUse {
  readonly start: (element: HTMLDivElement) => Chart
  readonly option: (palette: Palette) => EChartsCoreOption
  /** Parts that are replaced as a whole when it is drawn again. */
  readonly replaced: string[]
  readonly isDark: () => boolean
  /** It is drawn again when one of these changes. */
  readonly sources: WatchSource[]
  /** Once it is there: to listen to it. */
  readonly started?: (chart: Chart) => void
}

/** One plot in an element, as long as its component lives: as large as the element, in the colours of the theme. */
export const useChart = (element: Readonly<ShallowRef<HTMLDivElement | null>>, use: ChartUse): void => {
  let chart: Chart | undefined
  let palette: Palette | undefined
  let resizes: ResizeObserver | undefined

  const draw = (): void => {
    palette ??= readPalette()
    chart?.setOption(use.option(palette), { replaceMerge: use.replaced, lazyUpdate: true })
  }

  onMounted(() => {
    if (element.value === null) return
    chart = use.start(element.value)
    use.started?.(chart)
    resizes = new ResizeObserver(() => chart?.resize())
    resizes.observe(element.value)
    draw()
  })
  watch(
    use.isDark,
    () => {
      palette = undefined
      draw()
    },
    { flush: 'post' },
  )
  watch(use.sources, draw, { flush: 'post' })
  onBeforeUnmount(() => {
    resizes?.disconnect()
    chart?.dispose()
  })
}
