const LONGEST_PAUSES = 6
/** Snowflake locks a user out after five wrong passwords. */
const PAUSES_AFTER_REFUSAL = 60

/**
 * Until the next look at a warehouse, after so many failures in a row: as usual after the first, then ever longer, up to six times as long; after a
 * sign-in that was refused sixty times.
 */
export const nextPauseMs = (everyMs: number, failures: number, isRefused = false): number =>
  everyMs * (isRefused ? PAUSES_AFTER_REFUSAL : Math.min(LONGEST_PAUSES, 2 ** Math.max(0, Math.min(failures, LONGEST_PAUSES) - 1)))
