import type { EngineConnection, OperationFailure } from '../engines/engine.ts'
import { SignInHeld } from '../engines/signInGuard.ts'
import type { Recorder } from '../measure/recorder.ts'
import type { Operation } from '../operations/operation.ts'
import type { Random } from '../operations/random.ts'
import type { Spool } from '../spool/spool.ts'
import type { Open } from './openConnections.ts'
import { reconnectDelayMs } from './reconnectDelay.ts'

/** When operations may be sent, milliseconds from the agreed start. */
export interface SendGate {
  /** From here on nothing is sent; whoever stops the load lowers it. */
  endMs: number
  /**
   * From here on nothing is sent before this is prolonged: a process that follows its run does so all the time, and one that was asleep does not know
   * whether it still may send. Looked at with each operation, because on waking what came in during the sleep is served before any timer fires.
   */
  permittedUntilMs: number
}

/** Decides when the senders of a worker send: a closed loop, or an open one. */
export interface Pace {
  /** It has a connection now, and has sent nothing on it. */
  opened(sender: Sender): void
  /** Its operation has ended; the connection may be lost. */
  ended(sender: Sender, endMs: number): void
  /** It may not send for now, though it has a connection and nothing in flight. */
  held(sender: Sender): void
  /** It may be sent again. */
  permitted(): void
  /** It was refused a connection. @returns the intended start of the operation that fails by it; null: none does */
  refused(nowMs: number): number | null
  /** It sends no more. */
  left(sender: Sender): void
  /** Now and then. */
  sweep(nowMs: number): void
  /** All senders that were there at the start have begun. */
  begin(): void
  /** Nothing is sent any more. */
  close(): void
}

/** What the senders of a worker share. */
export interface SenderShared {
  readonly recorder: Recorder
  /** Keeps every execution; null: none are kept. */
  readonly spool: Pick<Spool, 'add'> | null
  readonly gate: SendGate
  /** Milliseconds from the agreed start. */
  readonly sinceStartMs: () => number
  readonly nextOperation: () => Operation
  readonly open: Open
  readonly failureOf: (error: unknown) => OperationFailure
  readonly jitter: Random
  readonly pace: Pace
  readonly left: (sender: Sender) => void
}

const JITTER_STEPS = 1_000

/** One connection, and one operation in flight on it. A lost connection is an error, and is opened again. */
export class Sender {
  /** When the operation in flight was sent, from the agreed start; −1: none is. */
  sentMs = -1
  /** Nothing more will come of it. */
  hasEnded = false
  readonly #shared: SenderShared
  /** Of its connection among those of the worker, from 0; the same for one that is opened anew. */
  readonly #number: number
  #connection: EngineConnection | null
  #operation: Operation | null = null
  /** When the operation in flight was intended to start. */
  #intendedMs = 0
  /**
   * Taken from the mix and not sent: when a connection was refused, which counts as its failure, or when it was not permitted. Sent as the next one, so
   * that the mix remains exact.
   */
  #unsent: Operation | null = null
  #isLeaving = false
  #failures = 0
  #timer: NodeJS.Timeout | null = null

  /** @param connection open already, or null to open one at the start */
  constructor(shared: SenderShared, number: number, connection: EngineConnection | null) {
    this.#shared = shared
    this.#number = number
    this.#connection = connection
  }

  get isConnected(): boolean {
    return !this.hasEnded && this.#connection?.isOpen === true
  }
  get isLeaving(): boolean {
    return this.#isLeaving
  }

  begin(): void {
    if (this.isConnected) this.#shared.pace.opened(this)
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

  /** Does it later, unless it has ended by then. */
  after(delayMs: number, then: () => void): void {
    this.#timer = setTimeout(then, delayMs)
  }

  /** Opens a connection anew, after a while: this one is lost. */
  renew(): void {
    this.#reconnectLater(0)
  }

  /**
   * Sends the next operation of the mix. Where it cannot, it reconnects, is held, or ends with the load.
   * @param intendedMs when an arrival was meant to start; −1 in a closed loop: now
   * @param foundFree that arrival did not have to wait for a connection
   * @returns whether it was sent
   */
  send(intendedMs = -1, foundFree = false): boolean {
    const shared = this.#shared
    const connection = this.#connection as EngineConnection
    if (!connection.isOpen) {
      this.#reconnectLater(0)
      return false
    }
    // Before the mix is asked: what is taken from it is sent.
    const readyMs = shared.sinceStartMs()
    if (this.#isLeaving || readyMs >= shared.gate.endMs) {
      this.#end()
      return false
    }
    if (readyMs >= shared.gate.permittedUntilMs) {
      shared.pace.held(this)
      return false
    }
    const operation = this.#unsent ?? shared.nextOperation()
    const values = operation.bind()
    const nowMs = shared.sinceStartMs()
    if (nowMs >= shared.gate.endMs) {
      this.#end()
      return false
    }
    if (nowMs >= shared.gate.permittedUntilMs) {
      this.#unsent = operation
      shared.pace.held(this)
      return false
    }
    this.#unsent = null
    this.#operation = operation
    // Counted first: this may close an interval at whose end nothing was in flight here.
    if (intendedMs < 0) {
      shared.recorder.sent(nowMs)
      this.#intendedMs = nowMs
    } else {
      shared.recorder.sentArrival(intendedMs, nowMs, foundFree)
      this.#intendedMs = intendedMs
    }
    this.sentMs = nowMs
    connection.execute(operation.statement, values, this.#done)
    return true
  }

  #done = (failure: OperationFailure | null, wasRetried: boolean): void => {
    const { recorder, sinceStartMs, pace } = this.#shared
    const endMs = sinceStartMs()
    const { index } = this.#operation as Operation
    let isCounted: boolean
    if (failure === null) {
      isCounted = recorder.record(index, this.#intendedMs, endMs, wasRetried, this.sentMs)
      this.#failures = 0
    } else isCounted = recorder.recordError(index, this.#intendedMs, endMs, failure.category, failure.sample, wasRetried)
    this.#keep(index, isCounted, this.#intendedMs, this.sentMs, endMs, failure, wasRetried)
    this.sentMs = -1
    if (this.#isLeaving) this.#end()
    else pace.ended(this, endMs)
  }

  #reconnectLater(heldMs: number): void {
    this.#connection = null
    this.#failures += 1
    const { jitter, sinceStartMs, gate } = this.#shared
    const delayMs = heldMs + reconnectDelayMs(this.#failures, jitter.below(JITTER_STEPS) / JITTER_STEPS)
    if (this.#isLeaving || sinceStartMs() >= gate.endMs) this.#end()
    else this.after(delayMs, () => void this.#connect())
  }

  async #connect(): Promise<void> {
    const { open, gate, sinceStartMs, pace } = this.#shared
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
      // Where it was not tried, nothing has failed.
      const heldMs = error instanceof SignInHeld ? error.leftMs : 0
      if (heldMs === 0) this.#countRefusal(error)
      this.#reconnectLater(heldMs)
      return
    }
    pace.opened(this)
  }

  /** A failed try counts as an operation that failed: it is what the next one would have met. */
  #countRefusal(error: unknown): void {
    const { gate, recorder, sinceStartMs, nextOperation, failureOf, pace } = this.#shared
    const nowMs = sinceStartMs()
    if (nowMs >= gate.endMs) return
    const intendedMs = pace.refused(nowMs)
    if (intendedMs === null) return
    const { category, sample } = failureOf(error)
    this.#unsent ??= nextOperation()
    recorder.sentArrival(intendedMs, nowMs, false)
    const { index } = this.#unsent
    const isCounted = recorder.recordError(index, intendedMs, nowMs, category, sample)
    this.#keep(index, isCounted, intendedMs, nowMs, nowMs, { category, sample }, false)
  }

  /** @param isCounted in the recorder's own words, so that executions and figures never differ */
  #keep(
    index: number,
    isCounted: boolean,
    intendedMs: number,
    startMs: number,
    endMs: number,
    failure: OperationFailure | null,
    wasRetried: boolean,
  ): void {
    const { spool, recorder } = this.#shared
    if (spool === null) return
    const { phase } = recorder
    // None: it was refused.
    const connection = this.#connection
    const queryId = connection === null ? null : connection.lastQueryId
    if (failure === null) {
      const rows = connection === null ? null : connection.lastRows
      spool.add(index, this.#number, phase, isCounted, true, wasRetried, intendedMs, startMs, endMs, rows, null, null, queryId)
    } else {
      const { category, sample } = failure
      spool.add(index, this.#number, phase, isCounted, false, wasRetried, intendedMs, startMs, endMs, null, category, sample, queryId)
    }
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
