const FIRST_SIZE = 64

/** Moments in the order in which they came. Makes no garbage: one array, twice as large whenever it is full. */
export class MomentQueue {
  #moments = new Float64Array(FIRST_SIZE)
  #first = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  /** The oldest; infinite when there is none. */
  get first(): number {
    return this.#length === 0 ? Number.POSITIVE_INFINITY : (this.#moments[this.#first] as number)
  }

  push(moment: number): void {
    if (this.#length === this.#moments.length) this.#grow()
    this.#moments[(this.#first + this.#length) % this.#moments.length] = moment
    this.#length += 1
  }

  /** Back to where it was taken from. */
  pushFirst(moment: number): void {
    if (this.#length === this.#moments.length) this.#grow()
    this.#first = (this.#first + this.#moments.length - 1) % this.#moments.length
    this.#moments[this.#first] = moment
    this.#length += 1
  }

  /** Takes the oldest away. */
  shift(): number {
    const moment = this.first
    if (this.#length > 0) {
      this.#first = (this.#first + 1) % this.#moments.length
      this.#length -= 1
    }
    return moment
  }

  #grow(): void {
    const larger = new Float64Array(this.#moments.length * 2)
    larger.set(this.#moments.subarray(this.#first))
    larger.set(this.#moments.subarray(0, this.#first), this.#moments.length - this.#first)
    this.#moments = larger
    this.#first = 0
  }
}
