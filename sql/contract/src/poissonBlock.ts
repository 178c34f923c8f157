/** Length of a block: what happens in one follows from the seed and the block's number alone, so that any moment can be looked at without those before. */
export const BLOCK_MS = 100

const MIXING_ROUNDS = 15
const WORD = 2 ** 32
/** Below that, counting steps is as quick as the method of rejection, which needs a mean of ten or more. */
const REJECTION_FROM_MEAN = 10

/** Numbers from 0 up to, not including, 1, of one block. Generator: sfc32 (Doty-Humphrey's PractRand), seeded with two words and a counter. */
const fractionsOf = (seed: number, block: number): (() => number) => {
  let [a, b, c, counter] = [seed | 0, block | 0, 0x9e3779b9 | 0, 1]
  const fraction = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / WORD
  }
  for (let i = 0; i < MIXING_ROUNDS; i++) fraction()
  return fraction
}

/** ln(n!): Stirling's series, which is right to ten digits from 10 on; the sum below. */
const logFactorial = (n: number): number => {
  if (n < 10) {
    let product = 1
    for (let i = 2; i <= n; i++) product *= i
    return Math.log(product)
  }
  const x = n + 1
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3)
}

/** Multiplies fractions until they fall below e^−mean (Knuth, The Art of Computer Programming 2, 3.4.1). */
const countSmall = (mean: number, fraction: () => number): number => {
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = fraction(); product > limit; product *= fraction()) count += 1
  return count
}

/** The transformed rejection method PTRS (Hörmann 1993, "The transformed rejection method for generating Poisson random variables"). */
const countLarge = (mean: number, fraction: () => number): number => {
  const b = 0.931 + 2.53 * Math.sqrt(mean)
  const a = -0.059 + 0.02483 * b
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
  const accepted = 0.9277 - 3.6224 / (b - 2)
  const logMean = Math.log(mean)
  for (;;) {
    const u = fraction() - 0.5
    const v = fraction()
    const us = 0.5 - Math.abs(u)
    const count = Math.floor(((2 * a) / us + b) * u + mean + 0.43)
    if (us >= 0.07 && v <= accepted) return count
    if (count < 0 || (us < 0.013 && v > us)) continue
    if (Math.log((v * inverseAlpha) / (a / (us * us) + b)) <= count * logMean - mean - logFactorial(count)) return count
  }
}

const countFrom = (mean: number, fraction: () => number): number =>
  mean < REJECTION_FROM_MEAN ? countSmall(mean, fraction) : countLarge(mean, fraction)

/** Arrivals in a block. @param mean of them */
export const countInBlock = (seed: number, block: number, mean: number): number => countFrom(mean, fractionsOf(seed, block))

/** When the arrivals of a block come: milliseconds from the start of block 0, ascending. A Poisson count, each at any moment alike. */
export const momentsInBlock = (seed: number, block: number, mean: number): Float64Array => {
  const fraction = fractionsOf(seed, block)
  const moments = new Float64Array(countFrom(mean, fraction))
  for (let i = 0; i < moments.length; i++) moments[i] = (block + fraction()) * BLOCK_MS
  return moments.sort()
}
