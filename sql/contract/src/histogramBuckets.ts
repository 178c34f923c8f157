import * as hdr from 'hdr-histogram-js'
import type { EncodedHistogram } from './histogram.ts'

const NS_PER_MS = 1_000_000
const BUCKET_BITS = 32

/** What is in a histogram, value by value as far as it tells them apart (0.1 %), ascending; `upToMs[i]` is the largest value that `counts[i]` may have had. */
export interface HistogramBuckets {
  readonly upToMs: readonly number[]
  readonly counts: readonly number[]
}

/** Await `startHistograms` before. Values are as `LatencyHistogram.percentileMs` says them. @throws when it is no histogram */
export const bucketsOf = (encoded: EncodedHistogram): HistogramBuckets => {
  const histogram = hdr.decodeFromCompressedBase64(encoded.hdr, BUCKET_BITS, true) as hdr.WasmHistogram
  const form = histogram.encode()
  histogram.destroy()
  const { upToNs, counts } = readForm(form)
  return { upToMs: upToNs.map(ns => Math.max(encoded.minNs, Math.min(ns, encoded.maxNs)) / NS_PER_MS), counts }
}

const DIGITS_AT = 12
const LOWEST_AT = 16
const COUNTS_AT = 40

/**
 * The buckets of a histogram in its form at rest, uncompressed: after a head of 40 bytes a number for each bucket, its count, or, negative, how many empty
 * ones come next. Source: HdrHistogram, V2 encoding (zigzag LEB128, at most nine bytes a number).
 */
const readForm = (form: Uint8Array): { readonly upToNs: number[]; readonly counts: number[] } => {
  const head = new DataView(form.buffer, form.byteOffset, form.byteLength)
  const halfBits = Math.ceil(Math.log2(2 * 10 ** head.getInt32(DIGITS_AT))) - 1
  const unit = 2 ** Math.floor(Math.log2(Number(head.getBigInt64(LOWEST_AT))))
  const upToNs: number[] = []
  const counts: number[] = []
  const half = 2 ** halfBits
  // The first two halves count unit by unit; each further half counts in steps twice as wide as those before.
  let doublings = 0
  let width = unit
  let index = 0
  for (let at = COUNTS_AT; at < form.length; ) {
    let zigzag = 0
    let scale = 1
    for (let byte = 0x80; byte >= 0x80; scale *= 128) {
      byte = form[at++] as number
      zigzag += (byte & 0x7f) * scale
    }
    if (zigzag % 2 === 1) {
      index += (zigzag + 1) / 2
      continue
    }
    if (zigzag > 0) {
      for (; index >= half * (doublings + 2); width *= 2) doublings += 1
      upToNs.push((index - doublings * half + 1) * width - 1)
      counts.push(zigzag / 2)
    }
    index += 1
  }
  return { upToNs, counts }
}

/** How values are distributed: so many percent of them, `count` in all, are not above `valueMs`. */
export interface PercentilePoint {
  readonly percent: number
  readonly valueMs: number
  readonly count: number
}

const TICKS_PER_HALF = 5

/**
 * The distribution in steps that grow finer towards 100 %: so many on each half of what is left. Ascending, the last is the largest value.
 * Source of the form: HdrHistogram, percentile iteration.
 */
export const percentileCurveOf = ({ upToMs, counts }: HistogramBuckets): PercentilePoint[] => {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const points: PercentilePoint[] = []
  let percent = 0
  let upTo = 0
  for (const [i, valueMs] of upToMs.entries()) {
    upTo += counts[i] as number
    while (upTo < total && 100 * upTo >= percent * total) {
      points.push({ percent, valueMs, count: upTo })
      const halves = Math.floor(Math.log2(100 / (100 - percent))) + 1
      percent += 100 / (TICKS_PER_HALF * 2 ** halves)
    }
    if (upTo === total) points.push({ percent: 100, valueMs, count: total })
  }
  return points
}
