import { isTerminal, type RunStatus } from '@flakebench/contract'

/** What is known of the looks at a run's warehouse. Moments by the database clock. */
export interface WarehouseSightings {
  readonly status: RunStatus
  readonly nowMs: number
  /** The newest with figures. */
  readonly seenAtMs: number | null
  /** Why the newest of all failed; null when it did not. */
  readonly failure: string | null
}

/** Three looks and a little: fewer may be missed when the server is busy, or the run is taken over. */
const OLD_MS = 20_000

/** Why the figures of a run's warehouse are missing or old, in words that stay the same while that lasts; null when they are as they should be. */
export const warehouseTrouble = ({ status, nowMs, seenAtMs, failure }: WarehouseSightings): string | null => {
  if (seenAtMs === null) return failure === null ? null : `There are no warehouse figures: ${failure}`
  if (isTerminal(status)) return null
  if (failure !== null) return `Warehouse figures are missing since ${timeOf(seenAtMs)}: ${failure}`
  if (nowMs - seenAtMs > OLD_MS) return `Warehouse figures are missing since ${timeOf(seenAtMs)}: nobody has looked since`
  return null
}

const timeOf = (atMs: number): string => `${new Date(atMs).toISOString().slice(11, 19)} UTC`
