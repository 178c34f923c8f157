import { createRequire } from 'node:module'

/**
 * The driver sends a statement's request up to eight times, over a minute and more, and cannot be told not to. Without a limit of our own, a statement
 * that was given up long ago would still be executed when the server comes back, and write what is no longer true. So every request is looked at before
 * it leaves: the ones of a statement that was given up, and further tries than were allowed, are refused.
 */
export interface RequestWatch {
  /** How often the driver has sent it again. */
  readonly retries: number
  /** From now on nothing more of it is sent. */
  giveUp(): void
  /** The driver has done with it. */
  end(): void
}

interface Watched {
  retries: number
  readonly mostRetries: number
  isGivenUp: boolean
}

const watched = new Map<string, Watched>()

/** @param requestId of a statement that the driver is just sending */
export const watchRequest = (requestId: string, mostRetries: number): RequestWatch => {
  const entry: Watched = { retries: 0, mostRetries, isGivenUp: false }
  watched.set(requestId, entry)
  return {
    get retries() {
      return entry.retries
    },
    giveUp: () => {
      entry.isGivenUp = true
    },
    end: () => {
      watched.delete(requestId)
    },
  }
}

interface OutgoingRequest {
  readonly url?: string
}
interface DriversHttp {
  readonly interceptors: { readonly request: { use(look: (request: OutgoingRequest) => OutgoingRequest): number } }
}

/** Once a process, after the driver was loaded: looks at what the driver's own HTTP client sends. */
export const watchRequests = (): void => {
  // The driver offers no way in; this file of it is the one place that all of its requests pass.
  const { default: http } = createRequire(import.meta.url)('snowflake-sdk/dist/lib/http/axios_instance.js') as { default: DriversHttp }
  http.interceptors.request.use(admit)
}

/** A cancellation that does not get through would otherwise be tried for a minute, and keep the process from ending. */
const MOST_CANCEL_RETRIES = 1

const admit = (request: OutgoingRequest): OutgoingRequest => {
  const url = request.url ?? ''
  const retry = Number(/[?&]retryCount=(\d+)/.exec(url)?.[1] ?? 0)
  if (url.includes('/abort-request')) refuseAfter(retry, MOST_CANCEL_RETRIES)
  const entry = watched.get(/[?&]requestId=([^&]+)/.exec(url)?.[1] ?? '')
  if (entry === undefined) return request
  if (entry.isGivenUp) throw new Error('the statement was given up')
  refuseAfter(retry, entry.mostRetries)
  entry.retries = Math.max(entry.retries, retry)
  return request
}

const refuseAfter = (retry: number, mostRetries: number): void => {
  if (retry > mostRetries) throw new Error(`no answer after ${retry} ${retry === 1 ? 'try' : 'tries'}`)
}
