import { createClient, type Client as SocketClient } from 'graphql-ws'
import { tellTurnedAway, untilLetIn } from './admission.ts'
import { waitBeforeRetry } from './retryDelay.ts'

const PING_EVERY_MS = 5_000
const PONG_WITHIN_MS = 4_000
/** The close codes of a server that wants somebody to sign in (graphql-ws: Unauthorized, Forbidden). */
const TURNED_AWAY: readonly unknown[] = [4401, 4403]

const socketUrl = (): string => {
  const url = new URL('/graphql', location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}

/**
 * Subscriptions go over one socket that is opened as soon as somebody is let in, and reopened for ever. A socket that swallows a ping is
 * closed, so that a silent network is noticed within nine seconds.
 */
const openSocket = (): SocketClient => {
  let pongTimer: ReturnType<typeof setTimeout> | undefined
  const opened = createClient({
    url: async () => {
      await untilLetIn()
      return socketUrl()
    },
    lazy: false,
    keepAlive: PING_EVERY_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: waitBeforeRetry,
    onNonLazyError: problem => console.warn('The subscription socket closed for good; the next subscription reopens it.', problem),
    on: {
      ping: wasReceived => {
        if (wasReceived) return
        clearTimeout(pongTimer)
        pongTimer = setTimeout(() => opened.terminate(), PONG_WITHIN_MS)
      },
      pong: wasReceived => {
        if (wasReceived) clearTimeout(pongTimer)
      },
      closed: event => {
        clearTimeout(pongTimer)
        if (TURNED_AWAY.includes((event as CloseEvent).code)) tellTurnedAway()
      },
    },
  })
  return opened
}

export const socket = openSocket()
