import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { Column } from './historyColumns.ts'
import { type HistoryView, historyQuery, isFiltered, NO_FILTER, readHistoryView, sortedBy } from './historyView.ts'

/** Filter, order and columns of the list, kept in the URL. */
export const useHistoryView = () => {
  const route = useRoute()
  const router = useRouter()
  const view = computed(() => readHistoryView(route.query))
  const change = (changed: Partial<HistoryView>): void => void router.replace({ query: historyQuery({ ...view.value, ...changed }) })
  return {
    view,
    isFiltered: computed(() => isFiltered(view.value)),
    change,
    clear: (): void => change(NO_FILTER),
    sortBy: (column: Column): void => change(sortedBy(view.value, column)),
  }
}
