/** Wrong passwords of one name, or from one address. */
interface Tries {
  readonly wrong: number
  readonly lastAtMs: number
}

const WINDOW_MS = 15 * 60_000
const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = 15 * 60_000

/** How long one waits after so many wrong passwords, of which `free` cost nothing: twice as long after each. */
export const pauseAfter = (wrong: number, free: number): number =>
  wrong < free ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(30, wrong - free))

/** Counts wrong passwords by a key, and tells who must wait. Its size is bounded: the one that was tried longest ago is forgotten. */
export interface Throttle {
  /** Milliseconds until the next try; 0: now. */
  waitMs(key: string, nowMs: number): number
  /** Counts a try before it is known to be wrong, so that many at once are all counted. */
  count(key: string, nowMs: number): void
  /** It was wrong, as is known now: one waits from here on. */
  confirm(key: string, nowMs: number): void
  /** It was not wrong: `all`: nor do those before matter. */
  forgive(key: string, all: boolean): void
}

export const openThrottle = (free: number, most = 10_000): Throttle => {
  const tried = new Map<string, Tries>()
  const current = (key: string, nowMs: number): Tries | null => {
    const tries = tried.get(key)
    if (tries === undefined) return null
    if (nowMs - tries.lastAtMs <= WINDOW_MS + pauseAfter(tries.wrong, free)) return tries
    tried.delete(key)
    return null
  }
  return {
    waitMs: (key, nowMs) => {
      const tries = current(key, nowMs)
      return tries === null ? 0 : Math.max(0, tries.lastAtMs + pauseAfter(tries.wrong, free) - nowMs)
    },
    count: (key, nowMs) => {
      const wrong = (current(key, nowMs)?.wrong ?? 0) + 1
      tried.delete(key)
      tried.set(key, { wrong, lastAtMs: nowMs })
      const [oldest] = tried.keys()
      if (tried.size > most && oldest !== undefined) tried.delete(oldest)
    },
    confirm: (key, nowMs) => {
      const tries = tried.get(key)
      if (tries !== undefined) tried.set(key, { ...tries, lastAtMs: nowMs })
    },
    forgive: (key, all) => {
      const tries = tried.get(key)
      if (tries === undefined) return
      if (all || tries.wrong <= 1) tried.delete(key)
      else tried.set(key, { ...tries, wrong: tries.wrong - 1 })
    },
  }
}
