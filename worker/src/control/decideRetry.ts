const FIRST_MS = 100
const LONGEST_MS = 5_000
const MOST_REFUSALS = 10

/**
 * How long to wait before a snapshot is written again; null: not again.
 * @param failures of this snapshot, from 1
 * @param refusals those of them in which the control database answered and did not take it: waiting helps only if somebody puts it right
 */
export const decideRetry = (failures: number, refusals: number): number | null =>
  refusals >= MOST_REFUSALS ? null : Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS)
