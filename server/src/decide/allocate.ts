import type { ArrivalShare, WorkerTargets } from '@flakebench/contract'
import { byGroupId } from './groupOrder.ts'

/** A worker that serves, and the connections that it may hold. */
export interface Seat {
  readonly workerId: string
  readonly ceiling: number
}

/**
 * Splits `total` connections over the workers. The targets sum to `total`, or to what all ceilings together allow, and differ by one at most where no
 * ceiling binds; the remainder goes to the lowest group ids. No split leaves the smallest target larger, so every worker whose ceiling allows it holds at
 * least `minEach` as soon as `total` is enough for all.
 */
export const allocateConnections = (total: number, seats: readonly Seat[], minEach: number): WorkerTargets => {
  const ordered = [...seats].sort((a, b) => byGroupId(a.workerId, b.workerId))
  const heldAt = (level: number): number => ordered.reduce((sum, { ceiling }) => sum + Math.min(ceiling, level), 0)
  let level = heldAt(minEach) <= total ? minEach : 0
  let tooHigh = Math.max(level, ...ordered.map(({ ceiling }) => ceiling)) + 1
  while (tooHigh - level > 1) {
    const middle = Math.floor((level + tooHigh) / 2)
    if (heldAt(middle) <= total) level = middle
    else tooHigh = middle
  }
  let left = total - heldAt(level)
  return Object.fromEntries(
    ordered.map(({ workerId, ceiling }) => {
      const more = left > 0 && ceiling > level ? 1 : 0
      left -= more
      return [workerId, Math.min(ceiling, level) + more]
    }),
  )
}

/** Fractions of a worker's share that it may be off by: even parts are worth more than smaller errors. */
const EVENLY = 0.08
const ROUGHLY = 0.02
const LARGEST_PART = 64

/**
 * Parts of the arrivals, in small whole numbers. Even targets, which differ by one where they must, have even parts: the offered load is the same for all,
 * and a connection more or less does not deal the arrivals anew. Targets that are uneven because a ceiling binds have parts in proportion to them, all 1
 * where they hardly differ. Workers without a connection have no part.
 */
export const partsOf = (targets: WorkerTargets): ArrivalShare['parts'] => {
  const holding = Object.entries(targets)
    .filter(([, target]) => target > 0)
    .sort(([a], [b]) => byGroupId(a, b))
  const counts = holding.map(([, target]) => target)
  const largest = Math.max(...counts)
  const isEven = largest - Math.min(...counts) <= 1
  let parts = counts.map(() => 1)
  for (let scale = 1; scale <= LARGEST_PART && !isEven; scale++) {
    parts = counts.map(target => Math.max(1, Math.round((target * scale) / largest)))
    if (isWithin(scale === 1 ? EVENLY : ROUGHLY, parts, counts)) break
  }
  const shared = parts.reduce(greatestCommonDivisor, 0)
  return Object.fromEntries(holding.map(([workerId], i) => [workerId, (parts[i] as number) / shared]))
}

const isWithin = (error: number, parts: readonly number[], targets: readonly number[]): boolean => {
  const [allParts, allTargets] = [sum(parts), sum(targets)]
  return targets.every((target, i) => Math.abs(((parts[i] as number) * allTargets) / (target * allParts) - 1) <= error)
}

const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0)
const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b))
