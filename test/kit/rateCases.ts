import { type RateChange, ratePlan } from './ratePlan.ts'
import { type RateModel, type RateRun, runRate, STEADY_RATE } from './simulatedRate.ts'

/** A rate and its database, to be simulated with many seeds. */
export interface RateCase {
  readonly name: string
  readonly plan: RateChange
  readonly model: Partial<RateModel>
  /** Nothing is asked of the first intervals: a control interval is the one in which a change takes effect and one whole one; three, after the first data. */
  readonly settledAfter?: number
  /** Nor while the database is disturbed and for as long as it takes after it, milliseconds from the start. */
  readonly disturbed?: { readonly fromMs: number; readonly untilMs: number }
}

export interface SeededRun {
  readonly seed: number
  readonly run: RateRun
}

export const simulateRate = ({ plan, model }: RateCase, count: number): SeededRun[] =>
  Array.from({ length: count }, (_, i) => ({ seed: i + 1, run: runRate(ratePlan(plan), { ...STEADY_RATE, ...model }, i + 1) }))

export const achievedFrom = ({ intervals }: RateRun, fromMs: number): number => {
  const those = intervals.filter(one => one.startMs >= fromMs)
  return those.reduce((sum, one) => sum + one.started, 0) / those.reduce((sum, one) => sum + (one.arrivals?.planned ?? 0), 0)
}

export const reversalsOf = ({ wishes }: RateRun): number => {
  const directions = wishes
    .flatMap(({ wish }) => wish.steps.map(step => Math.sign(step.toConnections - step.fromConnections)))
    .filter(Boolean)
  return directions.filter((direction, i) => i > 0 && direction !== directions[i - 1]).length
}

export const mostConnections = ({ wishes }: RateRun): number => Math.max(0, ...wishes.map(({ wish }) => wish.connections))
export const changesOf = ({ wishes }: RateRun): number => wishes.filter(({ wish }) => wish.steps.length > 0).length

export const median = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[all.length >> 1] as number
