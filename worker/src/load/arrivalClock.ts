/** Wakes the open loop for its arrivals. */
export interface ArrivalClock {
  /** Milliseconds that it has turned the event loop for nothing so far: the process was not busy then, though it looks so from outside. */
  readonly spunMs: number
  /** Calls `due` once when that offset from the agreed start has come, and not for any that was wished before; infinite: not at all. */
  wakeAt(atMs: number): void
  stop(): void
}

export interface ArrivalClockDeps {
  /** Milliseconds from the agreed start, of this process's monotonic clock. */
  readonly sinceStartMs: () => number
  readonly due: () => void
  /** Changes whenever an operation is sent or ends: a turn of the event loop in which one was is not spun. */
  readonly workCount: () => number
}
