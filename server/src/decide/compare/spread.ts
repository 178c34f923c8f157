import type { BlockRatio } from './blockRatio.ts'
import { drawnLengthOf, independentOf, type Memory, shortfallOf } from './drawnLength.ts'
import { drawnBy } from './random.ts'

/** How far a figure of one run could have come out differently. */
export interface Spread {
  /** Variance of the figure on its scale. */
  readonly variance: number
  /** Degrees of freedom with which that is known. */
  readonly degrees: number
}

/** So often a run is put together anew. */
const DRAWS = 600

/** How much a figure of one block has to do with that of the next. */
export const memoryOf = ({ ratio, over, under }: BlockRatio): Memory =>
  drawnLengthOf(over.map((part, i) => part - ratio * (under[i] as number)))

/**
 * The circular block bootstrap (Politis and Romano 1992): the run is put together anew from stretches of neighbouring blocks, drawn with replacement, and
 * the figure read from each; made up for what short runs hide. Degrees of freedom: 1.5 × blocks / drawn length, those of Bartlett's weights, and no more
 * than there are independent blocks.
 * @param seed equal words draw equally
 */
export const spreadOf = ({ ratio, over, under, scaled }: BlockRatio, memory: Memory, seed: string): Spread => {
  const n = over.length
  const { length } = memory
  const draw = drawnBy(seed)
  const [overUpTo, underUpTo] = [circularSums(over, length), circularSums(under, length)]
  const center = scaled(ratio)
  let [count, total, squares] = [0, 0, 0]
  for (let i = 0; i < DRAWS; i++) {
    let [a, b] = [0, 0]
    for (let left = n; left > 0; left -= length) {
      const from = draw(n)
      const to = from + Math.min(length, left)
      a += (overUpTo[to] as number) - (overUpTo[from] as number)
      b += (underUpTo[to] as number) - (underUpTo[from] as number)
    }
    const off = b === 0 ? Number.NaN : scaled(a / b) - center
    if (!Number.isFinite(off)) continue
    count += 1
    total += off
    squares += off * off
  }
  const variance = count < 2 ? Number.POSITIVE_INFINITY : (squares - total ** 2 / count) / (count - 1)
  return {
    variance: variance * shortfallOf(memory, n),
    degrees: Math.max(Math.min((1.5 * n) / length, independentOf(memory, n)), 1),
  }
}

/** sums[i] is of the first i values, going round once more for `length`. */
const circularSums = (values: Float64Array, length: number): Float64Array => {
  const sums = new Float64Array(values.length + length + 1)
  for (let i = 0; i < sums.length - 1; i++) sums[i + 1] = (sums[i] as number) + (values[i % values.length] as number)
  return sums
}
