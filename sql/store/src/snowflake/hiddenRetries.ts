import { createRequire } from 'node:module'
import { goesOnInFiles } from './chunkedAnswers.ts'

/**
 * The driver sends a statement's request up to eight times, with pauses of 1 to 16 s over a minute and more, and cannot be told not to. Without a limit
 * of our own, a statement that was given up long ago would still be executed when the server comes back, and write what is no longer true. So every
 * request of a statement is looked at before it leaves, and when it comes back: the ones of a statement that was given up, and further tries than were
 * allowed, are refused.
 */
export interface RequestWatch {
  /** How often the driver has sent a request of it again: the statement itself, or the question for its answer. */
  readonly retries: number
  /** Its last try has failed, and the driver has not sent another yet: nothing of it is on its way. */
  readonly isPausing: boolean
  /** The HTTP status that the last failed try was answered with; null: none failed, or there was no answer. */
  readonly failedStatus: number | null
  /** The answer that has come goes on in files that are still to be fetched. */
  readonly goesOnInFiles: boolean
  /** From now on the statement is not sent any more. @param idle called once if the driver is left in a pause: at once, or when the try that is on its way fails */
  giveUp(idle?: () => void): void
  /** The driver has done with it. */
  end(): void
}

interface Watched {
  retries: number
  isPausing: boolean
  failedStatus: number | null
  goesOnInFiles: boolean
  isGivenUp: boolean
  idle: (() => void) | null
  readonly mostRetries: number
  readonly queryId: () => string | null | undefined
}

const watched = new Map<string, Watched>()

/**
 * @param requestId of a statement that the driver is just sending
 * @param queryId what the server calls it, once it has said so: the driver asks for a late answer by this name
 */
export const watchRequest = (requestId: string, mostRetries: number, queryId: Watched['queryId'] = () => null): RequestWatch => {
  const entry: Watched = {
    retries: 0,
    isPausing: false,
    failedStatus: null,
    goesOnInFiles: false,
    isGivenUp: false,
    idle: null,
    mostRetries,
    queryId,
  }
  watched.set(requestId, entry)
  return {
    get retries() {
      return entry.retries
    },
    get isPausing() {
      return entry.isPausing
    },
    get failedStatus() {
      return entry.failedStatus
    },
    get goesOnInFiles() {
      return entry.goesOnInFiles
    },
    giveUp: idle => {
      entry.isGivenUp = true
      if (idle === undefined) return
      if (entry.isPausing) idle()
      else entry.idle = idle
    },
    end: () => {
      watched.delete(requestId)
    },
  }
}

interface Response {
  readonly data?: unknown
}
type Send = (request: OutgoingRequest) => Promise<Response>
interface OutgoingRequest {
  readonly url?: string
  adapter?: Send
}
interface DriversHttp {
  readonly defaults: { readonly adapter: unknown }
  readonly interceptors: { readonly request: { use(look: (request: OutgoingRequest) => OutgoingRequest): number } }
}

/** Once a process, after the driver was loaded: looks at what the driver's own HTTP client sends. */
export const watchRequests = (): void => {
  const require = createRequire(import.meta.url)
  // The driver offers no way in; this file of it is the one place that all of its requests pass, and axios what it sends them with.
  const { default: http } = require('snowflake-sdk/dist/lib/http/axios_instance.js') as { default: DriversHttp }
  const axios = createRequire(require.resolve('snowflake-sdk'))('axios') as { getAdapter(adapter: unknown): Send }
  const send = axios.getAdapter(http.defaults.adapter)
  http.interceptors.request.use(request => admit(request, send))
}

/** A cancellation that does not get through would otherwise be tried for a minute, and keep the process from ending. */
const MOST_CANCEL_RETRIES = 1

const admit = (request: OutgoingRequest, send: Send): OutgoingRequest => {
  const url = request.url ?? ''
  const retry = Number(/[?&]retryCount=(\d+)/.exec(url)?.[1] ?? 0)
  if (url.includes('/abort-request')) refuseAfter(retry, MOST_CANCEL_RETRIES)
  const entry = watched.get(/[?&]requestId=([^&]+)/.exec(url)?.[1] ?? '')
  const asked = entry ?? askedFor(url)
  if (asked === undefined) return request
  if (entry !== undefined) {
    if (entry.isGivenUp) throw new Error('the statement was given up')
    refuseAfter(retry, entry.mostRetries)
  }
  if (retry > 0) asked.retries += 1
  request.adapter = outgoing => sendWatched(outgoing, asked, send)
  return request
}

const refuseAfter = (retry: number, mostRetries: number): void => {
  if (retry > mostRetries) throw new Error(`no answer after ${retry} ${retry === 1 ? 'try' : 'tries'}`)
}

/** Whose late answer is asked for. Seldom: of statements that take longer than the server holds a request. */
const askedFor = (url: string): Watched | undefined => {
  const queryId = /\/queries\/([^/?]+)\/result/.exec(url)?.[1]
  if (queryId === undefined) return undefined
  for (const entry of watched.values()) if (entry.queryId() === queryId) return entry
  return undefined
}

const sendWatched = async (request: OutgoingRequest, entry: Watched, send: Send): Promise<Response> => {
  entry.isPausing = false
  try {
    const response = await send(request)
    if (typeof response.data === 'string') entry.goesOnInFiles = goesOnInFiles(response.data)
    return response
  } catch (error) {
    entry.isPausing = true
    entry.failedStatus = (error as { response?: { status?: number } }).response?.status ?? null
    const { idle } = entry
    entry.idle = null
    idle?.()
    throw error
  }
}
