import type { ArrivalPlan, ArrivalShare } from '@flakebench/contract'
import { MISSED_AFTER_MS } from '@flakebench/contract'
import type { Recorder } from '../measure/recorder.ts'
import { ArrivalReader } from '../pace/arrivalReader.ts'
import type { ArrivalClockKind } from '../pace/decideArrivalClock.ts'
import { MomentQueue } from '../pace/momentQueue.ts'
import type { ArrivalClock } from './arrivalClock.ts'
import type { Pace, Sender, SendGate } from './sender.ts'
import { startArrivalClock } from './startArrivalClock.ts'

export interface OpenLoopDeps {
  readonly plan: ArrivalPlan
  readonly workerId: string
  readonly clock: ArrivalClockKind
  readonly recorder: Recorder
  readonly gate: SendGate
  /** Milliseconds from the agreed start. */
  readonly sinceStartMs: () => number
}

/**
 * Operations start when the schedule says, on any connection that is free then. Where none is, arrivals wait in their order, for up to
 * `MISSED_AFTER_MS`; what waits longer, or still waits when the load ends, is missed. Nothing is sent while no share is known.
 */
export class OpenLoop implements Pace {
  readonly #recorder: Recorder
  readonly #gate: SendGate
  readonly #sinceStartMs: () => number
  readonly #arrivals: ArrivalReader
  /** Due, and no connection was free. */
  readonly #waiting = new MomentQueue()
  /** Connected, with nothing in flight; the one that became free last is used first. */
  readonly #free: Sender[] = []
  readonly #clock: ArrivalClock

  constructor({ plan, workerId, clock, recorder, gate, sinceStartMs }: OpenLoopDeps) {
    this.#recorder = recorder
    this.#gate = gate
    this.#sinceStartMs = sinceStartMs
    this.#arrivals = new ArrivalReader(plan, workerId, intendedMs => recorder.planned(intendedMs))
    this.#clock = startArrivalClock(clock, { sinceStartMs, due: this.#look, workCount: () => countWork(recorder) })
    recorder.watchArrivals(endMs => this.#closeInterval(endMs))
  }

  /** Milliseconds that the arrival clock has kept this process busy with waiting. */
  get spunMs(): number {
    return this.#clock.spunMs
  }

  /** Who sends which arrivals from now on: the run's whole list. */
  setShares(shares: readonly ArrivalShare[]): void {
    this.#arrivals.setShares(shares, this.#sinceStartMs())
    this.#look()
  }

  begin(): void {
    this.#look()
  }

  opened(sender: Sender): void {
    this.#becameFree(sender)
  }

  ended(sender: Sender): void {
    this.#becameFree(sender)
  }

  held(sender: Sender): void {
    this.#free.push(sender)
  }

  permitted(): void {
    this.#look()
  }

  /** The arrival that has waited longest fails by it. Where none waits, nothing had to be sent: nothing has failed. */
  refused(nowMs: number): number | null {
    this.#takeIn(nowMs)
    this.#giveUpOverdue(nowMs)
    return this.#waiting.length === 0 ? null : this.#waiting.shift()
  }

  left(sender: Sender): void {
    const at = this.#free.indexOf(sender)
    if (at >= 0) this.#free.splice(at, 1)
  }

  /** Sessions that were lost while nothing was sent on them are opened again; what has waited too long is given up, also when nothing else happens. */
  sweep(nowMs: number): void {
    for (const sender of this.#free.filter(({ isConnected }) => !isConnected)) {
      this.left(sender)
      sender.renew()
    }
    this.#takeIn(nowMs)
    this.#giveUpOverdue(nowMs)
    this.#arm()
  }

  close(): void {
    this.#clock.stop()
  }

  #look = (): void => {
    this.#takeIn(this.#sinceStartMs())
    this.#serve()
    this.#arm()
  }

  #becameFree(sender: Sender): void {
    // First what is due by now, so that only the others are free for it: it did not find this one.
    this.#takeIn(this.#sinceStartMs())
    this.#free.push(sender)
    this.#serve()
    this.#arm()
  }

  /** While no connection is free there is nothing to be woken for. */
  #arm(): void {
    const { nextMs } = this.#arrivals
    this.#clock.wakeAt(this.#free.length > 0 && nextMs < this.#gate.endMs ? nextMs : Number.POSITIVE_INFINITY)
  }

  /** Starts the arrivals that are due and find a connection free; the others wait. */
  #takeIn(nowMs: number): void {
    // Each arrival is told as planned in the interval of its intended start.
    if (nowMs >= this.#recorder.intervalEndMs) this.#recorder.advance(nowMs)
    while (this.#arrivals.nextMs <= nowMs && this.#arrivals.nextMs < this.#gate.endMs) {
      const intendedMs = this.#arrivals.take()
      if (this.#waiting.length > 0 || !this.#start(intendedMs, true)) this.#waiting.push(intendedMs)
    }
  }

  /** Starts what waits, in its order, while connections are free. */
  #serve(): void {
    while (this.#waiting.length > 0 && this.#free.length > 0) {
      const intendedMs = this.#waiting.shift()
      if (this.#start(intendedMs, false)) continue
      this.#waiting.pushFirst(intendedMs)
      return
    }
  }

  /** @returns whether it needs no connection any more: it was sent, or given up */
  #start(intendedMs: number, foundFree: boolean): boolean {
    for (;;) {
      const nowMs = this.#sinceStartMs()
      if (nowMs >= this.#gate.endMs) return false
      if (nowMs - intendedMs > MISSED_AFTER_MS) {
        this.#recorder.missed(intendedMs)
        return true
      }
      if (nowMs >= this.#gate.permittedUntilMs) return false
      const sender = this.#free.pop()
      if (sender === undefined) return false
      if (sender.send(intendedMs, foundFree)) return true
    }
  }

  #giveUpOverdue(nowMs: number): void {
    while (nowMs - this.#waiting.first > MISSED_AFTER_MS) this.#recorder.missed(this.#waiting.shift())
  }

  /** Nothing that still waits at the end of the load will ever start. */
  #closeInterval(endMs: number): number {
    this.#arrivals.readBefore(Math.min(endMs, this.#gate.endMs))
    if (endMs >= this.#gate.endMs) {
      while (this.#waiting.length > 0) this.#recorder.missed(this.#waiting.shift())
      for (let left = this.#arrivals.waiting; left > 0; left--) this.#recorder.missed(this.#arrivals.take())
    }
    return this.#waiting.length + this.#arrivals.waiting
  }
}

const countWork = ({ totals }: Recorder): number => totals.started + totals.operations + totals.cutOff
