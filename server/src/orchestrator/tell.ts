import type { OwnedRun } from './ownedRun.ts'
import type { TickDeps } from './tickDeps.ts'

/** Between two updates for a new interval alone; changes of state are told at once. */
const TELL_EVERY_MS = 800

/** Tells those who watch, if there is something to tell. */
export const tell = (owned: OwnedRun, hasChanged: boolean, { publish, monotonicMs }: Pick<TickDeps, 'publish' | 'monotonicMs'>): void => {
  const newest = owned.ledger.newestComplete()
  const version = owned.seen?.run.version ?? -1
  const nowMs = monotonicMs()
  const isDue = newest > owned.publishedIndex && nowMs - owned.publishedAtMs >= TELL_EVERY_MS
  const isState = hasChanged || version !== owned.publishedVersion
  if (!isState && !isDue) return
  owned.publishedIndex = newest
  owned.publishedVersion = version
  owned.publishedAtMs = nowMs
  publish(owned.runId, isState)
}
