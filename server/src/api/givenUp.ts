import type { ServerResponse } from 'node:http'

/** Ends what is done for an answer, as soon as nobody waits for it any more. */
export const givenUpWith = (response: ServerResponse): AbortSignal => {
  const givenUp = new AbortController()
  response.once('close', () => givenUp.abort())
  return givenUp.signal
}
