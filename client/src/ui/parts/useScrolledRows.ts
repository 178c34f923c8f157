import { computed, onBeforeUnmount, onMounted, ref, type ShallowRef } from 'vue'
import { rowsInSight } from './useRowWindow.ts'

/** Draws only the rows of a long list that are seen. `scroller` holds the list and scrolls by itself. */
export const useScrolledRows = (scroller: Readonly<ShallowRef<HTMLElement | null>>, rowCount: () => number, rowHeight: number) => {
  const scrolledPx = ref(0)
  const sightPx = ref(window.innerHeight)
  const look = (): void => {
    // Its height follows its rows: the window is the most that it can come to show.
    sightPx.value = window.innerHeight
    scrolledPx.value = scroller.value?.scrollTop ?? 0
  }
  onMounted(() => {
    scroller.value?.addEventListener('scroll', look, { passive: true })
    window.addEventListener('resize', look)
  })
  onBeforeUnmount(() => {
    scroller.value?.removeEventListener('scroll', look)
    window.removeEventListener('resize', look)
  })
  const rows = computed(() => rowsInSight(rowCount(), rowHeight, scrolledPx.value, sightPx.value))
  return {
    rows,
    abovePx: computed(() => rows.value.from * rowHeight),
    belowPx: computed(() => (rowCount() - rows.value.to) * rowHeight),
    isAtTop: computed(() => scrolledPx.value < rowHeight),
    /** The list is seen to within half a window of its end. */
    isNearEnd: computed(() => rowCount() * rowHeight - scrolledPx.value - sightPx.value < sightPx.value / 2),
    toTop: (): void => scroller.value?.scrollTo({ top: 0 }),
  }
}
