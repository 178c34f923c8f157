import type { ErrorCategory, Interval, LoadPhase, RunSchedule } from '@flakebench/contract'
import { intervalContaining, LATE_MS } from '@flakebench/contract'
import { IntervalCounts } from './intervalCounts.ts'

/** An interval that nothing will be added to any more. Give it back with `release` once it is encoded. */
export interface ClosedInterval {
  readonly index: number
  readonly phase: LoadPhase | 'PROCESSING'
  readonly startMs: number
  readonly endMs: number
  readonly counts: IntervalCounts
  readonly activeConnections: number
  readonly targetConnections: number
  readonly openConnections: number
  /** Arrivals that were due and neither started nor given up; null in a closed loop. */
  readonly waiting: number | null
}

/** Sums over all intervals so far. */
export interface Totals {
  started: number
  operations: number
  errors: number
  cutOff: number
  firstSentMs: number | null
  lastSentMs: number | null
}

/** Operations in flight, those that are to be, and sessions that stand. */
export interface ConnectionCount {
  readonly active: number
  readonly target: number
  readonly open: number
}

const NO_CONNECTIONS: ConnectionCount = { active: 0, target: 0, open: 0 }
/** Enough to step over what rounding leaves between two intervals, and far below any clock's resolution. */
const PAST_EDGE_MS = 1e-6
const SETS_KEPT = 2

/**
 * Counts operations by the interval in which they ended. All times are milliseconds from the agreed start, and never go back. Intervals are those of
 * the schedule, exactly: each begins and ends where the schedule says, also when nothing happens in it; only joining late and stopping early cut one.
 */
export class Recorder {
  readonly totals: Totals = { started: 0, operations: 0, errors: 0, cutOff: 0, firstSentMs: null, lastSentMs: null }
  readonly #schedule: RunSchedule
  readonly #newCounts: () => IntervalCounts
  readonly #closed: ClosedInterval[] = []
  readonly #spare: IntervalCounts[] = []
  /** Of all intervals in which nothing happened: after a pause there may be hundreds, and histograms are large. */
  readonly #nothing: IntervalCounts
  #counts: IntervalCounts
  #index = 0
  #phase: ClosedInterval['phase'] = 'WARMUP'
  /** An operation counts if it started at or after this. */
  #phaseStartMs = Number.NEGATIVE_INFINITY
  #startMs = 0
  #endMs = 0
  #readConnections: () => ConnectionCount = () => NO_CONNECTIONS
  #closeArrivals: ((endMs: number) => number) | null = null
  #phaseBegan: (phase: ClosedInterval['phase']) => void = () => undefined

  /** @param fromMs where this worker begins: 0, or later for one that joins a run under way */
  constructor(schedule: RunSchedule, kindCount: number, fromMs = 0, isOpenLoop = false) {
    this.#schedule = schedule
    this.#newCounts = () => new IntervalCounts(kindCount, isOpenLoop)
    this.#nothing = this.#newCounts()
    for (let i = 0; i < SETS_KEPT; i++) this.#spare.push(this.#newCounts())
    this.#counts = this.#takeCounts()
    const first = intervalContaining(schedule, fromMs)
    if (first === null) this.#enterProcessing(0, fromMs)
    else this.#enter({ ...first, startMs: Math.max(fromMs, first.startMs) })
  }

  /** Where the current interval ends; infinite after the last. */
  get intervalEndMs(): number {
    return this.#endMs
  }
  get phase(): ClosedInterval['phase'] {
    return this.#phase
  }

  /** @param read asked at the end of each interval */
  watchConnections(read: () => ConnectionCount): void {
    this.#readConnections = read
  }

  /**
   * Of an open loop.
   * @param close asked at the end of each interval: tells the arrivals that were intended before it as planned, those that will never start as missed,
   * and says how many wait
   */
  watchArrivals(close: (endMs: number) => number): void {
    this.#closeArrivals = close
  }

  /** @param began told the current phase now, and each later one before anything of it is counted */
  watchPhase(began: (phase: ClosedInterval['phase']) => void): void {
    this.#phaseBegan = began
    began(this.#phase)
  }

  sent(atMs: number): void {
    if (atMs >= this.#endMs) this.advance(atMs)
    this.#counts.started += 1
    const { totals } = this
    totals.started += 1
    totals.firstSentMs ??= atMs
    totals.lastSentMs = atMs
  }

  /** An arrival was read from the schedule. Those of a phase before this one are in no figure, like operations that started there. */
  planned(intendedMs: number): void {
    if (intendedMs >= this.#phaseStartMs) this.#counts.planned += 1
  }

  /** An arrival is given up. */
  missed(intendedMs: number): void {
    if (intendedMs >= this.#phaseStartMs) this.#counts.missed += 1
  }

  /** An arrival was sent. @param foundFree it did not have to wait for a connection: what it is late by is the arrival clock's error */
  sentArrival(intendedMs: number, atMs: number, foundFree: boolean): void {
    this.sent(atMs)
    if (intendedMs < this.#phaseStartMs) return
    if (atMs - intendedMs > LATE_MS) this.#counts.late += 1
    if (foundFree) this.#counts.clockError?.recordMs(atMs - intendedMs)
  }

  /**
   * An operation ended well.
   * @param startMs when it was intended to start, from which its time runs
   * @param wasRetried the driver sent it more than once
   * @param sentMs when it did start
   * @returns whether it counts: it started in the phase that is now; otherwise it is cut off
   */
  record(kindIndex: number, startMs: number, endMs: number, wasRetried = false, sentMs = startMs): boolean {
    if (endMs >= this.#endMs) this.advance(endMs)
    if (startMs < this.#phaseStartMs) return this.#cutOff()
    const kind = this.#counts.kinds[kindIndex] as IntervalCounts['kinds'][number]
    kind.operations += 1
    kind.latency.recordMs(endMs - startMs)
    if (kind.service !== null) kind.service.recordMs(endMs - sentMs)
    this.#counts.operations += 1
    if (wasRetried) this.#counts.retried += 1
    this.totals.operations += 1
    return true
  }

  /**
   * An operation failed: it counts as one, but its time is in no histogram.
   * @param sample one message, kept for the first of its category
   * @returns as `record`
   */
  recordError(
    kindIndex: number,
    startMs: number,
    endMs: number,
    category: ErrorCategory,
    sample: string | null,
    wasRetried = false,
  ): boolean {
    if (endMs >= this.#endMs) this.advance(endMs)
    if (startMs < this.#phaseStartMs) return this.#cutOff()
    const kind = this.#counts.kinds[kindIndex] as IntervalCounts['kinds'][number]
    kind.operations += 1
    kind.errors += 1
    this.#counts.operations += 1
    this.#counts.errors += 1
    if (wasRetried) this.#counts.retried += 1
    this.#counts.addError(category, sample)
    this.totals.operations += 1
    this.totals.errors += 1
    return true
  }

  /** Closes every interval that ends at or before `nowMs`. */
  advance(nowMs: number): void {
    while (nowMs >= this.#endMs) {
      const endMs = this.#endMs
      this.#close(endMs)
      const next = intervalContaining(this.#schedule, endMs + PAST_EDGE_MS)
      if (next === null) this.#enterProcessing(this.#index + 1, endMs)
      else this.#enter(next)
    }
  }

  /** Nothing is sent from `atMs` on: the current interval ends there, and what ends later is cut off. */
  stop(atMs: number): void {
    this.advance(atMs)
    if (this.#phase === 'PROCESSING') return
    const endMs = Math.max(atMs, this.#startMs)
    this.#closeArrivals?.(endMs)
    const cut = endMs > this.#startMs || !this.#counts.isEmpty()
    if (cut) this.#close(endMs)
    this.#enterProcessing(cut ? this.#index + 1 : this.#index, endMs)
  }

  /** Everything has ended: closes what is left after the last interval, if there is anything. Only after the measurement's end, or `stop`. */
  finish(nowMs: number): void {
    this.advance(nowMs)
    if (this.#phase === 'PROCESSING' && !this.#counts.isEmpty()) this.#close(Math.max(nowMs, this.#startMs))
  }

  /** The oldest interval that has closed and was not taken yet. */
  takeClosed(): ClosedInterval | null {
    return this.#closed.shift() ?? null
  }

  release({ counts }: ClosedInterval): void {
    if (counts === this.#nothing) return
    if (this.#spare.length >= SETS_KEPT) {
      counts.free()
      return
    }
    counts.reset()
    this.#spare.push(counts)
  }

  #takeCounts(): IntervalCounts {
    return this.#spare.pop() ?? this.#newCounts()
  }

  #cutOff(): false {
    this.#counts.cutOff += 1
    this.totals.cutOff += 1
    return false
  }

  #close(endMs: number): void {
    const { active, target, open } = this.#readConnections()
    const waiting = this.#closeArrivals === null ? null : this.#closeArrivals(endMs)
    const isEmpty = this.#counts.isEmpty()
    this.#closed.push({
      index: this.#index,
      phase: this.#phase,
      startMs: this.#startMs,
      endMs,
      counts: isEmpty ? this.#nothing : this.#counts,
      activeConnections: active,
      targetConnections: target,
      openConnections: open,
      waiting,
    })
    if (!isEmpty) this.#counts = this.#takeCounts()
  }

  #enter(interval: Interval): void {
    this.#index = interval.index
    if (interval.phase !== this.#phase) this.#phaseBegan(interval.phase)
    this.#phase = interval.phase
    this.#phaseStartMs = interval.phase === 'WARMUP' ? Number.NEGATIVE_INFINITY : this.#schedule.warmupMs
    this.#startMs = interval.startMs
    this.#endMs = interval.endMs
  }

  /** After the last interval: whatever ends now is cut off. */
  #enterProcessing(index: number, atMs: number): void {
    this.#index = index
    this.#phase = 'PROCESSING'
    this.#phaseBegan('PROCESSING')
    this.#phaseStartMs = Number.POSITIVE_INFINITY
    this.#startMs = atMs
    this.#endMs = Number.POSITIVE_INFINITY
  }
}
