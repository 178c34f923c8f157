/** Something that is opened, used by one at a time, and closed. */
export interface Pooled {
  readonly isUsable: boolean
  close(): Promise<void>
}

export interface PoolOptions<T extends Pooled> {
  readonly open: () => Promise<T>
  /** Opened when needed; never more. */
  readonly most: number
  /** Being opened at the same time: logins are dear to the server. */
  readonly mostOpening: number
  /** A caller who has not got one by then is refused. */
  readonly waitMs: number
  /** One that nobody has used for that long is closed. */
  readonly idleMs: number
  readonly refuse: (waitMs: number) => Error
  /** How long an opening that failed so need not be tried again: whoever asks until then gets the same failure. 0: it may be tried at once. */
  readonly failsForMs: (error: unknown) => number
}

export interface Pool<T extends Pooled> {
  /** In the order of asking. What cannot be used afterwards is closed and replaced. */
  use<R>(work: (one: T) => Promise<R>): Promise<R>
  /** Closes those that nobody uses now. */
  closeIdle(): void
  /** Refuses whoever waits, waits for whoever works, and closes all. */
  close(): Promise<void>
}

const CLOSED = 'the pool of sessions is closed'

interface Waiter<T> {
  readonly timer: NodeJS.Timeout
  readonly resolve: (one: T) => void
  readonly reject: (error: unknown) => void
}

export const poolOf = <T extends Pooled>(options: PoolOptions<T>): Pool<T> => {
  const idle: { readonly one: T; readonly timer: NodeJS.Timeout }[] = []
  const waiters: Waiter<T>[] = []
  const closing = new Set<Promise<void>>()
  let total = 0
  let opening = 0
  let isClosed = false
  let hasOpened = false
  let failed: { readonly error: unknown; readonly untilMs: number } | null = null
  let allClosed: (() => void) | undefined

  const discard = (one: T): void => {
    total -= 1
    const gone = one.close()
    closing.add(gone)
    void gone.finally(() => {
      closing.delete(gone)
      settleClose()
    })
    openMore()
  }
  const settleClose = (): void => {
    if (isClosed && total === 0 && opening === 0 && closing.size === 0) allClosed?.()
  }
  const give = (one: T): void => {
    if (isClosed || !one.isUsable) {
      discard(one)
      return
    }
    const waiter = waiters.shift()
    if (waiter !== undefined) {
      clearTimeout(waiter.timer)
      waiter.resolve(one)
      return
    }
    const timer = setTimeout(() => {
      idle.splice(
        idle.findIndex(entry => entry.one === one),
        1,
      )
      discard(one)
    }, options.idleMs)
    idle.push({ one, timer: timer.unref() })
  }
  const rejectNext = (error: unknown): void => {
    const waiter = waiters.shift()
    clearTimeout(waiter?.timer)
    waiter?.reject(error)
  }
  /** A failure that is remembered still. */
  const standing = (): { readonly error: unknown } | null => {
    if (failed !== null && performance.now() >= failed.untilMs) failed = null
    return failed
  }
  const openMore = (): void => {
    // Before one has been opened nobody knows whether it can be: one try is enough to find out.
    const mostOpening = hasOpened ? options.mostOpening : 1
    while (!isClosed && standing() === null && waiters.length > opening && total < options.most && opening < mostOpening) {
      total += 1
      opening += 1
      options.open().then(
        one => {
          opening -= 1
          hasOpened = true
          give(one)
          openMore()
        },
        (error: unknown) => {
          opening -= 1
          total -= 1
          const failsForMs = options.failsForMs(error)
          if (failsForMs > 0) {
            failed = { error, untilMs: performance.now() + failsForMs }
            hasOpened = false
            while (waiters.length > 0) rejectNext(error)
          }
          // Otherwise each failure is told to one of those who wait; the next one's turn is another try.
          else rejectNext(error)
          openMore()
          settleClose()
        },
      )
    }
  }
  const closeIdle = (): void => {
    for (const entry of idle.splice(0)) {
      clearTimeout(entry.timer)
      discard(entry.one)
    }
  }
  const takeIdle = (): T | undefined => {
    for (;;) {
      const entry = idle.pop()
      if (entry === undefined) return undefined
      clearTimeout(entry.timer)
      if (entry.one.isUsable) return entry.one
      discard(entry.one)
    }
  }
  const acquire = (): Promise<T> => {
    if (isClosed) return Promise.reject(new Error(CLOSED))
    const one = takeIdle()
    if (one !== undefined) return Promise.resolve(one)
    const remembered = standing()
    if (remembered !== null) return Promise.reject(remembered.error)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiters.splice(waiters.indexOf(waiter), 1)
        reject(options.refuse(options.waitMs))
      }, options.waitMs)
      const waiter: Waiter<T> = { timer, resolve, reject }
      waiters.push(waiter)
      openMore()
    })
  }

  return {
    use: async work => {
      const one = await acquire()
      try {
        return await work(one)
      } finally {
        give(one)
      }
    },
    closeIdle,
    close: () =>
      new Promise(resolve => {
        isClosed = true
        allClosed = resolve
        for (const waiter of waiters.splice(0)) {
          clearTimeout(waiter.timer)
          waiter.reject(new Error(CLOSED))
        }
        closeIdle()
        settleClose()
      }),
  }
}
