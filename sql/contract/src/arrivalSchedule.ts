import type { ArrivalShare } from './arrivalShare.ts'
import type { Arrival } from './enums.ts'
import type { Plan } from './plan.ts'
import { BLOCK_MS, countInBlock, momentsInBlock } from './poissonBlock.ts'

const MS_PER_SECOND = 1_000

/** When operations are intended to start, over a whole run: it follows from these alone, and is the same for every worker. */
export interface ArrivalPlan {
  /** Per second. */
  readonly rate: number
  readonly arrival: Arrival
  readonly seed: number
}

/** Null: the run is no open loop. */
export const arrivalPlanOf = ({ load, seed }: Pick<Plan, 'load' | 'seed'>): ArrivalPlan | null =>
  load.mode === 'QPS' && load.targetQps !== null && load.targetQps > 0 ? { rate: load.targetQps, arrival: load.arrival, seed } : null

/** CONSTANT: arrival n, from 0, is at n·1000/rate. */
const momentOf = (n: number, rate: number): number => (n * MS_PER_SECOND) / rate

/** The number of the first constant arrival at or after the offset. */
const firstConstant = (rate: number, atMs: number): number => {
  let n = Math.max(Math.ceil((atMs * rate) / MS_PER_SECOND), 0)
  // What rounding may have taken or given.
  while (n > 0 && momentOf(n - 1, rate) >= atMs) n -= 1
  while (momentOf(n, rate) < atMs) n += 1
  return n
}

const meanOfBlock = (rate: number): number => (rate * BLOCK_MS) / MS_PER_SECOND

/** How many moments lie before the offset. */
const countBefore = (moments: Float64Array, atMs: number): number => {
  let low = 0
  let high = moments.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((moments[middle] as number) < atMs) low = middle + 1
    else high = middle
  }
  return low
}

const countPoisson = ({ rate, seed }: ArrivalPlan, fromMs: number, toMs: number): number => {
  const mean = meanOfBlock(rate)
  const countInside = (block: number, untilMs: number): number =>
    untilMs > block * BLOCK_MS ? countBefore(momentsInBlock(seed, block, mean), untilMs) : 0
  const firstBlock = Math.floor(fromMs / BLOCK_MS)
  const lastBlock = Math.floor(toMs / BLOCK_MS)
  let count = countInside(lastBlock, toMs) - countInside(firstBlock, fromMs)
  for (let block = firstBlock; block < lastBlock; block++) count += countInBlock(seed, block, mean)
  return count
}

/**
 * Arrivals of the whole run with an intended start in [fromMs, toMs), milliseconds from the agreed start.
 * @param toMs finite
 */
export const countArrivals = (plan: ArrivalPlan, fromMs: number, toMs: number): number => {
  const beginMs = Math.max(fromMs, 0)
  if (toMs <= beginMs) return 0
  if (plan.arrival === 'CONSTANT') return firstConstant(plan.rate, toMs) - firstConstant(plan.rate, beginMs)
  return countPoisson(plan, beginMs, toMs)
}

/** A stretch of time in which the arrivals go round in the same way. */
interface Stretch {
  readonly fromMs: number
  readonly toMs: number
  readonly parts: ArrivalShare['parts']
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b))
const byGroupId = ([a]: readonly [string, number], [b]: readonly [string, number]): number =>
  a.localeCompare(b, 'en', { numeric: true }) || (a < b ? -1 : 1)

/**
 * One cycle of a smooth weighted round-robin (raise each by its part, take the highest, lower it by the sum: nginx's upstream balancing), workers in
 * the order of their group ids.
 * @returns whether each place of the cycle is this worker's
 */
const ownPlaces = (parts: ArrivalShare['parts'], workerId: string): boolean[] => {
  const members = Object.entries(parts)
    .filter(([, part]) => part > 0)
    .sort(byGroupId)
  const divisor = members.reduce((common, [, part]) => greatestCommonDivisor(common, part), 0)
  const steps = members.map(([, part]) => part / divisor)
  const total = steps.reduce((sum, step) => sum + step, 0)
  const level = steps.map(() => 0)
  return Array.from({ length: total }, () => {
    let chosen = 0
    for (let i = 0; i < steps.length; i++) {
      level[i] = (level[i] as number) + (steps[i] as number)
      if ((level[i] as number) > (level[chosen] as number)) chosen = i
    }
    level[chosen] = (level[chosen] as number) - total
    return members[chosen]?.[0] === workerId
  })
}

/**
 * Stretches that end after the offset and in which the worker has a part, in order. Of two shares from the same moment the later counts. Shares that are
 * over are not looked at, and no cycle is worked out before its stretch is read: workers ask this in the middle of a load, and lists grow long.
 */
const stretchesOf = (shares: readonly ArrivalShare[], workerId: string, afterMs: number): Stretch[] =>
  shares.flatMap((share, i) => {
    const { fromMs } = share
    const toMs = shares[i + 1]?.fromMs ?? Number.POSITIVE_INFINITY
    return toMs <= fromMs || toMs <= afterMs || !((share.parts[workerId] ?? 0) > 0) ? [] : [{ fromMs, toMs, parts: share.parts }]
  })

/** The arrivals of one worker, one after the other. */
export interface OwnArrivals {
  /** The next intended start, milliseconds from the agreed start, never before the one given last; infinite when none follows. */
  next(): number
}

/** Of one stretch, from the offset on; null when it is at its end. */
type ReadStretch = () => number | null

const readConstant = ({ rate }: ArrivalPlan, isOwn: readonly boolean[], fromMs: number, toMs: number): ReadStretch => {
  let n = firstConstant(rate, fromMs)
  return () => {
    while (!isOwn[n % isOwn.length]) n += 1
    const atMs = momentOf(n, rate)
    n += 1
    return atMs < toMs ? atMs : null
  }
}

const readPoisson = ({ rate, seed }: ArrivalPlan, isOwn: readonly boolean[], fromMs: number, toMs: number): ReadStretch => {
  const mean = meanOfBlock(rate)
  let block = Math.floor(Math.max(fromMs, 0) / BLOCK_MS)
  let moments = momentsInBlock(seed, block, mean)
  let i = countBefore(moments, fromMs)
  return () => {
    for (;;) {
      for (; i < moments.length; i++) {
        if (!isOwn[(block + i) % isOwn.length]) continue
        const atMs = moments[i] as number
        i += 1
        return atMs < toMs ? atMs : null
      }
      if ((block + 1) * BLOCK_MS >= toMs) return null
      block += 1
      moments = momentsInBlock(seed, block, mean)
      i = 0
    }
  }
}

/**
 * A worker's own arrivals with an intended start at or after `fromMs`, ascending. Each arrival of the run has one owner among the workers of the share
 * of its moment: they go round in proportion to their parts, by the arrival's number (CONSTANT), or its block's number and its place in it (POISSON).
 * Arrivals before the first share are nobody's.
 * @param shares in order of `fromMs`
 */
export const arrivalsOf = (plan: ArrivalPlan, shares: readonly ArrivalShare[], workerId: string, fromMs: number): OwnArrivals => {
  const stretches = stretchesOf(shares, workerId, fromMs)
  const readStretch = plan.arrival === 'CONSTANT' ? readConstant : readPoisson
  let at = 0
  let read: ReadStretch | null = null
  return {
    next: () => {
      for (let stretch = stretches[at]; stretch !== undefined; stretch = stretches[at]) {
        read ??= readStretch(plan, ownPlaces(stretch.parts, workerId), Math.max(fromMs, stretch.fromMs), stretch.toMs)
        const atMs = read()
        if (atMs !== null) return atMs
        read = null
        at += 1
      }
      return Number.POSITIVE_INFINITY
    },
  }
}
