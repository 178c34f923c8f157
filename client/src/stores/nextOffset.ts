/** Server time minus local time, and how many readings in a row disagreed with it. */
export interface ClockOffset {
  readonly offsetMs: number
  readonly disagreements: number
}

const DISAGREEMENT_MS = 2_000
const DISAGREEMENTS_BEFORE_RESET = 3

/**
 * A reading is always a little late, never early, so the greatest offset seen is the best one. A reading that is far below
 * it is a slow answer; three in a row mean that the local clock jumped (a laptop that slept), and the offset starts anew.
 */
export const nextOffset = (known: ClockOffset | null, observedMs: number): ClockOffset => {
  if (known === null || observedMs >= known.offsetMs) return { offsetMs: observedMs, disagreements: 0 }
  if (known.offsetMs - observedMs < DISAGREEMENT_MS) return { ...known, disagreements: 0 }
  const disagreements = known.disagreements + 1
  return disagreements >= DISAGREEMENTS_BEFORE_RESET ? { offsetMs: observedMs, disagreements: 0 } : { ...known, disagreements }
}
