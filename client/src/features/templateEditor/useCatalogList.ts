import type { AnyVariables, TypedDocumentNode } from '@urql/core'
import { computed, ref, shallowRef, watch } from 'vue'
import { askServer } from '../../api/askServer.ts'
import type { ServerProblem } from '../../api/serverProblem.ts'

/** What the catalog lists. */
export interface CatalogPart<Row> {
  readonly rows: readonly Row[]
  /** There are more. */
  readonly isCut: boolean
}

/** As one types. */
const PAUSE_MS = 300

/**
 * A list of the catalog, read anew when what it depends on changes. `variables`: null while that is not known yet. `typed`: what stands in its field; where
 * the list is cut, the server looks for it. A failure keeps no old list.
 */
export const useCatalogList = <Data, Variables extends AnyVariables, Row extends { readonly name: string }>(
  document: TypedDocumentNode<Data, Variables & { readonly refresh: boolean }>,
  variables: () => Variables | null,
  partIn: (data: Data) => CatalogPart<Row>,
  typed: () => string | null = () => null,
) => {
  const listed = shallowRef<CatalogPart<Row> | null>(null)
  const found = shallowRef<CatalogPart<Row> | null>(null)
  const rows = computed(() => listed.value?.rows ?? null)
  const part = computed(() => found.value ?? listed.value)
  const problem = shallowRef<ServerProblem | null>(null)
  const isReading = ref(false)
  let round = 0
  let pause: ReturnType<typeof setTimeout> | undefined
  const ask = async (search: string | null, refresh: boolean): Promise<CatalogPart<Row> | null> => {
    const mine = ++round
    clearTimeout(pause)
    const wanted = variables()
    problem.value = null
    isReading.value = wanted !== null
    if (wanted === null) return null
    const asked = { ...wanted, refresh } as Variables & { readonly refresh: boolean }
    const answer = await askServer(document, search === null ? asked : { ...asked, search })
    if (mine !== round) return null
    isReading.value = false
    problem.value = answer.problem
    return answer.problem === null ? partIn(answer.data) : null
  }
  const read = async (refresh = false): Promise<void> => {
    if (!refresh) listed.value = null
    found.value = null
    const mine = round + 1
    const part = await ask(null, refresh)
    if (mine === round) listed.value = part
  }
  const search = async (text: string): Promise<void> => {
    const mine = round + 1
    const part = await ask(text, false)
    if (mine === round) found.value = part
  }
  watch(
    () => JSON.stringify(variables()),
    () => void read(),
    { immediate: true },
  )
  watch(typed, text => {
    clearTimeout(pause)
    if (listed.value?.isCut !== true) return
    if (!text) found.value = null
    else if (!part.value?.rows.some(({ name }) => name === text)) pause = setTimeout(() => void search(text), PAUSE_MS)
  })
  return {
    /** Without a search. */
    rows,
    /** What there is to pick from now. */
    shown: computed(() => part.value?.rows ?? null),
    isCut: computed(() => part.value?.isCut ?? false),
    problem,
    isReading,
    read,
  }
}
