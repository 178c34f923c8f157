const FIRST_WAIT_MS = 400
const LONGEST_WAIT_MS = 5_000

/** How long to wait before try number `attempt` (from 0): doubles up to five seconds, with a fifth of jitter so that pages do not knock together. */
const retryDelayMs = (attempt: number, jitter: number): number =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 10)) * (0.8 + 0.2 * jitter)

/** Waits before a retry; the browser's "online" event ends the wait early. */
export const waitBeforeRetry = (attempt: number): Promise<void> =>
  new Promise(resolve => {
    const finish = (): void => {
      clearTimeout(timer)
      window.removeEventListener('online', finish)
      resolve()
    }
    const timer = setTimeout(finish, retryDelayMs(attempt, Math.random()))
    window.addEventListener('online', finish)
  })
