import { randomUUID } from 'node:crypto'
import type { ErrorRequestHandler } from 'express'
import type { Log } from '../log.ts'

/** Of a status below 500, what its sender can do. */
const WORDS: Readonly<Record<number, string>> = {
  400: 'The request cannot be read: look at its address and its body.',
  404: 'There is no such file.',
  413: 'The body is too large: send less at once.',
  415: 'The body cannot be read: send it in UTF-8, and packed in no other way than gzip.',
}

/** Answers what no route has: a status and plain words, never how the server came to fail. To be used after all routes. */
export const lastError =
  (log: Log): ErrorRequestHandler =>
  (
    error: { readonly status?: unknown; readonly statusCode?: unknown; readonly stack?: unknown } | undefined,
    _request,
    response,
    _next,
  ) => {
    const said = Number(error?.status ?? error?.statusCode ?? 500)
    const status = said >= 400 && said < 500 ? said : 500
    const id = randomUUID()
    if (status === 500) log.error('a request failed', { id, error, stack: error?.stack })
    if (response.headersSent) response.destroy()
    else
      response.status(status).json({
        error: status === 500 ? `The server failed; its log says why under ${id}.` : (WORDS[status] ?? WORDS[400]),
      })
  }
