import type { Evidence } from '@flakebench/contract'

/** Each band is so much wider than the one below it (see `Evidence`). */
const STEP = 1.01

/** The response times of a run in bands, block by block and together; inside a band they are taken to lie evenly. */
export interface Bands {
  readonly total: number
  /** Successful operations of a block. */
  readonly count: (block: number) => number
  readonly sumMs: (block: number) => number
  /** Of a block, those of at most so many milliseconds. */
  readonly countUpTo: (block: number, limitMs: number) => number
  /** Milliseconds that this share of all operations does not exceed; null where nothing was measured. */
  readonly valueMs: (share: number) => number | null
}

export const readBands = ({ bandsMs, blocks }: Evidence): Bands => {
  const whole = new Float64Array(bandsMs.length)
  const counts = new Float64Array(blocks.length)
  const sums = new Float64Array(blocks.length)
  blocks.forEach((block, index) => {
    for (let i = 0; i < block.counts.length; i += 2) {
      const [band, count] = [block.counts[i] as number, block.counts[i + 1] as number]
      whole[band] = (whole[band] ?? 0) + count
      counts[index] = (counts[index] ?? 0) + count
      sums[index] = (sums[index] ?? 0) + count * middleMs(bandsMs[band] as number)
    }
  })
  const upTo = new Float64Array(bandsMs.length)
  let total = 0
  for (let band = 0; band < whole.length; band++) {
    total += whole[band] as number
    upTo[band] = total
  }
  return {
    total,
    count: block => counts[block] ?? 0,
    sumMs: block => sums[block] ?? 0,
    countUpTo: (block, limitMs) => {
      const band = firstAtLeast(bandsMs, limitMs)
      const pairs = blocks[block]?.counts ?? []
      let below = 0
      for (let i = 0; i < pairs.length; i += 2) {
        if ((pairs[i] as number) < band) below += pairs[i + 1] as number
        else if (pairs[i] === band) below += (pairs[i + 1] as number) * partOf(bandsMs[band] as number, limitMs)
      }
      return below
    },
    valueMs: share => {
      if (total === 0) return null
      const rank = Math.min(Math.max(share, 0), 1) * total
      const band = Math.min(firstAtLeast(upTo, rank), bandsMs.length - 1)
      const inBand = whole[band] as number
      const part = inBand === 0 ? 1 : (rank - ((upTo[band] as number) - inBand)) / inBand
      const upper = bandsMs[band] as number
      return upper / STEP + part * (upper - upper / STEP)
    },
  }
}

const middleMs = (upper: number): number => (upper + upper / STEP) / 2
const partOf = (upper: number, limitMs: number): number => Math.min(Math.max((limitMs - upper / STEP) / (upper - upper / STEP), 0), 1)

/** Index of the first that is at least `value`; their number when none is. */
const firstAtLeast = (ascending: ArrayLike<number>, value: number): number => {
  let [low, high] = [0, ascending.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}
