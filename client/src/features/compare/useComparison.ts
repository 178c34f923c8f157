import { onScopeDispose, shallowRef, watch } from 'vue'
import { askUntilAnswered } from '../../api/askServer.ts'
import { type Comparison, compareRunsQuery } from '../../api/documents/compareDocuments.ts'
import type { ServerProblem } from '../../api/serverProblem.ts'

/** The comparison of these runs; what was shown stays until the new one is there. */
export const useComparison = (asked: () => { readonly ids: readonly string[]; readonly baselineId: string | null }) => {
  const comparison = shallowRef<Comparison | null>(null)
  const problem = shallowRef<ServerProblem | null>(null)
  let turn = 0

  const read = async (): Promise<void> => {
    const mine = ++turn
    const { ids, baselineId } = asked()
    if (ids.length < 2) {
      comparison.value = null
      problem.value = null
      return
    }
    const answer = await askUntilAnswered(
      compareRunsQuery,
      { ids: [...ids], baselineId },
      () => mine === turn,
      found => {
        problem.value = found
      },
    )
    if (answer === null) return
    problem.value = answer.problem
    comparison.value = answer.data?.compareRuns ?? null
  }
  watch(() => JSON.stringify(asked()), read, { immediate: true })
  onScopeDispose(() => {
    turn++
  })
  return { comparison, problem, read }
}
