import { createRequire } from 'node:module'

const CHUNKS = '"chunks":[{'
const QUERY_ID = /"queryId":"([^"]+)"/

/** Statements whose answer goes on in files of its own. */
const chunked = new Set<string>()
let isWatching = false

interface DriversHttp {
  readonly interceptors: { readonly response: { use(look: (response: { readonly data?: unknown }) => unknown): number } }
}

/**
 * From now on it is noted which answers were not given whole: the driver does not say, and to find out it would have to turn every row into values.
 * Once a process, after the driver was loaded.
 */
export const watchAnswers = (): void => {
  if (isWatching) return
  isWatching = true
  // The driver offers no way in; this file of it is the one place that all of its answers pass.
  const { default: http } = createRequire(import.meta.url)('snowflake-sdk/dist/lib/http/axios_instance.js') as { default: DriversHttp }
  http.interceptors.response.use(response => {
    const { data } = response
    if (typeof data === 'string' && data.includes(CHUNKS)) {
      const queryId = QUERY_ID.exec(data)?.[1]
      if (queryId !== undefined) chunked.add(queryId)
    }
    return response
  })
}

/** Whether a statement's answer goes on in files that are still to be fetched; forgets it. */
export const takeChunked = (queryId: string): boolean => chunked.size > 0 && chunked.delete(queryId)
