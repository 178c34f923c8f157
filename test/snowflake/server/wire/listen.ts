import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { DialBoard } from '../dials.ts'
import type { Statements } from '../execution/statements.ts'
import { failJson } from './answer.ts'
import { CHUNK_HEADER } from './chunks.ts'
import { prettyJson } from './prettyJson.ts'
import { readBody, readTarget, readToken, sendText } from './receive.ts'
import type { Reply, WireRequest } from './reply.ts'
import { requestPath } from './route.ts'

/** The server's door. */
export interface Door {
  readonly port: number
  /** Closes it for a time: see the dial. */
  startOutage(kind: 'REFUSED' | 'RESET'): Promise<() => Promise<void>>
  close(): Promise<void>
}

interface Inside {
  readonly board: DialBoard
  readonly statements: Statements
  readonly route: (request: WireRequest) => Promise<Reply>
}

const HOST = '127.0.0.1'
/** Longer than any driver keeps an idle socket. */
const KEEP_ALIVE_MS = 120_000

/** @param wantedPort 0: a free one */
export const openDoor = async (wantedPort: number, inside: Inside): Promise<Door> => {
  const sockets = new Set<Socket>()
  let resets = false
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0, headersTimeout: KEEP_ALIVE_MS + 1000 },
    (request, response) => {
      answer(inside, request, response).catch((error: unknown) => {
        void sendText(response, failJson('000603', `The server failed: ${String(error)}`), 500)
      })
    },
  )
  server.on('connection', socket => {
    if (resets) return void socket.destroy()
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: HOST, port, backlog: 4096 }, () => {
        server.off('error', reject)
        resolve()
      })
    })
  const stop = async (): Promise<void> => {
    const closed = new Promise(resolve => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  await listen(wantedPort)
  const { port } = server.address() as AddressInfo
  return {
    port,
    async startOutage(kind) {
      if (kind === 'REFUSED') {
        await stop()
        return () => listen(port)
      }
      resets = true
      for (const socket of sockets) socket.destroy()
      return () => {
        resets = false
        return Promise.resolve()
      }
    },
    close: stop,
  }
}

const answer = async (inside: Inside, incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
  const body = await readBody(incoming)
  const target = readTarget(incoming.url ?? '/')
  const path = requestPath(target.path)
  const fault = inside.board.takeFault(path)
  if (fault?.type === 'STATUS') return void (await sendText(response, failJson(String(fault.status), 'As the dials say.'), fault.status))
  if (fault?.type === 'DROP' && fault.moment === 'BEFORE_EXECUTION') return void incoming.socket.destroy()
  const heldBefore = inside.board.waitWhileHeld(path, 'BEFORE_EXECUTION')
  if (heldBefore !== null) await heldBefore
  const header = incoming.headers[CHUNK_HEADER]
  const token = readToken(incoming)
  const reply = await inside.route({
    method: incoming.method ?? '',
    target,
    body,
    token,
    chunkHeader: typeof header === 'string' ? header : undefined,
  })
  if (fault !== null) {
    await reply.statement?.done
    return void incoming.socket.destroy()
  }
  const heldAfter = inside.board.waitWhileHeld(path, 'AFTER_EXECUTION')
  if (heldAfter !== null) await heldAfter
  const json = inside.board.dials.prettyAnswers ? prettyJson(reply) : reply.json
  const wasDelivered = await sendText(response, json, reply.status, reply.isChunk === true ? 'application/octet-stream' : undefined)
  if (wasDelivered && reply.statement?.state === 'DONE') inside.statements.deliver(reply.statement)
}
