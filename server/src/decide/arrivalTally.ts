import { type ArrivalResult, MISSED_AFTER_MS, type WorkerSnapshot } from '@flakebench/contract'
import { SumHistogram } from './sumHistogram.ts'

/** Of the arrivals of the measurement, by what one worker has told so far; sums of several workers' are right. */
export interface ArrivalFigures {
  /** Its own, by the shares that it had. */
  readonly planned: number
  readonly started: number
  readonly late: number
  readonly missed: number
  /** Neither started nor given up, when it last told. */
  readonly waiting: number
}

export const NO_ARRIVALS: ArrivalFigures = { planned: 0, started: 0, late: 0, missed: 0, waiting: 0 }

export const addFigures = (one: ArrivalFigures, other: ArrivalFigures): ArrivalFigures => ({
  planned: one.planned + other.planned,
  started: one.started + other.started,
  late: one.late + other.late,
  missed: one.missed + other.missed,
  waiting: one.waiting + other.waiting,
})

/**
 * What became of one worker's arrivals with an intended start in the measurement. What its snapshots of the measurement tell as planned, late and missed
 * is of those alone; what they tell as started and waiting may be left over from the warmup. So the started ones are the planned ones that are neither
 * missed nor waiting: exact once `MISSED_AFTER_MS` of the measurement are over, when nothing of the warmup can wait any more, or nothing ever did; before,
 * what the warmup left waiting is taken to be served first.
 */
export class ArrivalTally {
  #planned = 0
  #late = 0
  #missed = 0
  /** By the moment of sending. */
  #sent = 0
  #newest = { order: -1, waiting: 0, endMs: 0 }
  /** The newest of the warmup. */
  #edge = { order: -1, waiting: 0, endMs: 0 }
  readonly clockError = new SumHistogram()
  #isOpenLoop = false

  add({ phase, arrivals, started, endMs, attempt, sequence }: WorkerSnapshot, clockError: SumHistogram): void {
    // A row of an earlier version has none.
    if (arrivals === null || arrivals === undefined) return
    this.#isOpenLoop = true
    const { waiting } = arrivals
    const order = attempt * ATTEMPT + sequence
    if (phase === 'WARMUP') {
      if (order > this.#edge.order) this.#edge = { order, waiting, endMs }
      return
    }
    if (order > this.#newest.order) this.#newest = { order, waiting, endMs }
    this.#missed += arrivals.missed
    if (phase !== 'MEASUREMENT') return
    this.#planned += arrivals.planned
    this.#late += arrivals.late
    this.#sent += started
    this.clockError.add(clockError)
  }

  /** Null: it has told of none, being a closed loop. */
  figures(): ArrivalFigures | null {
    if (!this.#isOpenLoop) return null
    const isEdgeGone = this.#newest.endMs >= this.#edge.endMs + MISSED_AFTER_MS
    const leftOfEdge = isEdgeGone ? 0 : Math.max(0, this.#edge.waiting - this.#sent)
    const waiting = Math.max(0, this.#newest.waiting - leftOfEdge)
    return {
      planned: this.#planned,
      started: Math.max(0, this.#planned - this.#missed - waiting),
      late: this.#late,
      missed: this.#missed,
      waiting,
    }
  }

  free(): void {
    this.clockError.free()
  }
}

/** More snapshots than a worker ever takes in one attempt. */
const ATTEMPT = 2 ** 32

type Percentiles = Pick<ArrivalResult, 'serviceP50Ms' | 'serviceP95Ms' | 'serviceP99Ms' | 'clockErrorP50Ms' | 'clockErrorP99Ms'>

export interface ArrivalsOver {
  /** By the schedule, over the time. */
  readonly planned: number
  readonly figures: ArrivalFigures
  readonly seconds: number
  /** The load has ended: what is told to be waiting was never started. */
  readonly isOver: boolean
}

/**
 * The account of the arrivals: planned = started + missed + unassigned, none below 0. While the load lasts, those that wait are not among the planned
 * ones yet. Unassigned are all that no worker tells of: a lost worker's share until others have it, what it had not told, and at an early end what
 * those who heard of it first had still to do until the last one had. What the workers tell beyond the plan (one is ahead of the others by an
 * interval; once the load has ended, arrivals that were sent twice, see `countBeyond`) is left out of `started` and so of the rate, though the operations
 * themselves are in the other figures.
 */
export const accountFor = ({ planned, figures, seconds, isOver }: ArrivalsOver, percentiles: Percentiles): ArrivalResult => {
  const due = isOver ? planned : Math.max(0, planned - figures.waiting)
  const missed = Math.min(figures.missed, due)
  const started = Math.min(figures.started, due - missed)
  return {
    planned: due,
    started,
    late: Math.min(figures.late, started),
    missed,
    unassigned: due - missed - started,
    achievedRate: seconds <= 0 ? 0 : started / seconds,
    ...percentiles,
  }
}

/**
 * How many arrivals the workers have started or missed beyond the schedule, once the load has ended: shares that came too late to some worker make two of
 * them answer for the same ones. They are not in the run's account.
 */
export const countBeyond = (run: ArrivalResult | null, workers: readonly (ArrivalResult | null)[]): number =>
  run === null ? 0 : Math.max(0, workers.reduce((sum, one) => sum + (one === null ? 0 : one.started + one.missed), 0) - run.planned)
