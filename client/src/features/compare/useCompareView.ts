import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { type CompareView, readView, viewInUrl } from './compareView.ts'

/** How the reader looks at the comparison; all of it is in the URL. */
export const useCompareView = () => {
  const route = useRoute()
  const router = useRouter()
  const view = computed(() => readView(route.query))
  const show = (change: Partial<CompareView>): void => void router.replace({ query: viewInUrl({ ...view.value, ...change }) })
  /** A step that "back" undoes. */
  const go = (change: Partial<CompareView>): void => void router.push({ query: viewInUrl({ ...view.value, ...change }) })
  return { view, show, go }
}
