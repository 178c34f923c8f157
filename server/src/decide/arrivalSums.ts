import { type ArrivalCounts, addEncoded } from '@flakebench/contract'

/**
 * Adds what became of arrivals, in any order and portions alike; null where there is no open loop. What waits is a state at the end of an interval:
 * added over workers it is right, for neighbouring intervals take the last.
 */
export const addArrivals = (parts: readonly (ArrivalCounts | null | undefined)[]): ArrivalCounts | null => {
  const all = parts.filter(one => one !== null && one !== undefined)
  if (all.length === 0) return null
  const total = (pick: (one: ArrivalCounts) => number): number => all.reduce((sum, one) => sum + pick(one), 0)
  return {
    planned: total(one => one.planned),
    late: total(one => one.late),
    missed: total(one => one.missed),
    waiting: total(one => one.waiting),
    clockError: addEncoded(all.map(one => one.clockError)),
  }
}
