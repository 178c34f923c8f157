import { setTimeout as pause } from 'node:timers/promises'

/** Waits until `condition` holds, looking every `everyMs`; false when `timeoutMs` have passed first. */
export const waitUntil = async (condition: () => boolean, timeoutMs: number, everyMs = 10): Promise<boolean> => {
  const giveUpAt = performance.now() + timeoutMs
  while (!condition()) {
    if (performance.now() > giveUpAt) return false
    await pause(everyMs)
  }
  return true
}
