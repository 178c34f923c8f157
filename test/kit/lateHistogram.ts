import type { EncodedHistogram, LatencyHistogram } from '@flakebench/contract'

/** A histogram that is made when it is asked for: of simulated intervals, most never are. */
export interface LateHistogram {
  encoded(): EncodedHistogram | null
  percentileMs(percent: number): number | null
  maxMs(): number | null
}

/** @param scratch is filled with the values whenever something is asked for; many can share one */
export const lateHistogram = (scratch: LatencyHistogram, valuesMs: readonly number[]): LateHistogram => {
  let encoded: EncodedHistogram | null = null
  const fill = (): LatencyHistogram => {
    scratch.reset()
    for (const valueMs of valuesMs) scratch.recordMs(valueMs)
    return scratch
  }
  return {
    encoded: () => {
      if (valuesMs.length > 0) encoded ??= fill().encode()
      return encoded
    },
    percentileMs: percent => fill().percentileMs(percent),
    maxMs: () => fill().maxMs(),
  }
}
