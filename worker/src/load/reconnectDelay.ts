const FIRST_MS = 50
const LONGEST_MS = 1_000

/**
 * How long a connection waits before it tries again: 50 ms, doubling to a second, and up to half as much more so that connections do not come back
 * all at once. Never under 50 ms: a SUT that is down gives each connection at most 20 errors a second.
 * @param failures in a row, from 1
 * @param jitter 0 to 1
 */
export const reconnectDelayMs = (failures: number, jitter: number): number => {
  const base = Math.min(FIRST_MS * 2 ** Math.max(failures - 1, 0), LONGEST_MS)
  return base * (1 + jitter / 2)
}
