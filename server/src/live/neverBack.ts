import type { RunRecord } from '@flakebench/contract'

/** How far two readings of one clock may lie apart by the ways of their answers alone; what is further back is a clock that was set. */
const WAYS_MS = 1_000

/**
 * The run as it was read, no earlier than it was shown before. A reading is as old as its answer was long on its way, and of two ways in a row the second
 * may be the longer one.
 * @param before as it was last shown; null: never
 */
export const neverBack = (run: RunRecord, before: RunRecord | null): RunRecord => {
  const backMs = before === null ? 0 : before.nowMs - run.nowMs
  if (before === null || backMs <= 0 || backMs > WAYS_MS) return run
  const isCounting = run.startRequestedAtMs !== null && run.endedAtMs === null
  return {
    ...run,
    nowMs: before.nowMs,
    elapsedSeconds: isCounting ? Math.max(run.elapsedSeconds, before.elapsedSeconds) : run.elapsedSeconds,
  }
}
