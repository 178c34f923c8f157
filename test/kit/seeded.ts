/** Random numbers that follow from a seed. Source of the generator: mulberry32 (Tommy Ettinger, public domain). */
export interface Seeded {
  /** From 0 up to, not including, 1. */
  readonly fraction: () => number
  /** A whole number from `min` to `max`, both included. */
  readonly whole: (min: number, max: number) => number
  readonly pick: <T>(from: readonly T[]) => T
  /** From a normal distribution with mean 0 and deviation 1 (Box and Muller). */
  readonly normal: () => number
}

export const seeded = (seed: number): Seeded => {
  let state = seed >>> 0
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const whole = (min: number, max: number): number => min + Math.floor(fraction() * (max - min + 1))
  return {
    fraction,
    whole,
    pick: from => from[whole(0, from.length - 1)] as (typeof from)[number],
    normal: () => Math.sqrt(-2 * Math.log(1 - fraction())) * Math.cos(2 * Math.PI * fraction()),
  }
}

/**
 * Checks a property on `runs` random cases, new ones each time. A failure names the seed of its case: pass it as `seed`, with one run, to see it again.
 */
export const forAll = (check: (random: Seeded) => void, runs = 200, seed = Math.floor(Math.random() * 2 ** 31)): void => {
  for (let run = 0; run < runs; run++) {
    try {
      check(seeded(seed + run))
    } catch (cause) {
      throw new Error(`Does not hold for seed ${seed + run}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    }
  }
}
