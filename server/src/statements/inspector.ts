import type { Inspection, InspectionRequest } from '@flakebench/contract'
import type { ConnectionRecord } from '@flakebench/store'
import { Refusal } from '../refusal.ts'
import { SignInHeld, SignInRefused, type SignIns } from '../warehouse/carefulSignIns.ts'
import { type InspectProcess, type InspectProcessOptions, startInspectProcess } from './inspectProcess.ts'
import { takeTurns } from './turns.ts'

/** Looks at the statements of templates, each time in a process of its own: what is slow or fails there harms nobody here. */
export interface Inspector {
  /**
   * Takes less time than a request may. What goes wrong there is an answer.
   * @param connection that is signed in with; null: none is saved
   * @throws Refusal when too many look already
   */
  inspect(request: InspectionRequest, connection: ConnectionRecord | null, signal: AbortSignal): Promise<Inspection>
  /** Ends those that look. */
  close(): Promise<void>
}

export interface InspectorOptions extends InspectProcessOptions {
  /** Of this server: the processes sign in for themselves. */
  readonly signIns: SignIns
  /** Default: 12 s. */
  readonly waitMs?: number
  /** Of a look with the wait for it. Default: a little less than a request may take. */
  readonly limitMs?: number
}

const AT_ONCE = 2
const MOST_WAITING = 20
const WAIT_MS = 12_000
const LIMIT_MS = 28_500

/** A look that failed, though not by its sign-in. */
class LookFailed extends Error {
  override readonly name = 'LookFailed'
  constructor(readonly answer: Inspection) {
    super('a look failed')
  }
}

const failed = (problem: string, isUserRefused: boolean): Inspection => ({ type: 'FAILED', problem, isUserRefused })

export const openInspector = ({ signIns, waitMs = WAIT_MS, limitMs = LIMIT_MS, ...options }: InspectorOptions): Inspector => {
  const busy = (): Refusal =>
    new Refusal('TOO_MANY_REQUESTS', `${AT_ONCE} looks at tables are under way already: wait a few seconds, and ask again`)
  const turns = takeTurns({ atOnce: AT_ONCE, mostWaiting: MOST_WAITING, waitMs, refuse: busy })
  const running = new Set<InspectProcess>()
  const closed = new AbortController()

  /** @param endMs until when an answer is waited for @param end of the turn, which lasts until the process is gone @throws LookFailed, SignInRefused */
  const look = async (request: InspectionRequest, signal: AbortSignal, endMs: number, end: () => void): Promise<Inspection> => {
    const inspecting = startInspectProcess(options, request, endMs - performance.now(), signal)
    running.add(inspecting)
    void inspecting.ended.then(() => {
      running.delete(inspecting)
      end()
    })
    const answer = await inspecting.answer
    if (answer.type !== 'FAILED') return answer
    throw answer.isUserRefused ? new SignInRefused(answer.problem) : new LookFailed(answer)
  }

  /** What is thrown on the way to an answer, as one. */
  const toAnswer = (error: unknown, waited: AbortSignal): Inspection => {
    if (error instanceof LookFailed) return error.answer
    if (error instanceof SignInRefused || error instanceof SignInHeld) return failed(error.message, true)
    if (waited.aborted) return failed('Another sign-in of this connection is under way, and takes long: ask again in a moment', false)
    throw error
  }

  return {
    inspect: async (request, connection, signal) => {
      const either = AbortSignal.any([signal, closed.signal])
      const endMs = performance.now() + limitMs
      const end = await turns.take(either)
      // Whoever waited for a turn waits no longer for the sign-in ahead than the rest of the time.
      const waited = AbortSignal.any([either, AbortSignal.timeout(Math.max(1, Math.round(endMs - performance.now())))])
      let hasBegun = false
      const begin = (): Promise<Inspection> => {
        hasBegun = true
        return look(request, either, endMs, end)
      }
      try {
        return connection === null ? await begin() : await signIns.run(connection, begin, waited)
      } catch (error) {
        return toAnswer(error, waited)
      } finally {
        if (!hasBegun) end()
      }
    },
    close: async () => {
      closed.abort()
      await Promise.all([...running].map(({ ended }) => ended))
    },
  }
}
