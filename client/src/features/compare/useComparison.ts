import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { askUntilAnswered } from '../../api/askServer.ts'
import { type Comparison, compareRunsQuery } from '../../api/documents/compareDocuments.ts'
import { runsChangedSubscription } from '../../api/documents/runListDocuments.ts'
import { followSubscription } from '../../api/followSubscription.ts'
import type { ServerProblem } from '../../api/serverProblem.ts'
import { useConnection } from '../../stores/connection.ts'
import { isActive, isTerminal } from '../../stores/runState.ts'

const CHANGES_SETTLE_MS = 250
const ACTIVE_FIGURES_EVERY_MS = 5_000

/**
 * The comparison of these runs; what was shown stays until the new one is there. As long as one of them is not over it is read anew, which
 * `revision` counts.
 */
export const useComparison = (asked: () => { readonly ids: readonly string[]; readonly baselineId: string | null }) => {
  const connection = useConnection()
  const comparison = shallowRef<Comparison | null>(null)
  const problem = shallowRef<ServerProblem | null>(null)
  const revision = ref(0)
  let turn = 0
  let answered = 0

  const read = async (): Promise<boolean> => {
    const mine = ++turn
    const { ids, baselineId } = asked()
    if (ids.length < 2) {
      comparison.value = null
      problem.value = null
      answered = mine
      return false
    }
    const answer = await askUntilAnswered(
      compareRunsQuery,
      { ids: [...ids], baselineId },
      () => mine === turn,
      found => {
        problem.value = found
      },
    )
    if (answer === null) return false
    answered = mine
    problem.value = answer.problem
    comparison.value = answer.data?.compareRuns ?? null
    return true
  }
  watch(() => JSON.stringify(asked()), read, { immediate: true })

  const runs = (): Comparison['runs'] => comparison.value?.runs ?? []
  const isReading = (): boolean => answered !== turn
  const readAnew = async (): Promise<void> => {
    if (runs().every(run => isTerminal(run.status))) return
    if (await read()) revision.value++
  }
  let settling: ReturnType<typeof setTimeout> | undefined
  /** What is being read may be from before the change. */
  const settle = (): void => {
    clearTimeout(settling)
    settling = setTimeout(() => (isReading() ? settle() : void readAnew()), CHANGES_SETTLE_MS)
  }
  const unsubscribe = followSubscription(
    runsChangedSubscription,
    () => ({}),
    ({ runsChanged }) => {
      if (asked().ids.includes(runsChanged.id)) settle()
    },
  )
  const polling = setInterval(() => {
    if (document.visibilityState === 'visible' && !isReading() && runs().some(run => isActive(run.status))) void readAnew()
  }, ACTIVE_FIGURES_EVERY_MS)
  watch(() => connection.reconnectCount, settle)
  onScopeDispose(() => {
    turn++
    clearTimeout(settling)
    clearInterval(polling)
    unsubscribe()
  })
  return { comparison, problem, revision }
}
