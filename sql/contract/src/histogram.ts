import * as hdr from 'hdr-histogram-js'

/** The longest latency that is told apart, one hour in nanoseconds; longer ones count as one hour. */
export const LONGEST_NS = 3_600_000_000_000
const NS_PER_MS = 1_000_000
const BUCKET_BITS = 32
/** A value is told apart from others by three digits. */
const ROUNDED_UP = 1.001

/** Must be awaited once in a process before any histogram is made. */
export const startHistograms = (): Promise<void> => hdr.initWebAssembly()

/**
 * Latencies of one kind over one window: an HDR histogram of nanoseconds with three significant digits (every value read from it is within 0.1 %
 * of a recorded one), and beside it count, sum, smallest and largest exactly. Lives in WebAssembly memory: call `free` when done.
 * Source of the form: HdrHistogram, V2 compressed encoding, so that other tools can read it.
 */
export class LatencyHistogram {
  count = 0
  sumNs = 0
  minNs = Number.POSITIVE_INFINITY
  maxNs = 0
  readonly #buckets: hdr.Histogram

  constructor(buckets?: hdr.Histogram) {
    this.#buckets =
      buckets ??
      hdr.build({
        lowestDiscernibleValue: 1,
        highestTrackableValue: LONGEST_NS,
        numberOfSignificantValueDigits: 3,
        bitBucketSize: BUCKET_BITS,
        useWebAssembly: true,
      })
  }

  recordMs(latencyMs: number): void {
    let ns = Math.round(latencyMs * NS_PER_MS)
    if (ns < 0) ns = 0
    else if (ns > LONGEST_NS) ns = LONGEST_NS
    this.#buckets.recordValue(ns)
    this.count += 1
    this.sumNs += ns
    if (ns < this.minNs) this.minNs = ns
    if (ns > this.maxNs) this.maxNs = ns
  }

  /** Adds the other's values to this one: exact, and in any order the same. */
  add(other: LatencyHistogram): void {
    this.#buckets.add(other.#buckets)
    this.count += other.count
    this.sumNs += other.sumNs
    if (other.minNs < this.minNs) this.minNs = other.minNs
    if (other.maxNs > this.maxNs) this.maxNs = other.maxNs
  }

  /**
   * Milliseconds that `percent` (0–100) of the values do not exceed: the nearest-rank percentile, within 0.1 %, never above the largest value.
   * Null when nothing was recorded.
   */
  percentileMs(percent: number): number | null {
    if (this.count === 0) return null
    return Math.max(this.minNs, Math.min(this.#buckets.getValueAtPercentile(percent), this.maxNs)) / NS_PER_MS
  }

  meanMs(): number | null {
    return this.count === 0 ? null : this.sumNs / this.count / NS_PER_MS
  }
  minMs(): number | null {
    return this.count === 0 ? null : this.minNs / NS_PER_MS
  }
  maxMs(): number | null {
    return this.count === 0 ? null : this.maxNs / NS_PER_MS
  }

  reset(): void {
    this.#buckets.reset()
    this.count = 0
    this.sumNs = 0
    this.minNs = Number.POSITIVE_INFINITY
    this.maxNs = 0
  }

  encode(): EncodedHistogram | null {
    if (this.count === 0) return null
    return {
      count: this.count,
      sumNs: this.sumNs,
      minNs: this.minNs,
      maxNs: this.maxNs,
      hdr: hdr.encodeIntoCompressedBase64(this.#buckets),
    }
  }

  /** @throws when it is no histogram, or not one of ours: every other takes it in, then */
  static decode(encoded: EncodedHistogram): LatencyHistogram {
    const buckets = hdr.decodeFromCompressedBase64(encoded.hdr, BUCKET_BITS, true)
    if (buckets.maxValue > LONGEST_NS * ROUNDED_UP) {
      buckets.destroy()
      throw new RangeError('the histogram holds longer latencies than an hour')
    }
    const histogram = new LatencyHistogram(buckets)
    histogram.count = encoded.count
    histogram.sumNs = encoded.sumNs
    histogram.minNs = encoded.minNs
    histogram.maxNs = encoded.maxNs
    return histogram
  }

  /** Gives the WebAssembly memory back; the histogram must not be used after. */
  free(): void {
    this.#buckets.destroy()
  }
}

/** A histogram at rest: exact count, sum, smallest and largest, and the buckets in HDR V2 compressed form as base64. */
export interface EncodedHistogram {
  readonly count: number
  readonly sumNs: number
  readonly minNs: number
  readonly maxNs: number
  readonly hdr: string
}

/** The sum of histograms at rest; null when there is none. */
export const addEncoded = (all: Iterable<EncodedHistogram | null>): EncodedHistogram | null => {
  let sum: LatencyHistogram | null = null
  let only: EncodedHistogram | null = null
  let parts = 0
  for (const encoded of all) {
    if (encoded === null) continue
    parts += 1
    if (parts === 1) {
      only = encoded
      continue
    }
    sum ??= LatencyHistogram.decode(only as EncodedHistogram)
    const next = LatencyHistogram.decode(encoded)
    sum.add(next)
    next.free()
  }
  if (sum === null) return only
  const encoded = sum.encode()
  sum.free()
  return encoded
}
