/** Sends each value to all subscribers. A subscriber that is slow gets the newest value only: each replaces the one before. */
export class Broadcast<T> {
  readonly #subscribers = new Set<Subscriber<T>>()

  /** @param onEmpty called when the last subscriber has left */
  constructor(private readonly onEmpty: () => void) {}

  subscribe(keep: 'newest' | 'all' = 'newest'): Subscriber<T> {
    const subscriber = new Subscriber<T>(keep, () => {
      this.#subscribers.delete(subscriber)
      if (this.#subscribers.size === 0) this.onEmpty()
    })
    this.#subscribers.add(subscriber)
    return subscriber
  }

  publish(value: T): void {
    for (const subscriber of this.#subscribers) subscriber.push(value)
  }

  /** After what they have not read yet, all subscribers come to their end. */
  end(): void {
    for (const subscriber of [...this.#subscribers]) subscriber.end()
  }
}

/** So many unread values of an 'all' subscriber are kept; one further behind loses the oldest. */
const BACKLOG = 1_000

export class Subscriber<T> implements AsyncIterableIterator<T> {
  #unread: T[] = []
  #waiting: ((result: IteratorResult<T>) => void) | null = null
  #ended = false

  constructor(
    private readonly keep: 'newest' | 'all',
    private readonly onLeave: () => void,
  ) {}

  push(value: T): void {
    if (this.#ended) return
    if (this.#waiting !== null) {
      this.#waiting({ value, done: false })
      this.#waiting = null
    } else if (this.keep === 'newest') this.#unread = [value]
    else {
      this.#unread.push(value)
      if (this.#unread.length > BACKLOG) this.#unread.shift()
    }
  }

  end(): void {
    this.#ended = true
    this.#waiting?.({ value: undefined, done: true })
    this.#waiting = null
  }

  next(): Promise<IteratorResult<T>> {
    const value = this.#unread.shift()
    if (value !== undefined) return Promise.resolve({ value, done: false })
    if (this.#ended) return Promise.resolve({ value: undefined, done: true })
    return new Promise(resolve => {
      this.#waiting = resolve
    })
  }

  return(): Promise<IteratorResult<T>> {
    this.#unread = []
    this.end()
    this.onLeave()
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return this
  }
}
