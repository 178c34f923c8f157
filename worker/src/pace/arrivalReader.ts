import type { ArrivalPlan, ArrivalShare, OwnArrivals } from '@flakebench/contract'
import { arrivalsOf } from '@flakebench/contract'
import { arrivalsAfter, arrivalsBefore, arrivalsInBoth, startingWith } from './combineArrivals.ts'
import { MomentQueue } from './momentQueue.ts'

const NOTHING: OwnArrivals = { next: () => Number.POSITIVE_INFINITY }

/**
 * Reads a worker's arrivals one after the other, whatever happens to the shares: none twice, and none left out that was this worker's at its moment by
 * what it had heard. Each is told as planned once, when it is read.
 */
export class ArrivalReader {
  readonly #plan: ArrivalPlan
  readonly #workerId: string
  readonly #planned: (intendedMs: number) => void
  /** Read before they were taken. */
  readonly #read = new MomentQueue()
  #shares: readonly ArrivalShare[] = []
  #arrivals = NOTHING
  /** The next one that was not read yet. */
  #aheadMs = Number.POSITIVE_INFINITY
  #lastReadMs = Number.NEGATIVE_INFINITY

  constructor(plan: ArrivalPlan, workerId: string, planned: (intendedMs: number) => void) {
    this.#plan = plan
    this.#workerId = workerId
    this.#planned = planned
  }

  /** Intended start of the next arrival; infinite when none is known. */
  get nextMs(): number {
    return this.#read.length > 0 ? this.#read.first : this.#aheadMs
  }

  /** Arrivals that were read, and not taken. */
  get waiting(): number {
    return this.#read.length
  }

  take(): number {
    return this.#read.length > 0 ? this.#read.shift() : this.#readOne()
  }

  /** Reads all arrivals before the offset, without taking them: those of an interval, at its end. */
  readBefore(endMs: number): void {
    while (this.#aheadMs < endMs) this.#read.push(this.#readOne())
  }

  /**
   * From now on arrivals are shared like this. What was read already stays as it was. Of what is due and was not read yet, a worker takes what was its own
   * before and still is: so a change that is heard of too late gives it nothing of the past, which those who had it may have sent; and what it lost, the
   * others have from the moment on at which they hear of it. An arrival of that time is nobody's where the one who loses it hears first, and is then
   * counted as unassigned; it is sent by both only where both hear too late, and the one who loses it later than the other.
   * @param shares in order. Of the first list that is heard, its first share has always held: nobody else had those arrivals
   */
  setShares(shares: readonly ArrivalShare[], nowMs: number): void {
    const [first] = shares
    if (this.#shares.length === 0 && first !== undefined) {
      this.#arrivals = this.#arrivalsOf([first], Number.NEGATIVE_INFINITY)
      this.#aheadMs = this.#arrivals.next()
    }
    this.#arrivals = arrivalsAfter(this.#due(shares, nowMs), this.#arrivalsOf(shares, nowMs))
    this.#shares = shares
    this.#aheadMs = this.#arrivals.next()
    // What is intended for this very moment may have been read.
    while (this.#aheadMs <= this.#lastReadMs) this.#aheadMs = this.#arrivals.next()
  }

  /** What is not read yet before now, by the shares so far and by the new ones. */
  #due(shares: readonly ArrivalShare[], nowMs: number): OwnArrivals {
    if (this.#aheadMs >= nowMs) return NOTHING
    const due = arrivalsBefore(nowMs, startingWith(this.#aheadMs, this.#arrivals))
    return arrivalsInBoth(due, this.#arrivalsOf(shares, this.#aheadMs))
  }

  #arrivalsOf(shares: readonly ArrivalShare[], fromMs: number): OwnArrivals {
    return arrivalsOf(this.#plan, shares, this.#workerId, fromMs)
  }

  #readOne(): number {
    const intendedMs = this.#aheadMs
    this.#planned(intendedMs)
    this.#lastReadMs = intendedMs
    this.#aheadMs = this.#arrivals.next()
    return intendedMs
  }
}
