/**
 * One cycle of a smooth weighted round-robin: each kind appears exactly in proportion to its weight, spread as evenly as can be. Weights have two
 * decimals, so a cycle has at most 10,000 slots, and less where they have a common divisor.
 * The form (raise each by its weight, take the highest, lower it by the sum) is nginx's upstream balancing.
 * @returns indexes into `weights`
 */
export const weightedCycle = (weights: readonly number[]): Uint16Array => {
  const points = weights.map(weight => Math.round(weight * 100))
  const divisor = points.reduce(greatestCommonDivisor, 0)
  if (divisor === 0) throw new RangeError('a mix needs at least one weight above zero')
  const steps = points.map(point => point / divisor)
  const total = steps.reduce((sum, step) => sum + step, 0)
  const level = steps.map(() => 0)
  const cycle = new Uint16Array(total)
  for (let slot = 0; slot < total; slot++) {
    let chosen = 0
    for (let i = 0; i < steps.length; i++) {
      level[i] = (level[i] as number) + (steps[i] as number)
      if ((level[i] as number) > (level[chosen] as number)) chosen = i
    }
    level[chosen] = (level[chosen] as number) - total
    cycle[slot] = chosen
  }
  return cycle
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b))

/** Walks the cycle for ever, from `offset` on. */
export const walkCycle = (cycle: Uint16Array, offset: number): (() => number) => {
  let at = offset % cycle.length
  return () => {
    const index = cycle[at] as number
    at += 1
    if (at === cycle.length) at = 0
    return index
  }
}
