import type { Inspection, InspectionRequest } from '@flakebench/contract'
import { Refusal } from '../refusal.ts'
import { type InspectProcess, type InspectProcessOptions, startInspectProcess } from './inspectProcess.ts'
import { refusedUsers } from './refusedUsers.ts'
import { takeTurns } from './turns.ts'

/** Looks at the statements of templates, each time in a process of its own: what is slow or fails there harms nobody here. */
export interface Inspector {
  /**
   * Takes less time than a request may. What goes wrong there is an answer.
   * @param user who signs in, in words that change whenever the connection does
   * @throws Refusal when too many look already
   */
  inspect(request: InspectionRequest, user: string, signal: AbortSignal): Promise<Inspection>
  /** Ends those that look. */
  close(): Promise<void>
}

export interface InspectorOptions extends InspectProcessOptions {
  /** Default: 12 s. */
  readonly waitMs?: number
  /** Of a look with the wait for it. Default: a little less than a request may take. */
  readonly limitMs?: number
}

const AT_ONCE = 2
const MOST_WAITING = 20
const WAIT_MS = 12_000
const LIMIT_MS = 28_500

export const openInspector = ({ waitMs = WAIT_MS, limitMs = LIMIT_MS, ...options }: InspectorOptions): Inspector => {
  const busy = (): Refusal =>
    new Refusal('TOO_MANY_REQUESTS', `${AT_ONCE} looks at tables are under way already: wait a few seconds, and ask again`)
  const turns = takeTurns({ atOnce: AT_ONCE, mostWaiting: MOST_WAITING, waitMs, refuse: busy })
  const refused = refusedUsers(() => performance.now())
  const running = new Set<InspectProcess>()
  const closed = new AbortController()

  /** @param endMs until when an answer is waited for @param end of the turn, which lasts until the process is gone */
  const look = async (
    request: InspectionRequest,
    user: string,
    signal: AbortSignal,
    endMs: number,
    end: () => void,
  ): Promise<Inspection> => {
    // Whoever waited may have waited for its refusal.
    const problem = refused.problemOf(user)
    if (problem !== null) {
      end()
      return { type: 'FAILED', problem, isUserRefused: true }
    }
    const inspecting = startInspectProcess(options, request, endMs - performance.now(), signal)
    running.add(inspecting)
    void inspecting.ended.then(() => {
      running.delete(inspecting)
      end()
    })
    const answer = await inspecting.answer
    if (answer.type === 'FAILED' && answer.isUserRefused) refused.add(user, answer.problem)
    return answer
  }

  return {
    inspect: async (request, user, signal) => {
      const either = AbortSignal.any([signal, closed.signal])
      const endMs = performance.now() + limitMs
      return await look(request, user, either, endMs, await turns.take(either))
    },
    close: async () => {
      closed.abort()
      await Promise.all([...running].map(({ ended }) => ended))
    },
  }
}
