import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { letIn, onTurnedAway } from '../api/admission.ts'
import { askServer, tellServer } from '../api/askServer.ts'
import { type Role, signInMutation, signOutMutation, type Viewer, viewerQuery } from '../api/documents/viewerDocuments.ts'
import { waitBeforeRetry } from '../api/retryDelay.ts'
import type { ServerProblem } from '../api/serverProblem.ts'
import { allowsRole, whyRoleIsTooLow } from '../ui/words/roles.ts'

/** Nobody has signed in, and somebody must: what a refused session comes to. */
const NOBODY: Viewer = { name: null, role: null, method: 'NONE', signInRequired: true, userId: null, sessionExpiresAt: null }

/**
 * Who is at this page, and what they may do. The server checks every request itself: what is asked here only keeps people from
 * pressing what would be refused. Until the server has said who it is, everything may be pressed.
 */
export const useSession = defineStore('session', () => {
  const viewer = shallowRef<Viewer | null>(null)
  const isChecking = ref(false)

  const role = computed<Role | null>(() => viewer.value?.role ?? null)
  const mustSignIn = computed(() => viewer.value !== null && viewer.value.role === null)
  const may = (needed: Role): boolean => viewer.value === null || allowsRole(viewer.value.role, needed)
  /** Why not, in a sentence for a tooltip; null: they may. */
  const whyNot = (needed: Role): string | null => (may(needed) ? null : whyRoleIsTooLow(role.value, needed))

  const take = (found: Viewer): void => {
    viewer.value = found
    if (found.role !== null) letIn()
  }
  /** Asks who it is; over at the first answer, also when that is a failure. */
  const check = async (): Promise<ServerProblem | null> => {
    isChecking.value = true
    const { data, problem } = await askServer(viewerQuery, {})
    isChecking.value = false
    if (problem === null) take(data.viewer)
    else if (problem.code === 'UNAUTHENTICATED') take(NOBODY)
    return problem
  }
  const checkAgain = async (): Promise<void> => {
    for (let attempt = 0; viewer.value === null; attempt++) {
      await waitBeforeRetry(attempt)
      if (viewer.value === null) await check()
    }
  }
  const firstAnswer = check().then(() => {
    // A server that cannot say who it is (none is there, or its database is not) is asked on; the socket tells the page meanwhile.
    if (viewer.value !== null) return
    letIn()
    void checkAgain()
  })

  onTurnedAway(() => {
    if (!isChecking.value && !mustSignIn.value) void check()
  })

  /** Both leave the page as it is: who calls them goes on to a fresh one. */
  const signIn = async (name: string, password: string): Promise<ServerProblem | null> => {
    const { problem } = await tellServer(signInMutation, { name, password })
    return problem
  }
  const signOut = async (): Promise<ServerProblem | null> => {
    const { problem } = await tellServer(signOutMutation, {})
    return problem?.code === 'UNAUTHENTICATED' ? null : problem
  }
  return { viewer, role, mustSignIn, may, whyNot, firstAnswer, check, signIn, signOut }
})
