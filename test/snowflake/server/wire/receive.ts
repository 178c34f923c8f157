import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

const unzip = promisify(gunzip)

/** The JSON of a request; an empty object when it has none. @throws SyntaxError */
export const readBody = async (request: IncomingMessage): Promise<unknown> => {
  const bytes = await readBytes(request)
  const plain = request.headers['content-encoding'] === 'gzip' ? await unzip(bytes) : bytes
  return plain.length === 0 ? {} : JSON.parse(plain.toString('utf8'))
}

const readBytes = (request: IncomingMessage): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => resolve(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)))
    request.on('error', reject)
  })

/** The path of a request, and one parameter of its query at a time: no URL is built for each request. */
export interface Target {
  readonly path: string
  parameter(name: string): string | null
}

export const readTarget = (url: string): Target => {
  const at = url.indexOf('?')
  const path = at < 0 ? url : url.slice(0, at)
  const query = at < 0 ? '' : `&${url.slice(at + 1)}`
  return {
    path,
    parameter(name) {
      const from = query.indexOf(`&${name}=`)
      if (from < 0) return null
      const start = from + name.length + 2
      const end = query.indexOf('&', start)
      return decodeURIComponent(query.slice(start, end < 0 ? undefined : end).replaceAll('+', ' '))
    },
  }
}

const TOKEN_START = 'Snowflake Token="'

/** `Authorization: Snowflake Token="…"`; empty: there is none. */
export const readToken = (request: IncomingMessage): string => {
  const header = request.headers.authorization ?? ''
  return header.startsWith(TOKEN_START) ? header.slice(TOKEN_START.length, header.indexOf('"', TOKEN_START.length)) : ''
}

/** Resolves when the answer was handed over whole, or its socket was closed: which of the two. */
export const sendText = (response: ServerResponse, text: string, status = 200, type = 'application/json'): Promise<boolean> =>
  new Promise(resolve => {
    if (response.destroyed) return resolve(false)
    response.once('finish', () => resolve(true))
    response.once('close', () => resolve(response.writableFinished))
    response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) })
    response.end(text)
  })
