import { type EncodedHistogram, LatencyHistogram } from '@flakebench/contract'

/**
 * A sum of histograms, open for adding: each is decoded once and added as often as it takes. As long as it is one histogram alone it knows that one's
 * form at rest. Holds WebAssembly memory (about 130 KB) once there is anything in it; `free` gives it back.
 */
export class SumHistogram {
  #sum: LatencyHistogram | null = null
  #atRest: EncodedHistogram | null = null

  /** @throws when it cannot be read */
  static of(encoded: EncodedHistogram | null): SumHistogram {
    const sum = new SumHistogram()
    if (encoded === null) return sum
    sum.#sum = LatencyHistogram.decode(encoded)
    sum.#atRest = encoded
    return sum
  }

  /** Null: there is nothing in it. Not to be kept. */
  get histogram(): LatencyHistogram | null {
    return this.#sum
  }

  /** The other remains as it is. */
  add(other: SumHistogram): void {
    if (other.#sum === null) return
    this.#atRest = this.#sum === null ? other.#atRest : null
    this.#sum ??= new LatencyHistogram()
    this.#sum.add(other.#sum)
  }

  percentileMs(percent: number): number | null {
    return this.#sum?.percentileMs(percent) ?? null
  }

  encode(): EncodedHistogram | null {
    if (this.#sum === null) return null
    this.#atRest ??= this.#sum.encode()
    return this.#atRest
  }

  free(): void {
    this.#sum?.free()
    this.#sum = null
    this.#atRest = null
  }
}

/** Hands the sum of these to `read`, which must not keep it. */
export const withSum = <T>(parts: readonly SumHistogram[], read: (sum: SumHistogram) => T): T => {
  const filled = parts.filter(part => part.histogram !== null)
  if (filled.length === 1) return read(filled[0] as SumHistogram)
  const sum = new SumHistogram()
  for (const part of filled) sum.add(part)
  const value = read(sum)
  sum.free()
  return value
}
