import { useSession } from './session.ts'
import { useToasts } from './toasts.ts'

/** Signs out, and leaves for a fresh sign-in page: nothing of whoever was here stays in this tab. */
export const useSigningOut = (): (() => Promise<void>) => {
  const session = useSession()
  const toasts = useToasts()
  return async () => {
    const problem = await session.signOut()
    if (problem === null) location.assign('/sign-in')
    else toasts.show({ title: 'You are still signed in', text: problem.text, tone: 'error' })
  }
}
