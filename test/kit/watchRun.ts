import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { SECRETS } from './secretSearch.ts'

/** A subscription that collects what it is sent. */
export interface Watch<T> {
  readonly updates: readonly T[]
  /** When each came, milliseconds since 1970. */
  readonly receivedAtMs: readonly number[]
  /** The first update that holds, of those that came and will come. Fails when the subscription ends or fails before. */
  first(what: string, holds: (update: T) => boolean): Promise<T>
  /** Resolves when the server ends the subscription, fails when it refuses it. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

interface Waiting<T> {
  readonly what: string
  readonly holds: (update: T) => boolean
  readonly resolve: (update: T) => void
  readonly reject: (error: Error) => void
}

/** Subscribes over WebSocket (graphql-ws). @param url of the server, `http://…` @param field that the document asks for */
export const watch = <T>(url: string, query: string, variables: Readonly<Record<string, unknown>> = {}): Watch<T> => {
  const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 })
  const updates: T[] = []
  const receivedAtMs: number[] = []
  const waiting = new Set<Waiting<T>>()
  let over: Error | null = null

  const end = (error: Error): void => {
    over = error
    for (const { what, reject } of waiting)
      reject(new Error(`${what}: ${error.message}; the last update: ${JSON.stringify(updates.at(-1))}`))
    waiting.clear()
  }
  const ended = new Promise<void>((resolve, reject) => {
    client.subscribe<T>(
      { query, variables: { ...variables } },
      {
        next: ({ data, errors }) => {
          SECRETS.lookInAnswer(JSON.stringify({ data, errors }))
          if (errors !== undefined || data == null) throw new Error(JSON.stringify(errors))
          updates.push(data)
          receivedAtMs.push(Date.now())
          for (const one of waiting) {
            if (!one.holds(data)) continue
            waiting.delete(one)
            one.resolve(data)
          }
        },
        error: problem => {
          const error = problem instanceof Error ? problem : new Error(JSON.stringify(problem))
          end(error)
          reject(error)
        },
        complete: () => {
          end(new Error('the subscription has ended'))
          resolve()
        },
      },
    )
  })
  // Whoever does not wait for the end hears of a failure by `first`.
  ended.catch(() => undefined)

  return {
    updates,
    receivedAtMs,
    first: (what, holds) => {
      const known = updates.find(holds)
      if (known !== undefined) return Promise.resolve(known)
      if (over !== null) return Promise.reject(new Error(`${what}: ${over.message}; the last update: ${JSON.stringify(updates.at(-1))}`))
      return new Promise((resolve, reject) => waiting.add({ what, holds, resolve, reject }))
    },
    ended,
    stop: async () => await client.dispose(),
  }
}
