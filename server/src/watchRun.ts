import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { Fault } from './fault.ts'

/** What a script sees of a run: one line of JSON an update. */
const UPDATES = `subscription ($runId: ID!) { runUpdated(runId: $runId) {
  run {
    id status phase completionReason cancellationReason timing { serverNow elapsedSeconds }
    aggregateMetrics { scope qps errorRate p50Ms p95Ms p99Ms maxMs activeConnections targetConnections clientLimited }
  }
  workers { workerId status health qps p95Ms }
} }`

interface Update {
  readonly run: { readonly status: string }
}

const EXIT_CODES: Readonly<Record<string, number>> = { COMPLETED: 0, FAILED: 1, CANCELLED: 2 }
const TRIES = 10

export interface Watched {
  /** Of the server. */
  readonly url: string
  /** Null: it wants none. */
  readonly token: string | null
}

/**
 * Follows a run of a server over its subscription and writes each update as a line of JSON, until the run is over.
 * @returns the exit code for a script: 0 completed, 1 failed or not to be followed, 2 cancelled
 */
export const watchRun = async (runId: string, { url, token }: Watched, write: (line: string) => void): Promise<number> => {
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: TRIES,
    lazy: true,
    ...(token === null ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
  })
  try {
    let status = ''
    for await (const { data, errors } of client.iterate<{ runUpdated: Update }>({ query: UPDATES, variables: { runId } })) {
      if (errors !== undefined) throw new Fault(errors.map(error => error.message).join('; '))
      if (data == null) continue
      status = data.runUpdated.run.status
      write(JSON.stringify(data.runUpdated))
    }
    return EXIT_CODES[status] ?? 1
  } catch (error) {
    throw error instanceof Fault ? error : new Fault(wordsFor(error, url))
  } finally {
    await client.dispose()
  }
}

/** The client throws the server's errors as a list, and what the socket says as an event. */
const wordsFor = (error: unknown, url: string): string => {
  if (Array.isArray(error)) return error.map(one => (one as { message: string }).message).join('; ')
  return `The run cannot be followed: is FlakeBench serving at ${url}? Name another with --port.`
}
