import type { EngineConnection } from '../engines/engine.ts'
import { Sender, type SenderShared } from './sender.ts'

/** A cancelled operation that has not ended by then is cut off with its connection. */
const CANCEL_GRACE_MS = 2_000
const SWEEP_MS = 200

/** The senders of one worker, each with a connection: as many as its target says. Begins with the connections that were opened beforehand. */
export class Loops {
  /** Resolves when no sender is left. */
  readonly ended: Promise<void>
  readonly #shared: SenderShared
  readonly #senders = new Set<Sender>()
  readonly #cancelled = new WeakMap<Sender, number>()
  readonly #operationDeadlineMs: number
  #target = 0
  #connectionsMade = 0
  #hasBegun = false
  #isClosing = false
  #resolveEnded: () => void = () => undefined
  #sweeper: NodeJS.Timeout | null = null

  /** @param operationDeadlineMs an operation that takes longer is cancelled from here: the server should have ended it before */
  constructor(shared: Omit<SenderShared, 'left'>, operationDeadlineMs: number) {
    this.#shared = { ...shared, left: sender => this.#left(sender) }
    this.#operationDeadlineMs = operationDeadlineMs
    shared.recorder.watchConnections(() => ({ active: this.activeConnections, target: this.#target, open: this.openConnections }))
    this.ended = new Promise(resolve => {
      this.#resolveEnded = resolve
    })
  }

  /** Operations in flight now. */
  get activeConnections(): number {
    let active = 0
    for (const sender of this.#senders) if (sender.sentMs >= 0) active += 1
    return active
  }
  /** Sessions that stand now, in use or not. */
  get openConnections(): number {
    let open = 0
    for (const sender of this.#senders) if (sender.isConnected) open += 1
    return open
  }
  get target(): number {
    return this.#target
  }

  begin(connections: readonly EngineConnection[], target: number): void {
    this.#hasBegun = true
    this.#target = target
    for (const connection of connections.slice(target)) connection.close().catch(() => undefined)
    const senders = connections.slice(0, target).map(connection => this.#newSender(connection))
    for (const sender of senders) this.#senders.add(sender)
    for (const sender of senders) sender.begin()
    this.setTarget(target)
    this.#shared.pace.begin()
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS)
  }

  /** Grows at once; shrinks as operations end: none in flight is harmed. Before `begin` nothing is opened or sent. */
  setTarget(target: number): void {
    if (this.#isClosing) return
    this.#target = target
    if (!this.#hasBegun) return
    const staying = [...this.#senders].filter(sender => !sender.isLeaving)
    for (const sender of staying.slice(target)) sender.leave()
    let missing = target - staying.length
    for (const sender of this.#senders) {
      if (missing <= 0) break
      if (!sender.isLeaving || sender.hasEnded) continue
      sender.stay()
      missing -= 1
    }
    for (; missing > 0; missing--) {
      const sender = this.#newSender(null)
      this.#senders.add(sender)
      sender.begin()
    }
  }

  /** Those that were held by the gate send again. */
  permitted(): void {
    if (this.#hasBegun && !this.#isClosing) this.#shared.pace.permitted()
  }

  /** None sends again; `ended` follows when what is in flight has ended. */
  close(): void {
    this.#isClosing = true
    this.#shared.pace.close()
    for (const sender of [...this.#senders]) sender.leave()
    this.#endIfEmpty()
  }

  /** Cancels what is in flight, and cuts off what does not end even then. */
  cancelAll(): void {
    for (const sender of this.#senders) this.#cancel(sender, 'CANCELLED')
  }

  #newSender(connection: EngineConnection | null): Sender {
    const number = this.#connectionsMade
    this.#connectionsMade += 1
    return new Sender(this.#shared, number, connection)
  }

  #cancel(sender: Sender, as: 'CANCELLED' | 'TIMEOUT'): void {
    if (sender.sentMs < 0 || this.#cancelled.get(sender) === sender.sentMs) return
    const { sentMs } = sender
    this.#cancelled.set(sender, sentMs)
    sender.cancel(as)
    setTimeout(() => {
      if (sender.sentMs === sentMs) sender.breakOff()
    }, CANCEL_GRACE_MS)
  }

  #sweep(): void {
    const nowMs = this.#shared.sinceStartMs()
    const latestMs = nowMs - this.#operationDeadlineMs
    for (const sender of this.#senders) if (sender.sentMs >= 0 && sender.sentMs < latestMs) this.#cancel(sender, 'TIMEOUT')
    this.#shared.pace.sweep(nowMs)
  }

  #left(sender: Sender): void {
    this.#senders.delete(sender)
    this.#shared.pace.left(sender)
    this.#endIfEmpty()
  }

  #endIfEmpty(): void {
    if (this.#senders.size > 0 || !this.#isClosing) return
    if (this.#sweeper !== null) clearInterval(this.#sweeper)
    this.#resolveEnded()
  }
}
