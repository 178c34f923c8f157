import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { PLOT_LEFT, PLOT_RIGHT } from '../../ui/charts/runLinesTypes.ts'
import type { TimeWindow } from './compareView.ts'
import { heldWithin, isWholeWindow, panned, zoomed } from './timeWindow.ts'
import { SETTLE_MS } from './useSeries.ts'

const WHEEL_STEP = 0.0022
const LEAST_DRAG_PX = 5
const IN_URL_AFTER_MS = 300

/**
 * The stretch of time that all charts show, and the hands on it: Ctrl and the wheel zoom around the pointer, a wheel sideways pans, a drag
 * pans what is zoomed and else chooses a stretch (with Shift always).
 */
export const useTimeWindow = (whole: () => TimeWindow, inUrl: () => TimeWindow | null, keep: (window: TimeWindow | null) => void) => {
  const held = (wanted: TimeWindow | null): TimeWindow => (wanted === null ? whole() : heldWithin(wanted, whole()))
  const window = shallowRef(held(inUrl()))
  /** The window once it stands still. */
  const settled = shallowRef(window.value)
  const hoverSeconds = ref<number | null>(null)
  const brush = shallowRef<TimeWindow | null>(null)
  const isWhole = computed(() => isWholeWindow(window.value, whole()))
  let drag: { readonly x: number; readonly window: TimeWindow; readonly isBrush: boolean } | null = null
  let told: TimeWindow | null = inUrl()
  let settling: ReturnType<typeof setTimeout> | undefined
  let keeping: ReturnType<typeof setTimeout> | undefined

  const move = (next: TimeWindow): void => {
    window.value = next
  }
  watch(window, now => {
    clearTimeout(settling)
    clearTimeout(keeping)
    settling = setTimeout(() => {
      settled.value = now
    }, SETTLE_MS)
    keeping = setTimeout(() => {
      told = isWholeWindow(now, whole()) ? null : { from: Math.round(now.from * 10) / 10, to: Math.round(now.to * 10) / 10 }
      keep(told)
    }, IN_URL_AFTER_MS)
  })
  watch(
    () => [inUrl()?.from, inUrl()?.to].join(),
    () => {
      const asked = inUrl()
      if (asked?.from !== told?.from || asked?.to !== told?.to) move(held(asked))
      told = asked
    },
  )
  watch(
    () => [whole().from, whole().to].join(),
    () => {
      move(held(inUrl()))
      settled.value = window.value
    },
  )
  onScopeDispose(() => {
    clearTimeout(settling)
    clearTimeout(keeping)
  })

  const plot = (event: MouseEvent) => {
    const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect()
    return { x: event.clientX - left - PLOT_LEFT, width: Math.max(1, width - PLOT_LEFT - PLOT_RIGHT) }
  }
  const secondsAt = (event: MouseEvent): number => {
    const { x, width } = plot(event)
    const { from, to } = window.value
    return from + (Math.min(Math.max(x, 0), width) / width) * (to - from)
  }
  const zoomBy = (factor: number, at = (window.value.from + window.value.to) / 2): void => move(zoomed(window.value, factor, at, whole()))
  const panBy = (share: number): void => move(panned(window.value, share * (window.value.to - window.value.from), whole()))
  const reset = (): void => move(whole())

  const onWheel = (event: WheelEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      event.preventDefault()
      zoomBy(Math.exp(event.deltaY * WHEEL_STEP), secondsAt(event))
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY) && !isWhole.value) {
      event.preventDefault()
      panBy(event.deltaX / plot(event).width)
    }
  }
  const onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return
    drag = { x: event.clientX, window: window.value, isBrush: isWhole.value || event.shiftKey }
    ;(event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)
  }
  const onMove = (event: PointerEvent): void => {
    hoverSeconds.value = secondsAt(event)
    if (drag === null) return
    const { from, to } = drag.window
    const perPixel = (to - from) / plot(event).width
    const moved = event.clientX - drag.x
    if (!drag.isBrush) move(panned(drag.window, -moved * perPixel, whole()))
    else if (Math.abs(moved) >= LEAST_DRAG_PX) {
      const ends = [hoverSeconds.value, hoverSeconds.value - moved * perPixel]
      brush.value = { from: Math.min(...ends), to: Math.max(...ends) }
    }
  }
  const onUp = (): void => {
    if (brush.value !== null) move(heldWithin(brush.value, whole()))
    brush.value = null
    drag = null
  }
  const onLeave = (): void => {
    if (drag === null) hoverSeconds.value = null
  }
  const KEYS: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => panBy(-0.2),
    ArrowRight: () => panBy(0.2),
    '+': () => zoomBy(0.6),
    '=': () => zoomBy(0.6),
    '-': () => zoomBy(1 / 0.6),
    '0': reset,
  }
  const onKey = (event: KeyboardEvent): void => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : KEYS[event.key]
    if (act === undefined) return
    event.preventDefault()
    act()
  }
  return { window, settled, hoverSeconds, brush, isWhole, zoomBy, panBy, reset, onWheel, onDown, onMove, onUp, onLeave, onKey }
}
