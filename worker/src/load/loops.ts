import type { EngineConnection } from '../engines/engine.ts'
import { ClosedLoop, type LoopShared } from './closedLoop.ts'

/** A cancelled operation that has not ended by then is cut off with its connection. */
const CANCEL_GRACE_MS = 2_000
const SWEEP_MS = 200

/** The closed loops of one worker: as many as its target says. Begins with the connections that were opened beforehand. */
export class Loops {
  /** Resolves when no loop is left. */
  readonly ended: Promise<void>
  readonly #shared: LoopShared
  readonly #loops = new Set<ClosedLoop>()
  readonly #cancelled = new WeakMap<ClosedLoop, number>()
  readonly #operationDeadlineMs: number
  #target = 0
  #hasBegun = false
  #isClosing = false
  #resolveEnded: () => void = () => undefined
  #sweeper: NodeJS.Timeout | null = null

  /** @param operationDeadlineMs an operation that takes longer is cancelled from here: the server should have ended it before */
  constructor(shared: Omit<LoopShared, 'left'>, operationDeadlineMs: number) {
    this.#shared = { ...shared, left: loop => this.#left(loop) }
    this.#operationDeadlineMs = operationDeadlineMs
    shared.recorder.watchConnections(() => ({ active: this.activeConnections, target: this.#target }))
    this.ended = new Promise(resolve => {
      this.#resolveEnded = resolve
    })
  }

  /** Operations in flight now. */
  get activeConnections(): number {
    let active = 0
    for (const loop of this.#loops) if (loop.sentMs >= 0) active += 1
    return active
  }
  get target(): number {
    return this.#target
  }

  begin(connections: readonly EngineConnection[], target: number): void {
    this.#hasBegun = true
    this.#target = target
    for (const connection of connections.slice(target)) connection.close().catch(() => undefined)
    const loops = connections.slice(0, target).map(connection => new ClosedLoop(this.#shared, connection))
    for (const loop of loops) this.#loops.add(loop)
    for (const loop of loops) loop.begin()
    this.setTarget(target)
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS)
  }

  /** Grows at once; shrinks as operations end: none in flight is harmed. Before `begin` nothing is opened or sent. */
  setTarget(target: number): void {
    if (this.#isClosing) return
    this.#target = target
    if (!this.#hasBegun) return
    const staying = [...this.#loops].filter(loop => !loop.isLeaving)
    for (const loop of staying.slice(target)) loop.leave()
    let missing = target - staying.length
    for (const loop of this.#loops) {
      if (missing <= 0) break
      if (!loop.isLeaving || loop.hasEnded) continue
      loop.stay()
      missing -= 1
    }
    for (; missing > 0; missing--) {
      const loop = new ClosedLoop(this.#shared, null)
      this.#loops.add(loop)
      loop.begin()
    }
  }

  /** No loop sends again; `ended` follows when what is in flight has ended. */
  close(): void {
    this.#isClosing = true
    for (const loop of [...this.#loops]) loop.leave()
    this.#endIfEmpty()
  }

  /** Cancels what is in flight, and cuts off what does not end even then. */
  cancelAll(): void {
    for (const loop of this.#loops) this.#cancel(loop, 'CANCELLED')
  }

  #cancel(loop: ClosedLoop, as: 'CANCELLED' | 'TIMEOUT'): void {
    if (loop.sentMs < 0 || this.#cancelled.get(loop) === loop.sentMs) return
    const { sentMs } = loop
    this.#cancelled.set(loop, sentMs)
    loop.cancel(as)
    setTimeout(() => {
      if (loop.sentMs === sentMs) loop.breakOff()
    }, CANCEL_GRACE_MS)
  }

  #sweep(): void {
    const latestMs = this.#shared.sinceStartMs() - this.#operationDeadlineMs
    for (const loop of this.#loops) if (loop.sentMs >= 0 && loop.sentMs < latestMs) this.#cancel(loop, 'TIMEOUT')
  }

  #left(loop: ClosedLoop): void {
    this.#loops.delete(loop)
    this.#endIfEmpty()
  }

  #endIfEmpty(): void {
    if (this.#loops.size > 0 || !this.#isClosing) return
    if (this.#sweeper !== null) clearInterval(this.#sweeper)
    this.#resolveEnded()
  }
}
