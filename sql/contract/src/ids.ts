/** Crockford's base 32, as the ULID specification uses it: no I, L, O, U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * A ULID: 48 bits of time and 80 random bits as 26 characters, so that ids sort by creation.
 * @param nowMs milliseconds since 1970 (only an order, never subtracted from another clock)
 * @param random at least 16 random bytes; the low five bits of each are used
 */
export const formatUlid = (nowMs: number, random: Uint8Array): string => {
  let time = ''
  for (let rest = Math.floor(nowMs), i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32] + time
  let tail = ''
  for (let i = 0; i < 16; i++) tail += ALPHABET[(random[i] as number) & 31]
  return time + tail
}

/** `worker-0`, `worker-1`, …: the id of the worker with this group id. */
export const workerIdOf = (workerGroupId: number): string => `worker-${workerGroupId}`
