import type { ErrorCategory, Interval, LoadPhase, RunSchedule } from '@flakebench/contract'
import { intervalContaining } from '@flakebench/contract'
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

/** Operations in flight, and those that are to be. */
export interface ConnectionCount {
  readonly active: number
  readonly target: number
}

const NO_CONNECTIONS: ConnectionCount = { active: 0, target: 0 }
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
  readonly #kindCount: number
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
  #phaseBegan: (phase: ClosedInterval['phase']) => void = () => undefined

  /** @param fromMs where this worker begins: 0, or later for one that joins a run under way */
  constructor(schedule: RunSchedule, kindCount: number, fromMs = 0) {
    this.#schedule = schedule
    this.#kindCount = kindCount
    this.#nothing = new IntervalCounts(kindCount)
    for (let i = 0; i < SETS_KEPT; i++) this.#spare.push(new IntervalCounts(kindCount))
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

  /** @param read how many operations are in flight, and are to be: asked at the end of each interval */
  watchConnections(read: () => ConnectionCount): void {
    this.#readConnections = read
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

  /** An operation ended well. @param wasRetried the driver sent it more than once */
  record(kindIndex: number, startMs: number, endMs: number, wasRetried = false): void {
    if (endMs >= this.#endMs) this.advance(endMs)
    if (startMs < this.#phaseStartMs) {
      this.#cutOff()
      return
    }
    const kind = this.#counts.kinds[kindIndex] as IntervalCounts['kinds'][number]
    kind.operations += 1
    kind.latency.recordMs(endMs - startMs)
    this.#counts.operations += 1
    if (wasRetried) this.#counts.retried += 1
    this.totals.operations += 1
  }

  /** An operation failed: it counts as one, but its time is in no histogram. @param sample one message, kept for the first of its category */
  recordError(kindIndex: number, startMs: number, endMs: number, category: ErrorCategory, sample: string | null, wasRetried = false): void {
    if (endMs >= this.#endMs) this.advance(endMs)
    if (startMs < this.#phaseStartMs) {
      this.#cutOff()
      return
    }
    const kind = this.#counts.kinds[kindIndex] as IntervalCounts['kinds'][number]
    kind.operations += 1
    kind.errors += 1
    this.#counts.operations += 1
    this.#counts.errors += 1
    if (wasRetried) this.#counts.retried += 1
    this.#counts.addError(category, sample)
    this.totals.operations += 1
    this.totals.errors += 1
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
    return this.#spare.pop() ?? new IntervalCounts(this.#kindCount)
  }

  #cutOff(): void {
    this.#counts.cutOff += 1
    this.totals.cutOff += 1
  }

  #close(endMs: number): void {
    const { active, target } = this.#readConnections()
    const isEmpty = this.#counts.isEmpty()
    this.#closed.push({
      index: this.#index,
      phase: this.#phase,
      startMs: this.#startMs,
      endMs,
      counts: isEmpty ? this.#nothing : this.#counts,
      activeConnections: active,
      targetConnections: target,
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
