import type { WebSocket } from 'ws'
import { type Actor, NOBODY } from '../../access/actor.ts'
import { closeReason } from './closeReason.ts'
import type { Receiver } from './fanout.ts'
import type { Sharing } from './sharing.ts'

/** Bytes that wait to be sent: with more a subscriber is behind, and is sent the newest state only. */
const BEHIND_BYTES = 1_048_576
const MOST_BYTES = 16 * BEHIND_BYTES
const BEHIND_MS = 10_000
const PING_EVERY_MS = 12_000

/** Close codes. graphql-ws clients open a socket again after the first two, and not after the others. */
export const CLOSE = {
  SLOW: 4408,
  FORBIDDEN: 4403,
  UNAUTHENTICATED: 4401,
  TOO_MANY: 4429,
  TOO_LARGE: 1009,
  TRY_AGAIN: 1013,
  FAILED: 1011,
} as const

/** One client's socket, and what is known of it. A client that does not keep up costs the others nothing: it is told why, and closed. */
export class Line {
  actor: Actor = NOBODY
  isLetIn = false
  /** Something was told since it was last asked whether they still may. */
  isTold = false
  countSubscriptions: () => number = () => 0
  /** Of each state that it follows, what is kept back. */
  readonly #keptBack = new Map<string, { readonly head: Buffer; readonly payload: Buffer }>()
  #behindSinceMs: number | null = null
  #pingedAtMs: number
  #isAnswered = true

  /** @param nowMs monotonic */
  constructor(
    readonly socket: WebSocket,
    nowMs: number,
    private readonly onDrop: (line: Line, words: string) => void,
  ) {
    this.#pingedAtMs = nowMs
    socket.on('pong', () => {
      this.#isAnswered = true
    })
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN
  }

  send(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.isOpen) this.socket.send(text, error => (error ? reject(error) : resolve()))
      else resolve()
    })
  }

  /** @param id of the subscription, as its client named it */
  receiver(id: string, sharing: Sharing): Receiver {
    const head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`)
    return {
      send: payload => {
        if (!this.isOpen) return
        const waiting = this.socket.bufferedAmount
        if (waiting > MOST_BYTES) this.#tooSlow(waiting)
        else if (waiting > BEHIND_BYTES && sharing === 'NEWEST') this.#keptBack.set(id, { head, payload })
        else {
          this.#keptBack.delete(id)
          this.#sendShared(head, payload)
        }
      },
      catchUp: () => this.#catchUp(id),
    }
  }

  /** Once a second. @param nowMs monotonic */
  look(nowMs: number): void {
    if (!this.isOpen) return
    const waiting = this.socket.bufferedAmount
    if (waiting <= BEHIND_BYTES) {
      this.#behindSinceMs = null
      for (const id of [...this.#keptBack.keys()]) this.#catchUp(id)
    } else {
      this.#behindSinceMs ??= nowMs
      if (nowMs - this.#behindSinceMs >= BEHIND_MS) this.#tooSlow(waiting)
    }
    if (nowMs - this.#pingedAtMs >= PING_EVERY_MS) this.#ping(nowMs)
  }

  #ping(nowMs: number): void {
    if (this.#isAnswered) {
      this.#pingedAtMs = nowMs
      this.#isAnswered = false
      if (this.isOpen) this.socket.ping()
    } else this.drop(CLOSE.SLOW, `Too slow: no answer to a ping within ${PING_EVERY_MS / 1_000} s. Connect again.`)
  }

  /** Closes it, and says why, as far as there is room for it. */
  drop(code: number, words: string): void {
    if (!this.isOpen) return
    this.#keptBack.clear()
    this.onDrop(this, words)
    this.socket.close(code, closeReason(words))
  }

  #tooSlow(waiting: number): void {
    this.drop(
      CLOSE.SLOW,
      `Too slow: ${(waiting / BEHIND_BYTES).toFixed(1)} MB wait to be read. Read faster, or ask for less; then connect again.`,
    )
  }

  #catchUp(id: string): void {
    const kept = this.#keptBack.get(id)
    this.#keptBack.delete(id)
    if (kept !== undefined && this.isOpen) this.#sendShared(kept.head, kept.payload)
  }

  /** In two fragments of one message: the second is the same for all, and never copied. */
  #sendShared(head: Buffer, payload: Buffer): void {
    this.isTold = true
    this.socket.send(head, { binary: false, fin: false })
    this.socket.send(payload, { binary: false, fin: true })
  }
}
