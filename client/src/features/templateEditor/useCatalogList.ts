import type { AnyVariables, TypedDocumentNode } from '@urql/core'
import { ref, shallowRef, watch } from 'vue'
import { askServer } from '../../api/askServer.ts'
import type { ServerProblem } from '../../api/serverProblem.ts'

/**
 * A list of the catalog, read anew when what it depends on changes. `variables`: null while that is not known yet. A failure keeps no old list.
 */
export const useCatalogList = <Data, Variables extends AnyVariables, Row>(
  document: TypedDocumentNode<Data, Variables & { readonly refresh: boolean }>,
  variables: () => Variables | null,
  rowsIn: (data: Data) => readonly Row[],
) => {
  const rows = shallowRef<readonly Row[] | null>(null)
  const problem = shallowRef<ServerProblem | null>(null)
  const isReading = ref(false)
  let round = 0
  const read = async (refresh = false): Promise<void> => {
    const mine = ++round
    const wanted = variables()
    problem.value = null
    if (!refresh) rows.value = null
    isReading.value = wanted !== null
    if (wanted === null) return
    const answer = await askServer(document, { ...wanted, refresh } as Variables & { readonly refresh: boolean })
    if (mine !== round) return
    isReading.value = false
    problem.value = answer.problem
    rows.value = answer.problem === null ? rowsIn(answer.data) : null
  }
  watch(
    () => JSON.stringify(variables()),
    () => void read(),
    { immediate: true },
  )
  return { rows, problem, isReading, read }
}
