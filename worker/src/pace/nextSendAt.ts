/**
 * When a connection of a closed loop sends again: when its last operation ended, plus think time.
 * @returns milliseconds from the agreed start; null when that is at or after the end of the load, so that waiting for it is of no use
 */
export const nextSendAt = (endedAtMs: number, thinkTimeMs: number, loadEndMs: number): number | null => {
  const atMs = endedAtMs + thinkTimeMs
  return atMs < loadEndMs ? atMs : null
}
