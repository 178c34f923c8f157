/** How much of the past a series carries along. */
export interface Memory {
  /** Blocks that are drawn together. */
  readonly length: number
  /** Correlation of neighbours: the most that is likely. Of so many blocks added, where the noise of single ones hides it. */
  readonly neighbours: number
  readonly added: number
}

/** Drawn blocks are never so long that fewer of them than this make up the run: below, the spread is known too badly. */
const FEWEST_DRAWN = 5
/** And never shorter than this part of it: slow swings that no correlogram of so few blocks shows are then in the spread all the same. */
const SHORTEST_PART = 1 / 16

const MOST_NEIGHBOURS = 0.97

/**
 * How many neighbouring blocks are drawn together: the greatest of what the correlogram asks for (Politis and White 2004, as corrected 2009, for the
 * circular bootstrap), what the correlation of neighbours asks for (Andrews 1991, first-order autoregression, Bartlett's weights) and a sixteenth of the
 * run; at most a fifth of it. A correlation that is read from few blocks comes out too low: it is taken as one standard error higher;
 * and slow swings below the noise of single blocks are looked for in sums of two, four and eight.
 */
export const drawnLengthOf = (series: Float64Array): Memory => {
  const n = series.length
  const covariance = covariancesOf(series, Math.min(n - 1, Math.ceil(3 * Math.sqrt(n)) + 5))
  if (!((covariance[0] ?? 0) > 0)) return { length: clamp(n * SHORTEST_PART, n), neighbours: 0, added: 1 }
  const neighbours = likelyNeighbours(covariance, n, MARGIN)
  const strength = (4 * neighbours ** 2) / ((1 - neighbours) ** 2 * (1 + neighbours) ** 2)
  const byNeighbours = 1.1447 * Math.cbrt(strength * n)
  const length = clamp(Math.max(byCorrelogram(covariance, n), byNeighbours, n * SHORTEST_PART), n)
  const levels = ADDED.filter(added => n / added >= FEWEST_ADDED && added < length).map(added => {
    const sums = Float64Array.from({ length: Math.floor(n / added) }, (_, i) =>
      series.subarray(i * added, (i + 1) * added).reduce((total, value) => total + value, 0),
    )
    return { length, neighbours: likelyNeighbours(covariancesOf(sums, 1), sums.length, MARGIN_ADDED), added }
  })
  return levels.reduce((most, level) => longerOf(most, level, n), { length, neighbours, added: 1 })
}

const likelyNeighbours = ([variance = 0, next = 0]: readonly number[], n: number, margin: number): number => {
  const read = variance > 0 ? next / variance : 0
  const likelyOff = (1 + 3 * read) / n + margin * Math.sqrt(Math.max(1 - read ** 2, 0) / n)
  return Math.min(Math.max(read + likelyOff, 0), MOST_NEIGHBOURS)
}

/** Neighbours are added in so many at a time, as long as so many sums are left, to see slow swings under the noise of single blocks. */
const ADDED = [2, 4, 8]
const FEWEST_ADDED = 30
/** Standard errors by which a correlation is taken as higher than it was read; of sums as lower, as the highest of several levels is taken. */
const MARGIN = 1
const MARGIN_ADDED = -0.4

const clamp = (length: number, n: number): number => Math.max(Math.min(Math.round(length), Math.floor(n / FEWEST_DRAWN)), 1)

const covariancesOf = (series: Float64Array, lags: number): number[] => {
  const n = series.length
  const mean = series.reduce((total, value) => total + value, 0) / n
  return Array.from({ length: lags + 1 }, (_, lag) => {
    let sum = 0
    for (let i = lag; i < n; i++) sum += ((series[i] as number) - mean) * ((series[i - lag] as number) - mean)
    return sum / n
  })
}

const byCorrelogram = (covariance: readonly number[], n: number): number => {
  const variance = covariance[0] as number
  const isSmall = (lag: number): boolean => Math.abs((covariance[lag] ?? 0) / variance) < 2 * Math.sqrt(Math.log10(n) / n)
  const inARow = Math.max(5, Math.ceil(Math.sqrt(Math.log10(n))))
  let last = 0
  while (last < covariance.length - 1 && !Array.from({ length: inARow }, (_, i) => last + 1 + i).every(isSmall)) last += 1
  const reach = Math.max(Math.min(2 * last, covariance.length - 1), 1)
  let [level, slope] = [variance, 0]
  for (let lag = 1; lag <= reach; lag++) {
    const part = lag / reach
    const weight = part <= 0.5 ? 1 : 2 * (1 - part)
    level += 2 * weight * (covariance[lag] as number)
    slope += 2 * weight * lag * (covariance[lag] as number)
  }
  return level <= 0 ? 1 : Math.cbrt((2 * slope ** 2) / ((4 / 3) * level ** 2)) * Math.cbrt(n)
}

/** How many blocks without memory would tell as much as these. */
export const independentOf = ({ neighbours, added }: Memory, n: number): number => ((n / added) * (1 - neighbours)) / (1 + neighbours)

/** The longer of two, with the memory that hides more. */
export const longerOf = (a: Memory, b: Memory, n: number): Memory => {
  const length = Math.max(a.length, b.length)
  const [one, other] = [a, b].map(memory => ({ ...memory, length })) as [Memory, Memory]
  return shortfallOf(one, n) >= shortfallOf(other, n) ? one : other
}

/**
 * By how much the variance from blocks drawn in this length falls short: they are measured from the run's own mean, and what reaches over the edges of a
 * drawn block is left out; reckoned for a first-order autoregression. From 1 up.
 */
export const shortfallOf = ({ length, neighbours, added }: Memory, n: number): number => {
  const whole = (1 + neighbours) / (1 - neighbours)
  const reach = length / added
  let seen = 1
  let power = 1
  for (let lag = 1; lag < reach; lag++) {
    power *= neighbours
    seen += 2 * (1 - lag / reach) * power
  }
  return whole / seen / (1 - length / n)
}
