import type { EngineConnection, OperationFailure } from '../engines/engine.ts'
import { SignInHeld } from '../engines/signInGuard.ts'
import type { Recorder } from '../measure/recorder.ts'
import type { Operation } from '../operations/operation.ts'
import type { Random } from '../operations/random.ts'
import { nextSendAt } from '../pace/nextSendAt.ts'
import type { Open } from './openConnections.ts'
import { reconnectDelayMs } from './reconnectDelay.ts'

/** From `endMs` (from the agreed start) on nothing is sent; whoever stops the load lowers it. */
export interface SendGate {
  endMs: number
}

/** What the loops of a worker share. */
export interface LoopShared {
  readonly recorder: Recorder
  readonly gate: SendGate
  /** Milliseconds from the agreed start. */
  readonly sinceStartMs: () => number
  readonly nextOperation: () => Operation
  readonly thinkTimeMs: number
  readonly open: Open
  readonly failureOf: (error: unknown) => OperationFailure
  readonly jitter: Random
  /** The loop has ended. */
  readonly left: (loop: ClosedLoop) => void
}

const JITTER_STEPS = 1_000

/** One connection that sends its next operation when the last one has ended. A lost connection is an error, and is opened again. */
export class ClosedLoop {
  /** When the operation in flight was sent, from the agreed start; −1: none is. */
  sentMs = -1
  /** Nothing more will come of this loop. */
  hasEnded = false
  readonly #shared: LoopShared
  #connection: EngineConnection | null
  #operation: Operation | null = null
  /** Taken from the mix when a connection was refused, which counts as its failure; sent when there is one again, so that the mix remains exact. */
  #refused: Operation | null = null
  #isLeaving = false
  #failures = 0
  #timer: NodeJS.Timeout | null = null

  /** @param connection open already, or null to open one at the start */
  constructor(shared: LoopShared, connection: EngineConnection | null) {
    this.#shared = shared
    this.#connection = connection
  }

  get isConnected(): boolean {
    return !this.hasEnded && this.#connection?.isOpen === true
  }
  get isLeaving(): boolean {
    return this.#isLeaving
  }

  begin(): void {
    if (this.isConnected) this.#send()
    else void this.#connect()
  }

  /** Sends nothing more; ends when what is in flight has, at once if nothing is. */
  leave(): void {
    this.#isLeaving = true
    if (this.sentMs < 0) this.#end()
  }

  /** Takes `leave` back, if it has not come to an end. */
  stay(): void {
    this.#isLeaving = false
  }

  /** Asks the server to give up what is in flight. */
  cancel(as: 'CANCELLED' | 'TIMEOUT'): void {
    if (this.sentMs >= 0) this.#connection?.cancel(as)
  }

  /** Breaks the connection: what is in flight fails now. */
  breakOff(): void {
    this.#connection?.destroy()
  }

  #send = (): void => {
    const shared = this.#shared
    const connection = this.#connection as EngineConnection
    if (!connection.isOpen) {
      this.#reconnectLater()
      return
    }
    // Before the mix is asked: what is taken from it is sent.
    if (this.#isLeaving || shared.sinceStartMs() >= shared.gate.endMs) {
      this.#end()
      return
    }
    const operation = this.#refused ?? shared.nextOperation()
    const values = operation.bind()
    const nowMs = shared.sinceStartMs()
    if (nowMs >= shared.gate.endMs) {
      this.#end()
      return
    }
    this.#refused = null
    this.#operation = operation
    // Counted first: this may close an interval at whose end nothing was in flight here.
    shared.recorder.sent(nowMs)
    this.sentMs = nowMs
    connection.execute(operation.statement, values, this.#done)
  }

  #done = (failure: OperationFailure | null, wasRetried: boolean): void => {
    const { recorder, sinceStartMs, thinkTimeMs } = this.#shared
    const endMs = sinceStartMs()
    const { index } = this.#operation as Operation
    if (failure === null) {
      recorder.record(index, this.sentMs, endMs, wasRetried)
      this.#failures = 0
    } else recorder.recordError(index, this.sentMs, endMs, failure.category, failure.sample, wasRetried)
    this.sentMs = -1
    if (thinkTimeMs > 0) this.#pause(endMs, thinkTimeMs)
    else this.#send()
  }

  #pause(endedAtMs: number, pauseMs: number): void {
    if (this.#isLeaving) {
      this.#end()
      return
    }
    const atMs = nextSendAt(endedAtMs, pauseMs, this.#shared.gate.endMs)
    // Otherwise it stays connected, and leaves with the others at the end.
    if (atMs !== null) this.#sendAt(atMs)
  }

  /** Timers cut fractions off and may fire a little early: then the rest is waited for, so that no pause is shorter than it should be. */
  #sendAt(atMs: number): void {
    const leftMs = atMs - this.#shared.sinceStartMs()
    if (leftMs > 0) this.#after(Math.ceil(leftMs), () => this.#sendAt(atMs))
    else this.#send()
  }

  #after(delayMs: number, then: () => void): void {
    this.#timer = setTimeout(then, delayMs)
  }

  #reconnectLater(heldMs = 0): void {
    this.#connection = null
    this.#failures += 1
    const { jitter, sinceStartMs, gate } = this.#shared
    const delayMs = heldMs + reconnectDelayMs(this.#failures, jitter.below(JITTER_STEPS) / JITTER_STEPS)
    if (this.#isLeaving || sinceStartMs() >= gate.endMs) this.#end()
    else this.#after(delayMs, () => void this.#connect())
  }

  /** A failed try counts as an operation that failed: it is what the next one would have met. */
  async #connect(): Promise<void> {
    const { open, gate, recorder, sinceStartMs, nextOperation, failureOf } = this.#shared
    if (sinceStartMs() >= gate.endMs) {
      this.#end()
      return
    }
    try {
      const connection = await open()
      if (this.hasEnded) {
        void connection.close()
        return
      }
      this.#connection = connection
    } catch (error) {
      if (this.hasEnded) return
      // Not tried, so nothing has failed.
      if (error instanceof SignInHeld) {
        this.#reconnectLater(error.leftMs)
        return
      }
      const nowMs = sinceStartMs()
      if (nowMs < gate.endMs) {
        const { category, sample } = failureOf(error)
        this.#refused ??= nextOperation()
        recorder.sent(nowMs)
        recorder.recordError(this.#refused.index, nowMs, nowMs, category, sample)
      }
      this.#reconnectLater()
      return
    }
    this.#send()
  }

  #end(): void {
    if (this.hasEnded) return
    this.hasEnded = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    // The goodbye is a courtesy: the load is over whether it arrives or not.
    this.#connection?.close().catch(() => undefined)
    this.#shared.left(this)
  }
}
