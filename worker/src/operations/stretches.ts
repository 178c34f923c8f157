import type { JsonScalar } from '@flakebench/contract'
import type { BindValue } from '../engines/engine.ts'
import { DAY_MS, readMoment, writeMoment } from './genericMoment.ts'
import { PlanProblem } from './operation.ts'
import type { Random } from './random.ts'

/** The ends of a stretch, both included. */
export type Stretch = readonly [low: BindValue, high: BindValue]

export interface SampledStretches {
  /** Of one column, in the table's order. */
  readonly sample: readonly JsonScalar[]
  /** Of the table; null: not known. */
  readonly rows: number | null
  /** Rows that a stretch is to hold. */
  readonly size: number
  /** What it is of, for messages: `the key order_id`. */
  readonly name: string
  readonly random: Random
}

/** A stretch may hold so many times what it is to hold, where its ends cannot be placed more finely. */
const MOST_TIMES = 2

/**
 * Stretches that begin at a sampled value and hold about `size` rows: between two neighbours of the sample lie as many rows of the table as it has rows
 * for each value of the sample. Between numbers and moments the upper end is placed where the share of them ends; other values have only themselves.
 * @throws PlanProblem when the size of a stretch cannot be judged
 */
export const sampledStretches = ({ sample, rows, size, name, random }: SampledStretches): (() => Stretch) => {
  if (rows === null) {
    throw new PlanProblem(`cannot tell how much of ${name} holds ${size} rows, for the table's rows are not counted: ${PREPARE}`)
  }
  const rowsAStep = Math.max(rows / sample.length, 1)
  const upTo = placesOf(sample)
  const last = sample.length - 1
  if (upTo === null) {
    const steps = Math.min(Math.ceil(size / rowsAStep), last)
    if (steps > 0 && steps * rowsAStep > MOST_TIMES * size) {
      throw new PlanProblem(
        `cannot scan stretches of ${size} rows of ${name}: of its values, which are no numbers, one in about ${Math.round(rowsAStep)} is known: ` +
          `set advanced.rangeSize to ${Math.ceil(rowsAStep / MOST_TIMES)} or more, or scan by a number or a moment`,
      )
    }
    return () => {
      const low = random.below(last - steps + 1)
      return [sample[low] as BindValue, sample[low + steps] as BindValue]
    }
  }
  const steps = Math.min((size - 1) / rowsAStep, last)
  const starts = Math.floor(last - steps) + 1
  return () => {
    const low = random.below(starts)
    return [sample[low] as BindValue, upTo(low, low + steps)]
  }
}

const PREPARE = "prepare the template's value pools first"

/** The value at a place of the sample, which may lie between two of its values, and is never below that at `low`. */
type ValueAt = (low: number, place: number) => BindValue

/** Null where not all values are numbers, or all moments. */
const placesOf = (sample: readonly JsonScalar[]): ValueAt | null => {
  // Digits that are text may be a text's: it has another order.
  if (sample.every(value => typeof value === 'number')) {
    const areWhole = sample.every(Number.isInteger)
    return interpolated(sample, sample, value => (areWhole ? Math.floor(value) : value))
  }
  const moments = sample.map(value => (typeof value === 'string' ? readMoment(value) : null))
  const [first] = moments
  if (first == null || moments.some(moment => moment === null)) return null
  const stepMs = first.separator === '' ? DAY_MS : 1
  const times = moments.map(moment => moment?.clockMs ?? 0)
  return interpolated(sample, times, ms => writeMoment(first, Math.floor(ms / stepMs) * stepMs))
}

const interpolated =
  (sample: readonly JsonScalar[], places: readonly number[], write: (place: number) => BindValue): ValueAt =>
  (low, place) => {
    const below = Math.floor(place)
    const from = places[below] as number
    const share = place - below
    if (share === 0) return sample[below] as BindValue
    const value = from + ((places[below + 1] as number) - from) * share
    // What is written may have fewer digits than what was sampled.
    return Math.floor(value) <= (places[low] as number) ? (sample[Math.max(below, low)] as BindValue) : write(value)
  }
