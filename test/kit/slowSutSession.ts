import type { Socket } from 'node:net'
import { applicationNameOf, type Message, MessageReader, readBind } from './slowSutMessages.ts'

/** What a session asks of the dial, and tells it. */
export interface SessionDial {
  /** A request has come: when it will have been served. Called once for each. */
  readonly serve: (arrivedAtMs: number) => number
  /** When a reply to a request that came and was served then may leave, by `performance.now()`; infinite while it is not known. */
  readonly dueAt: (arrivedAtMs: number, servedAtMs: number) => number
  readonly answered: (request: AnsweredRequest) => void
}

/** One request, and what was imposed on it: from its last byte's arrival to its reply's departure. */
export interface AnsweredRequest {
  /** Milliseconds since 1970. */
  readonly arrivedAtMs: number
  readonly imposedMs: number
  /** Who asked: the session's application name. */
  readonly application: string
  /** The name of the prepared statement that was executed; null for anything else, such as preparing one. */
  readonly statement: string | null
  readonly values: readonly (string | null)[]
}

interface PendingRequest {
  readonly arrivedAtMs: number
  readonly servedAtMs: number
  readonly statement: string | null
  readonly values: readonly (string | null)[]
}

interface Reply {
  readonly bytes: Buffer
  /** Null: nothing that was asked for, such as the server's part of a sign-in. */
  readonly request: PendingRequest | null
}

const UNASKED = { arrivedAtMs: Number.NEGATIVE_INFINITY, servedAtMs: Number.NEGATIVE_INFINITY }

/** A client's connection, and the one behind it: bytes pass on as they are, replies not before they are due. */
export class SlowSession {
  readonly #client: Socket
  readonly #server: Socket
  readonly #dial: SessionDial
  readonly #fromClient = new MessageReader(false)
  readonly #fromServer = new MessageReader(true)
  readonly #asked: PendingRequest[] = []
  readonly #replies: Reply[] = []
  #gathered: Buffer[] = []
  #isSignedIn = false
  #application = ''
  #bound: { readonly statement: string; readonly values: readonly (string | null)[] } | null = null
  #timer: NodeJS.Timeout | undefined

  constructor(client: Socket, server: Socket, dial: SessionDial) {
    this.#client = client
    this.#server = server
    this.#dial = dial
    client.setNoDelay(true)
    server.setNoDelay(true)
    client.on('data', chunk => this.#clientSent(chunk))
    server.on('data', chunk => this.#serverSent(chunk))
    for (const socket of [client, server]) socket.on('error', () => this.drop()).on('close', () => this.drop())
  }

  /** Ends both connections without a word. */
  drop(): void {
    clearTimeout(this.#timer)
    this.#client.destroy()
    this.#server.destroy()
  }

  /** Sends what is due by now; the dial has changed. */
  release(): void {
    clearTimeout(this.#timer)
    for (let reply = this.#replies[0]; reply !== undefined; reply = this.#replies[0]) {
      const nowMs = performance.now()
      const { arrivedAtMs, servedAtMs } = reply.request ?? UNASKED
      const waitMs = this.#dial.dueAt(arrivedAtMs, servedAtMs) - nowMs
      if (waitMs > 0) {
        // A timer may fire a little early; whoever looks again then waits for the rest.
        if (Number.isFinite(waitMs)) this.#timer = setTimeout(() => this.release(), waitMs)
        return
      }
      this.#replies.shift()
      if (reply.request !== null) this.#tell(reply.request, performance.now())
      this.#client.write(reply.bytes)
    }
  }

  #clientSent(chunk: Buffer): void {
    const arrivedAtMs = performance.now()
    for (const message of this.#fromClient.read(chunk)) this.#note(message, arrivedAtMs)
    this.#server.write(chunk)
  }

  #note(message: Message, arrivedAtMs: number): void {
    if (message.type === '') this.#application = applicationNameOf(message) ?? this.#application
    if (message.type === 'B') this.#bound = readBind(message)
    if (message.type !== 'S' && message.type !== 'Q') return
    this.#asked.push({
      arrivedAtMs,
      servedAtMs: this.#dial.serve(arrivedAtMs),
      statement: this.#bound?.statement ?? null,
      values: this.#bound?.values ?? [],
    })
    this.#bound = null
  }

  #serverSent(chunk: Buffer): void {
    const messages = this.#fromServer.read(chunk)
    const ready = messages.filter(({ type }) => type === 'Z')
    let from = 0
    for (const { bytesAfter } of ready) {
      const to = Math.max(chunk.length - bytesAfter, from)
      this.#gathered.push(chunk.subarray(from, to))
      from = to
      const request = this.#isSignedIn ? (this.#asked.shift() ?? null) : null
      this.#isSignedIn = true
      this.#reply(request)
    }
    this.#gathered.push(chunk.subarray(from))
    // What is no part of a reply passes at once: the sign-in, and what the server says by itself.
    if (!this.#isSignedIn || this.#asked.length === 0) this.#reply(null)
    this.release()
  }

  #reply(request: PendingRequest | null): void {
    const bytes = Buffer.concat(this.#gathered)
    this.#gathered = []
    if (bytes.length > 0) this.#replies.push({ bytes, request })
  }

  #tell({ arrivedAtMs, statement, values }: PendingRequest, leftAtMs: number): void {
    this.#dial.answered({
      arrivedAtMs: performance.timeOrigin + arrivedAtMs,
      imposedMs: leftAtMs - arrivedAtMs,
      application: this.#application,
      statement,
      values,
    })
  }
}
