export interface Turns {
  /** Resolves when it is one's turn; to be ended by calling what it resolves to, once. @throws what `refuse` makes, when it has not come in time, or `signal` ends it */
  take(signal: AbortSignal): Promise<() => void>
}

export interface TurnOptions {
  /** So many have their turn at the same time. */
  readonly atOnce: number
  /** So many may wait for theirs. */
  readonly mostWaiting: number
  readonly waitMs: number
  readonly refuse: () => Error
}

/** Lets a few in at a time, in the order of asking; the others wait, for so long at most. */
export const takeTurns = ({ atOnce, mostWaiting, waitMs, refuse }: TurnOptions): Turns => {
  let taken = 0
  const waiting: (() => void)[] = []
  const end = (): void => {
    const next = waiting.shift()
    if (next === undefined) taken -= 1
    else next()
  }
  const wait = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', giveUp)
        const at = waiting.indexOf(enter)
        if (at >= 0) waiting.splice(at, 1)
      }
      const enter = (): void => {
        leave()
        resolve()
      }
      const giveUp = (): void => {
        leave()
        reject(refuse())
      }
      const timer = setTimeout(giveUp, waitMs)
      signal.addEventListener('abort', giveUp, { once: true })
      waiting.push(enter)
    })
  return {
    take: async signal => {
      if (signal.aborted) throw refuse()
      if (taken < atOnce) taken += 1
      else {
        if (waiting.length >= mostWaiting) throw refuse()
        await wait(signal)
      }
      return end
    },
  }
}
