import type { ControlPace } from '@flakebench/contract'

/** Without word from some worker the tables are the only way: they are read as often as this. */
const UNHEARD_MS = 1_000
/** So long a gap in what was pushed is given to close by itself. */
const GAP_MS = 2_000

/** What decides whether snapshots are read from the tables. Milliseconds of one monotonic clock. */
export interface TablesView {
  readonly nowMs: number
  readonly readAtMs: number
  /** All workers push. */
  readonly isHeard: boolean
  /** Since when a pushed snapshot waits for one before it; null: none does. */
  readonly gapSinceMs: number | null
}

/** Whether the tables are to be read again, at a pace that is meant for when all is pushed as well. */
export const areTablesDue = (view: TablesView, { readSnapshotsMs }: Pick<ControlPace, 'readSnapshotsMs'>): boolean => {
  const isGap = view.gapSinceMs !== null && view.nowMs - view.gapSinceMs >= GAP_MS
  const everyMs = view.isHeard && !isGap ? readSnapshotsMs : Math.min(readSnapshotsMs, UNHEARD_MS)
  return view.nowMs - view.readAtMs >= everyMs
}
