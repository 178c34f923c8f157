import { computed, onBeforeUnmount, onMounted, ref, type ShallowRef } from 'vue'

/** Rows drawn beyond what is seen, so that scrolling shows no blank. */
const SPARE_ROWS = 20

interface RowWindow {
  readonly from: number
  readonly to: number
}

/** Which of so many rows of one height have to be drawn, when so much of the list is above the upper edge of what is seen. */
export const rowsInSight = (rowCount: number, rowHeight: number, scrolledPx: number, sightPx: number): RowWindow => {
  const first = Math.floor(scrolledPx / rowHeight) - SPARE_ROWS
  const last = Math.ceil((scrolledPx + sightPx) / rowHeight) + SPARE_ROWS
  const from = Math.min(Math.max(0, first), Math.max(0, rowCount - 1))
  return { from, to: Math.min(rowCount, Math.max(from, last)) }
}

/** Draws only the rows of a long list that are seen. The page itself scrolls; `body` is what holds the rows. */
export const useRowWindow = (body: Readonly<ShallowRef<HTMLElement | null>>, rowCount: () => number, rowHeight: number) => {
  const scrolledPx = ref(0)
  const sightPx = ref(window.innerHeight)
  const look = (): void => {
    sightPx.value = window.innerHeight
    scrolledPx.value = Math.max(0, -(body.value?.getBoundingClientRect().top ?? 0))
  }
  onMounted(() => {
    look()
    window.addEventListener('scroll', look, { passive: true })
    window.addEventListener('resize', look)
  })
  onBeforeUnmount(() => {
    window.removeEventListener('scroll', look)
    window.removeEventListener('resize', look)
  })
  const rows = computed(() => rowsInSight(rowCount(), rowHeight, scrolledPx.value, sightPx.value))
  return {
    rows,
    abovePx: computed(() => rows.value.from * rowHeight),
    belowPx: computed(() => (rowCount() - rows.value.to) * rowHeight),
    /** The list is seen to within half a window of its end. */
    isNearEnd: computed(() => (rowCount() - (scrolledPx.value + sightPx.value) / rowHeight) * rowHeight < sightPx.value / 2),
  }
}
