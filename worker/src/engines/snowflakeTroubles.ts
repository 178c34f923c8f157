import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest, IncomingMessage } from 'node:http'

interface Finished {
  readonly request: ClientRequest
  readonly response: IncomingMessage
}

const REQUEST_ID = /query-request\?.*?requestId=([^&]+)/
const HTTP_OK = 200

/** The last HTTP status other than 200 of each request that is still under way. */
const statuses = new Map<string, number>()
let isWatching = false

/**
 * From now on it is noted when the server answers a statement's request with an HTTP error: the driver says nothing of those while it tries again. Once
 * a process. Source of the channel: Node's documentation, "Diagnostics Channel", built-in channels of HTTP.
 */
export const watchTroubles = (): void => {
  if (isWatching) return
  isWatching = true
  subscribe('http.client.response.finish', message => {
    const { request, response } = message as Finished
    if (response.statusCode === HTTP_OK || response.statusCode === undefined) return
    const id = REQUEST_ID.exec(request.path)?.[1]
    if (id !== undefined) statuses.set(id, response.statusCode)
  })
}

/** What the server answered last, if that was an HTTP error; forgets it. */
export const takeTrouble = (requestId: string): number | null => {
  if (statuses.size === 0) return null
  const status = statuses.get(requestId) ?? null
  statuses.delete(requestId)
  return status
}
