/** Ends of operations in flight, the earliest first: a binary heap, with each operation's own time beside it. */
export class Earliest {
  readonly #ends: number[] = []
  readonly #times: number[] = []

  get size(): number {
    return this.#ends.length
  }
  get earliest(): number {
    return this.#ends[0] ?? Number.POSITIVE_INFINITY
  }

  push(endMs: number, tookMs: number): void {
    let at = this.#ends.push(endMs) - 1
    this.#times.push(tookMs)
    for (let above = (at - 1) >> 1; at > 0 && (this.#ends[above] as number) > endMs; above = (at - 1) >> 1) {
      this.#swap(at, above)
      at = above
    }
  }

  /** Takes the earliest out; returns the time it took. */
  pop(): number {
    this.#swap(0, this.#ends.length - 1)
    this.#ends.pop()
    const tookMs = this.#times.pop() as number
    for (let at = 0, below = 1; below < this.#ends.length; below = 2 * at + 1) {
      if (below + 1 < this.#ends.length && (this.#ends[below + 1] as number) < (this.#ends[below] as number)) below += 1
      if ((this.#ends[at] as number) <= (this.#ends[below] as number)) break
      this.#swap(at, below)
      at = below
    }
    return tookMs
  }

  #swap(a: number, b: number): void {
    ;[this.#ends[a], this.#ends[b]] = [this.#ends[b] as number, this.#ends[a] as number]
    ;[this.#times[a], this.#times[b]] = [this.#times[b] as number, this.#times[a] as number]
  }
}
