import type { IncomingHttpHeaders } from 'node:http'
import type { WebSocket } from 'ws'
import type { Actor } from '../../access/actor.ts'
import type { Gate } from '../../access/gate.ts'
import type { Log } from '../../log.ts'
import { Refusal } from '../../refusal.ts'
import { LIMITS } from '../limits/limits.ts'
import { CLOSE, Line } from './line.ts'
import { isRoundDue, type RightsPace } from './rightsRound.ts'

/** All open sockets: who they belong to, how many one client has, and whether they still may. */
export interface Lines {
  open(socket: WebSocket): Line
  /** Who it is, by its headers or the token that it brings. @returns false when it was closed instead */
  letIn(line: Line, headers: IncomingHttpHeaders, params: Readonly<Record<string, unknown>> | undefined): Promise<boolean>
  /** Whether it still may what it might when it was let in. It is closed when not. */
  mayStill(line: Line): Promise<boolean>
  /** Of its client, all sockets together; where nobody has signed in, of this socket. */
  subscriptionsWith(line: Line): number
  forget(line: Line): void
  /** Says good-bye to all. */
  close(): Promise<void>
}

const LOOK_EVERY_MS = 1_000
const GOODBYE_MS = 1_000
/** Whoever changes something has the answer before their own sockets are closed for it: signing out, or making the first user. Operations are refused at once. */
const ANSWER_FIRST_MS = 300

/** So many are asked about with one question. */
const ASKED_AT_ONCE = 200

/** @param pace how often it is asked whether those who do nothing but listen still may; changes made on this server hold at once */
export const openLines = (gate: Gate, log: Log, pace: RightsPace): Lines => {
  const lines = new Set<Line>()
  const withClient = ({ clientId }: Actor): Line[] =>
    [...lines].filter(line => line.isLetIn && line.isOpen && line.actor.clientId === clientId)

  const dropped = (those: readonly Line[]): void => {
    for (const one of those) one.drop(CLOSE.FORBIDDEN, 'Your sign-in has ended, or your rights have changed: sign in again.')
  }
  const askAll = async (): Promise<void> => {
    askedAtMs = performance.now()
    const asked = [...lines].filter(line => line.isLetIn && line.actor.method !== 'NOBODY')
    for (const line of lines) line.isTold = false
    for (let from = 0; from < asked.length; from += ASKED_AT_ONCE) {
      const some = asked.slice(from, from + ASKED_AT_ONCE)
      const ended = await gate.listEnded(some.map(line => line.actor)).catch((error: unknown): readonly Actor[] => {
        log.error('could not ask who is still signed in; asking again', { error })
        return []
      })
      dropped(some.filter(line => ended.includes(line.actor)))
    }
  }
  let isAsking = false
  let hasChanged = false
  /** One round at a time; one more for what was changed during it. */
  const askAgain = async (isChange: boolean): Promise<void> => {
    hasChanged ||= isChange
    if (isAsking) return
    isAsking = true
    do {
      hasChanged = false
      await askAll()
    } while (hasChanged)
    isAsking = false
  }
  let askedAtMs = performance.now()
  const looking = setInterval(() => {
    const nowMs = performance.now()
    for (const line of lines) line.look(nowMs)
    if (isRoundDue({ sinceMs: nowMs - askedAtMs, isTold: [...lines].some(line => line.isTold) }, pace)) void askAgain(false)
  }, LOOK_EVERY_MS)

  let changed: NodeJS.Timeout | null = null
  gate.whenChanged(() => {
    changed ??= setTimeout(() => {
      changed = null
      void askAgain(true)
    }, ANSWER_FIRST_MS)
  })

  return {
    open: socket => {
      const line = new Line(socket, performance.now(), ({ actor }, words) =>
        log.info('closed a WebSocket', { of: actor.name, because: words }),
      )
      lines.add(line)
      return line
    },
    letIn: async (line, headers, params) => {
      const authorization = params?.['authorization'] ?? params?.['Authorization']
      try {
        line.actor = await gate.actorOfSocket(headers, typeof authorization === 'string' ? authorization : null)
      } catch (error) {
        if (error instanceof Refusal) line.drop(CLOSE.UNAUTHENTICATED, error.message)
        else {
          log.error('could not find out who opens a WebSocket', { error })
          line.drop(CLOSE.TRY_AGAIN, 'The control database does not answer; try again in a moment.')
        }
        return false
      }
      line.isLetIn = true
      const { method } = line.actor
      const most = method === 'NOBODY' ? LIMITS.strangersSockets : LIMITS.sockets
      if (method === 'OPEN' || withClient(line.actor).length <= most) return true
      line.drop(CLOSE.TOO_MANY, `Too many sockets: a client may have ${most} at once. Close one, or use one for all subscriptions.`)
      return false
    },
    mayStill: async line => {
      const isGood = await gate.isStillGood(line.actor)
      if (!isGood) dropped([line])
      return isGood
    },
    subscriptionsWith: line => {
      if (line.actor.method === 'OPEN' || line.actor.method === 'NOBODY') return line.countSubscriptions()
      return withClient(line.actor).reduce((sum, one) => sum + one.countSubscriptions(), 0)
    },
    forget: line => void lines.delete(line),
    close: async () => {
      clearInterval(looking)
      if (changed !== null) clearTimeout(changed)
      const open = [...lines]
      for (const { socket } of open) socket.close(1001, 'Going away')
      const isGone = (): boolean => open.every(({ socket }) => socket.readyState === socket.CLOSED)
      const startedAtMs = performance.now()
      while (!isGone() && performance.now() - startedAtMs < GOODBYE_MS) await new Promise(resolve => setTimeout(resolve, 20))
      // Frozen ones would keep the server for half a minute.
      for (const { socket } of open) socket.terminate()
    },
  }
}
