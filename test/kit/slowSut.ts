import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type AnsweredRequest, SlowSession } from './slowSutSession.ts'

/**
 * A PostgreSQL with a dial: a TCP server in front of a real one. It measures what it has really imposed on each request, and keeps it.
 */
export interface SlowSut {
  readonly port: number
  readonly answered: readonly AnsweredRequest[]
  /** No reply leaves earlier than so long after its request has come. */
  setResponseTime(ms: number): void
  /**
   * So many servers share all requests, each busy with one for `serviceMs`; the rest wait in the order of their coming. As many connections as servers are
   * the knee: more of them wait longer and do no more. Null: no such bound.
   */
  setCapacity(capacity: Capacity | null): void
  /** No reply leaves for so long; without a time, until `thaw`. New connections are taken, and get no answer either. */
  freeze(ms?: number): void
  thaw(): void
  /** Ends every connection, and refuses new ones until `accept`. */
  refuse(): Promise<void>
  accept(): Promise<void>
  /** Ends every connection; new ones are taken. */
  dropAll(): void
  /** How late this process itself was since the last call: what may lie between a request's arrival and its being noticed. */
  readOwnDelay(): OwnDelay
  close(): Promise<void>
}

export interface Capacity {
  readonly servers: number
  readonly serviceMs: number
}

export interface OwnDelay {
  readonly p99Ms: number
  readonly maxMs: number
}

const DELAY_RESOLUTION_MS = 5
const NS_PER_MS = 1_000_000

/** @param behind the real server */
export const startSlowSut = async (behind: { readonly host: string; readonly port: number }): Promise<SlowSut> => {
  const answered: AnsweredRequest[] = []
  const sessions = new Set<SlowSession>()
  let responseTimeMs = 0
  let frozenUntilMs = Number.NEGATIVE_INFINITY
  let serviceMs = 0
  /** When each server will have done what it was given. */
  let freeAtMs: number[] = []
  const serve = (arrivedAtMs: number): number => {
    if (freeAtMs.length === 0) return arrivedAtMs
    const first = freeAtMs.indexOf(Math.min(...freeAtMs))
    const doneAtMs = Math.max(arrivedAtMs, freeAtMs[first] as number) + serviceMs
    freeAtMs[first] = doneAtMs
    return doneAtMs
  }
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS })
  delay.enable()

  const releaseAll = (): void => {
    for (const session of sessions) session.release()
  }
  const server = createServer(client => {
    const session = new SlowSession(client, connect(behind.port, behind.host), {
      serve,
      dueAt: (arrivedAtMs, servedAtMs) => Math.max(arrivedAtMs + responseTimeMs, servedAtMs, frozenUntilMs),
      answered: request => answered.push(request),
    })
    sessions.add(session)
    client.on('close', () => sessions.delete(session))
  })
  const dropAll = (): void => {
    for (const session of sessions) session.drop()
  }
  const refuse = async (): Promise<void> => {
    const closed = new Promise<void>(resolve => server.close(() => resolve()))
    dropAll()
    await closed
  }
  const thaw = (): void => {
    frozenUntilMs = Number.NEGATIVE_INFINITY
    releaseAll()
  }
  await listen(server, 0)
  const { port } = server.address() as AddressInfo

  return {
    port,
    answered,
    setResponseTime: ms => {
      responseTimeMs = ms
      releaseAll()
    },
    setCapacity: capacity => {
      serviceMs = capacity?.serviceMs ?? 0
      freeAtMs = Array.from({ length: capacity?.servers ?? 0 }, () => Number.NEGATIVE_INFINITY)
    },
    freeze: ms => {
      frozenUntilMs = ms === undefined ? Number.POSITIVE_INFINITY : performance.now() + ms
    },
    thaw,
    refuse,
    accept: () => listen(server, port),
    dropAll,
    readOwnDelay: () => {
      const late = (ns: number): number => Math.max(ns / NS_PER_MS - DELAY_RESOLUTION_MS, 0)
      const own = { p99Ms: late(delay.percentile(99)), maxMs: late(delay.max) }
      delay.reset()
      return own
    },
    close: async () => {
      delay.disable()
      if (server.listening) await refuse()
    },
  }
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
