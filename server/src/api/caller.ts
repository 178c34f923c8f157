import type { IncomingMessage } from 'node:http'
import { isLoopback } from './loopback.ts'

/** Of a request, what is beyond who asks. */
export interface Caller {
  /** Of their machine, as far as it can be told. */
  readonly address: string
  /** Everybody comes from that address: it is a proxy's that does not say more, or whose word is not taken, as it is on another machine. */
  readonly isShared: boolean
  /** Has the answer set a cookie; null: over a WebSocket, where none can be. */
  readonly setCookie: ((text: string) => void) | null
  /** What kept us from finding out who asks; null: nothing did. */
  readonly unknownBecause: unknown
}

export const SOCKET_CALLER: Caller = { address: '', isShared: true, setCookie: null, unknownBecause: null }

/**
 * Where a request comes from. Of a proxy on this machine it is what the proxy says: the last address of X-Forwarded-For, which it has added itself.
 * @param isProxied whether one is said to be before this server
 */
export const addressOf = (
  { socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>,
  isProxied: boolean,
): Pick<Caller, 'address' | 'isShared'> => {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  if (!isProxied) return { address, isShared: false }
  if (!isLoopback(address)) return { address, isShared: true }
  const forwarded = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)
    ?.trim()
  return forwarded ? { address: forwarded, isShared: false } : { address, isShared: true }
}
