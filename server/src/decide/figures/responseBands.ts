import { bucketsOf, type EncodedHistogram } from '@flakebench/contract'

const SMALLEST_MS = 0.001
const STEP = 1.01
const LOG_STEP = Math.log(STEP)

/** Up to an hour, which is the longest that a histogram tells apart. */
const EDGES_MS = Array.from({ length: 2_213 }, (_, band) => SMALLEST_MS * STEP ** band)

/** The upper edge of a band of response times; bands are 1 % wide and the same for all runs. Band 0 holds whatever is not above 1 µs. */
export const upperEdgeMs = (band: number): number => EDGES_MS[band] ?? SMALLEST_MS * STEP ** band

/** The band whose values are above the edge before it, and not above its own. */
export const bandOf = (ms: number): number => {
  let band = Math.max(0, Math.ceil(Math.log(ms / SMALLEST_MS) / LOG_STEP))
  // The logarithm is not exact at an edge.
  while (band > 0 && ms <= upperEdgeMs(band - 1)) band -= 1
  while (ms > upperEdgeMs(band)) band += 1
  return band
}

/** Counts by band. */
export type BandCounts = ReadonlyMap<number, number>

export const bandCountsOf = (latency: EncodedHistogram | null): BandCounts => {
  const bands = new Map<number, number>()
  if (latency === null) return bands
  const { upToMs, counts } = bucketsOf(latency)
  let band = bandOf(upToMs[0] ?? 0)
  let count = 0
  for (let i = 0; i < upToMs.length; i++) {
    const ms = upToMs[i] as number
    if (ms > upperEdgeMs(band)) {
      bands.set(band, count)
      count = 0
      while (ms > upperEdgeMs(band)) band += 1
    }
    count += counts[i] as number
  }
  if (count > 0) bands.set(band, count)
  return bands
}

export const addBands = (sum: Map<number, number>, more: BandCounts): void => {
  for (const [band, count] of more) sum.set(band, (sum.get(band) ?? 0) + count)
}

/** The lowest and the highest band that are used in any; null: none is. */
export const usedBands = (all: Iterable<BandCounts>): { readonly lowest: number; readonly highest: number } | null => {
  let lowest = Number.POSITIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  for (const bands of all) {
    for (const band of bands.keys()) {
      if (band < lowest) lowest = band
      if (band > highest) highest = band
    }
  }
  return highest >= lowest ? { lowest, highest } : null
}
