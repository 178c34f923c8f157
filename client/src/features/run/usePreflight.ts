import { onScopeDispose, shallowRef, watch } from 'vue'
import { tellServer } from '../../api/askServer.ts'
import { type ConnectionTest, testConnectionMutation } from '../../api/documents/connectionDocuments.ts'
import type { ServerProblem } from '../../api/serverProblem.ts'
import { useSession } from '../../stores/session.ts'

/** What came of signing in to the database that a run is to load. */
export interface Preflight {
  readonly isOver: boolean
  /** Null: it could not be tried, or is being tried. */
  readonly test: ConnectionTest | null
  readonly problem: ServerProblem | null
}

/** Signs in once with the connection of a run that is ready, to tell before it is started what would keep it from beginning. Null: nobody may ask for it. */
export const usePreflight = (connectionId: () => string | null) => {
  const session = useSession()
  const preflight = shallowRef<Preflight | null>(null)
  let round = 0
  const attempt = async (): Promise<void> => {
    const id = connectionId()
    const mine = ++round
    preflight.value = null
    if (id === null || !session.may('OPERATOR')) return
    preflight.value = { isOver: false, test: null, problem: null }
    const { data, problem } = await tellServer(testConnectionMutation, { id })
    if (mine === round) preflight.value = { isOver: true, test: data?.testConnection ?? null, problem }
  }
  watch(connectionId, attempt, { immediate: true })
  onScopeDispose(() => round++)
  return { preflight, attempt }
}
