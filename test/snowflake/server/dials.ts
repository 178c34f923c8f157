import { once } from 'node:events'

/** What kind of request a fault is for. */
export type RequestPath = 'LOGIN' | 'QUERY' | 'POLL' | 'OTHER'

/** `BEFORE_EXECUTION`: nothing was done; `AFTER_EXECUTION`: it was done, only the answer is missing. */
export type FaultMoment = 'BEFORE_EXECUTION' | 'AFTER_EXECUTION'

/** What a statement looks like to a dial. */
export interface StatementFacts {
  readonly text: string
  /** Its QUERY_TAG; empty: none. */
  readonly tag: string
  readonly user: string
  readonly warehouse: string | null
  /** CLIENT_ENVIRONMENT.APPLICATION of its session; empty: none. */
  readonly application: string
}

/**
 * Faults and delays, changed while the server runs; each takes effect with the next request, statement or wait that begins. Nothing is left to
 * chance: counts are exact, and what does not match `path` is not counted.
 */
export interface Dials {
  /** Added to each statement's execution, as if it ran that long: its warehouse is busy meanwhile, and it can be cancelled and time out. */
  statementLatencyMs: number
  /** Which statements `statementLatencyMs` is for; null: all that run in PostgreSQL. */
  statementLatencyFor: ((statement: StatementFacts) => boolean) | null
  /** Before each sign-in is answered. */
  loginLatencyMs: number
  /** No more than so many statements at once over all sessions; others wait for their turn (not counted as queued), or are answered with 429. */
  throttle: { readonly statements: number; readonly over: 'WAIT' | 'REFUSE' } | null
  /** Added to CURRENT_TIMESTAMP as statements see it, and to the times in QUERY_HISTORY. */
  clockSkewMs: number
  /** ACCOUNT_USAGE: how long it lags behind (the service: up to three hours), and whether the roles may see it. */
  accountUsage: { readonly delayMs: number; readonly isGranted: boolean }
  /** How long an answer is waited for before "in progress" (333333) goes out, and how long each poll is held. The service holds about 45 s. */
  holdMs: number
  /** Puts white space wherever JSON allows it: whoever looks into an answer's text must not rely on there being none. */
  prettyAnswers: boolean
  /** Answers the next `times` requests with an HTTP status, without a look at them. */
  answerNext(times: number, status: number, path?: RequestPath): void
  /** Destroys the socket of the next `times` requests. After execution: the driver's retry, with the same request id, meets a statement that was executed. */
  dropNext(times: number, moment: FaultMoment, path?: RequestPath): void
  /** From now on requests are accepted and not answered, until the returned function is called. */
  holdAnswers(moment: FaultMoment, path?: RequestPath): () => void
  /**
   * An outage: ends every connection, and refuses (`REFUSED`: the port is closed) or resets (`RESET`) new ones until the returned function is called.
   * Statements under way go on.
   */
  startOutage(kind?: 'REFUSED' | 'RESET'): Promise<() => Promise<void>>
  /** Forgets armed faults, releases held answers, puts every figure back. An outage goes on until its own end. */
  reset(): void
}

export type Fault = { readonly type: 'STATUS'; readonly status: number } | { readonly type: 'DROP'; readonly moment: FaultMoment }

interface Armed {
  left: number
  readonly fault: Fault
  readonly path: RequestPath | undefined
}

interface Hold {
  readonly moment: FaultMoment
  readonly path: RequestPath | undefined
  readonly released: Promise<void>
  readonly release: () => void
}

/** The dials, and what the server asks of them. */
export interface DialBoard {
  readonly dials: Dials
  /** Takes the next armed fault for a request, if there is one for it. */
  takeFault(path: RequestPath): Fault | null
  /** Resolves when no hold is on for such a request at that moment; null: none is. */
  waitWhileHeld(path: RequestPath, moment: FaultMoment): Promise<void> | null
}

/** @param startOutage closes the door, resolves with what opens it again */
export const createDialBoard = (startOutage: (kind: 'REFUSED' | 'RESET') => Promise<() => Promise<void>>): DialBoard => {
  let armed: Armed[] = []
  let holds: Hold[] = []
  const figures = {
    statementLatencyMs: 0,
    statementLatencyFor: null,
    loginLatencyMs: 0,
    throttle: null,
    clockSkewMs: 0,
    accountUsage: { delayMs: 3 * 3_600_000, isGranted: true },
    holdMs: 2000,
    prettyAnswers: false,
  }
  const matches = (wanted: RequestPath | undefined, path: RequestPath): boolean => wanted === undefined || wanted === path
  const dials: Dials = {
    ...figures,
    answerNext(times, status, path) {
      if (times > 0) armed.push({ left: times, fault: { type: 'STATUS', status }, path })
    },
    dropNext(times, moment, path) {
      if (times > 0) armed.push({ left: times, fault: { type: 'DROP', moment }, path })
    },
    holdAnswers(moment, path) {
      const gate = new AbortController()
      const released = once(gate.signal, 'abort').then(() => undefined)
      const hold: Hold = { moment, path, released, release: () => gate.abort() }
      holds.push(hold)
      return () => {
        holds = holds.filter(other => other !== hold)
        hold.release()
      }
    },
    startOutage: (kind = 'REFUSED') => startOutage(kind),
    reset() {
      armed = []
      for (const hold of holds) hold.release()
      holds = []
      Object.assign(dials, figures)
    },
  }
  return {
    dials,
    takeFault(path) {
      if (armed.length === 0) return null
      const found = armed.find(one => matches(one.path, path))
      if (found === undefined) return null
      found.left--
      if (found.left === 0) armed = armed.filter(one => one !== found)
      return found.fault
    },
    waitWhileHeld(path, moment) {
      if (holds.length === 0) return null
      const found = holds.find(hold => hold.moment === moment && matches(hold.path, path))
      return found === undefined ? null : found.released
    },
  }
}
