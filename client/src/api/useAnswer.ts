import type { AnyVariables, TypedDocumentNode } from '@urql/core'
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { askUntilAnswered } from './askServer.ts'
import type { ServerProblem } from './serverProblem.ts'

/**
 * The answer to one question, asked when it is wanted and anew when its variables change. The old answer is shown until the
 * new one is there; a server that cannot be reached is asked until it answers.
 */
export const useAnswer = <Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: () => Variables,
  isWanted: () => boolean = () => true,
) => {
  const data = shallowRef<Data | null>(null)
  const problem = shallowRef<ServerProblem | null>(null)
  const isLoading = ref(false)
  let turn = 0

  const load = async (): Promise<void> => {
    const mine = ++turn
    isLoading.value = true
    const answer = await askUntilAnswered(
      document,
      variables(),
      () => mine === turn,
      found => {
        problem.value = found
      },
    )
    if (answer === null) return
    isLoading.value = false
    problem.value = answer.problem
    if (answer.data !== null) data.value = answer.data
  }
  watch(
    () => (isWanted() ? JSON.stringify(variables()) : null),
    wanted => {
      if (wanted !== null) void load()
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    turn++
  })
  return { data, problem, isLoading, load }
}
