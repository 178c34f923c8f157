import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { ALL_EXECUTIONS, type ExecutionView, executionQuery, filterCount, readExecutionView } from '../../stores/executionView.ts'

/** Filter and order of the executions, and the one that is open, kept in the URL. */
export const useExecutionView = () => {
  const route = useRoute()
  const router = useRouter()
  const view = computed(() => readExecutionView(route.query))
  const openId = computed(() => (typeof route.query['open'] === 'string' && route.query['open'] !== '' ? route.query['open'] : null))
  const show = (changed: Partial<ExecutionView>, open: string | null): void =>
    void router.replace({ query: { ...executionQuery({ ...view.value, ...changed }), ...(open === null ? {} : { open }) } })
  const change = (changed: Partial<ExecutionView>): void => show(changed, openId.value)
  return {
    view,
    openId,
    open: (id: string | null): void => show({}, id),
    filters: computed(() => filterCount(view.value)),
    change,
    clear: (): void => change({ ...ALL_EXECUTIONS, field: view.value.field, direction: view.value.direction }),
    /** By a column: once more turns the order round; the slowest come first. */
    sortBy: (field: ExecutionView['field']): void => {
      const turned = view.value.direction === 'ASC' ? 'DESC' : 'ASC'
      change({ field, direction: view.value.field === field ? turned : field === 'RESPONSE' ? 'DESC' : 'ASC' })
    },
  }
}
