import { WebSocket } from 'ws'

/** What a subscriber process is told, one after the other. */
export type ToSubscribers =
  | { readonly type: 'OPEN'; readonly url: string; readonly query: string; readonly runId: string; readonly sockets: number }
  | { readonly type: 'READ_SELDOM'; readonly everyMs: number }
  | { readonly type: 'MEASURE' }
  | { readonly type: 'TELL' }
  | { readonly type: 'CLOSE' }

/** How a socket was closed by the server. 1006: it was cut, and nothing was said. */
export interface Closed {
  readonly code: number
  readonly reason: string
  /** Since it was opened. */
  readonly afterMs: number
}

export interface Delivered {
  /** From the moment an update speaks of to its arrival, one each update and socket; the same clock, as all run on this machine. */
  readonly latenciesMs: readonly number[]
  /** By socket: the moments of the updates that came. */
  readonly moments: readonly (readonly string[])[]
  readonly bytes: number
  readonly closed: readonly Closed[]
}

export type FromSubscribers =
  | { readonly type: 'READY' }
  | { readonly type: 'OPENED' }
  | ({ readonly type: 'TOLD' } & Delivered)
  | { readonly type: 'CLOSED' }

interface Subscriber {
  readonly socket: WebSocket
  moments: string[]
}

/** A server gives a client three seconds to say who it is: those who wait behind others are let in one after the other. */
const OPENED_AT_ONCE = 15
const MARK = Buffer.from('"serverNow":"')
const MOMENT_LENGTH = '2026-01-01T00:00:00.000Z'.length

let subscribers: Subscriber[] = []
let latenciesMs: number[] = []
let bytes = 0
let closed: Closed[] = []
let isMeasuring = false

const tell = (message: FromSubscribers): void => void process.send?.(message)

/** As a client does, with as little work of its own as can be: what is measured is the server. */
const open = ({ url, query, runId }: Extract<ToSubscribers, { type: 'OPEN' }>): Promise<Subscriber> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, 'graphql-transport-ws')
    const subscriber: Subscriber = { socket, moments: [] }
    const openedAtMs = performance.now()
    socket.on('open', () => socket.send('{"type":"connection_init"}'))
    socket.on('message', (data: Buffer) => {
      const atMs = Date.now()
      const at = data.indexOf(MARK)
      if (at < 0) {
        const message = JSON.parse(data.toString()) as { type: string }
        if (message.type === 'connection_ack')
          socket.send(JSON.stringify({ id: crypto.randomUUID(), type: 'subscribe', payload: { query, variables: { runId } } }))
        else if (message.type !== 'complete') reject(new Error(data.toString()))
        return
      }
      resolve(subscriber)
      if (!isMeasuring) return
      const moment = data.toString('latin1', at + MARK.length, at + MARK.length + MOMENT_LENGTH)
      subscriber.moments.push(moment)
      latenciesMs.push(atMs - Date.parse(moment))
      bytes = data.length
    })
    socket.on('close', (code, reason) => {
      closed.push({ code, reason: reason.toString(), afterMs: performance.now() - openedAtMs })
      reject(new Error(`closed: ${code} ${reason}`))
    })
    socket.on('error', reject)
  })

/** Reads what has come by then, and nothing in between. */
const READING_MS = 20
const readSeldom = (everyMs: number): void => {
  for (const { socket } of subscribers) socket.pause()
  setInterval(() => {
    for (const { socket } of subscribers) {
      socket.resume()
      setTimeout(() => socket.pause(), READING_MS)
    }
  }, everyMs)
}

const act = async (message: ToSubscribers): Promise<void> => {
  if (message.type === 'OPEN') {
    while (subscribers.length < message.sockets) {
      const some = Math.min(OPENED_AT_ONCE, message.sockets - subscribers.length)
      subscribers.push(...(await Promise.all(Array.from({ length: some }, () => open(message)))))
    }
    tell({ type: 'OPENED' })
  } else if (message.type === 'READ_SELDOM') {
    readSeldom(message.everyMs)
  } else if (message.type === 'MEASURE') {
    for (const one of subscribers) one.moments = []
    latenciesMs = []
    closed = []
    isMeasuring = true
  } else if (message.type === 'TELL') {
    isMeasuring = false
    tell({ type: 'TOLD', latenciesMs, moments: subscribers.map(({ moments }) => moments), bytes, closed })
  } else {
    const leaving = subscribers
    subscribers = []
    await Promise.all(
      leaving.map(
        ({ socket }) =>
          new Promise<void>(resolve =>
            socket.readyState === socket.CLOSED ? resolve() : socket.once('close', () => resolve()).close(1000),
          ),
      ),
    )
    tell({ type: 'CLOSED' })
  }
}

const fail = (error: Error): void => {
  process.stderr.write(`${error.stack}\n`)
  process.exit(1)
}
process.on('message', message => void act(message as ToSubscribers).catch(fail))
process.on('disconnect', () => process.exit())
tell({ type: 'READY' })
