import type { ControlPace, Plan } from '@flakebench/contract'
import { listWarehousePolls } from '@flakebench/store'
import { decideLoad, type LoadDecision } from '../decide/decideLoad.ts'
import type { FleetMember } from '../decide/fleet.ts'
import { settledIntervals } from '../decide/settled.ts'
import { decideStartMargin } from '../decide/startMargin.ts'
import { type OwnedRun, runNow, type SeenRun } from './ownedRun.ts'
import type { TickDeps } from './tickDeps.ts'

/** Whether anything but its schedule changes a run's load. */
export const isSteered = ({ load, guardrails, sloAbort }: Plan): boolean =>
  load.mode !== 'CONCURRENCY' || guardrails.enabled || sloAbort.enabled

/** As often as its warehouse is looked at. */
const READ_QUEUE_MS = 5_000

/** What a running run's load asks for now; null: it is not running, or not all is known of it yet. */
export const steerLoad = async (
  owned: OwnedRun,
  seen: SeenRun,
  fleet: readonly FleetMember[],
  deps: TickDeps,
): Promise<LoadDecision | null> => {
  if (seen.run.status !== 'RUNNING' || !isComplete(owned, deps)) return null
  await readQueue(owned, seen, deps)
  const { pace, monotonicMs } = deps
  const run = runNow(seen, monotonicMs())
  const newest = owned.ledger.newestByWorker()
  const newestIndexOf = (workerId: string): number => newest.get(workerId)?.intervalIndex ?? -1
  return decideLoad({
    run,
    fleet,
    intervals: isSteered(run.plan) ? settledIntervals(run, owned.ledger.atHand(), newestIndexOf, pace) : [],
    readings: owned.ledger.uses(),
    queueSamples: owned.queue.samples,
    memory: owned.loadMemory,
    shareMarginMs: shareMarginMs(seen, pace),
  })
}

/** From a decision until new arrival shares may hold: every worker will have heard of them by then. */
export const shareMarginMs = ({ askedAtMs, readAtMs }: SeenRun, pace: Pick<ControlPace, 'shareMarginMs'>): number =>
  decideStartMargin({ sinceReadMs: 0, statementMs: readAtMs - askedAtMs, startMarginMs: pace.shareMarginMs })

/** What only a dead owner knew may never come: after a time its run is steered by what there is. */
const isComplete = (owned: OwnedRun, { pace, monotonicMs }: TickDeps): boolean => {
  if (!owned.hasCaughtUp) return false
  owned.behindSinceMs = owned.ledger.isBehind ? (owned.behindSinceMs ?? monotonicMs()) : null
  return owned.behindSinceMs === null || monotonicMs() - owned.behindSinceMs > pace.settleMs
}

/** Reads what is new of it; of what is known, what was before the step under way counts no more. */
const readQueue = async (owned: OwnedRun, { run }: SeenRun, { db, monotonicMs }: TickDeps): Promise<void> => {
  const isLookedAt = run.plan.load.mode === 'FIND_MAX_CONCURRENCY' && run.plan.target.warehouse !== null
  const { samples, newest, readAtMs } = owned.queue
  if (!isLookedAt || monotonicMs() - readAtMs < READ_QUEUE_MS) return
  const polls = await listWarehousePolls(db, run.id, newest)
  const fromMs = run.findMax?.step?.startMs ?? Number.NEGATIVE_INFINITY
  const all = [...samples, ...polls.map(({ elapsedSeconds, queued }) => ({ atMs: elapsedSeconds * 1_000, queued }))]
  owned.queue = {
    samples: all.filter(({ atMs }) => atMs >= fromMs),
    newest: polls.at(-1)?.sequence ?? newest,
    readAtMs: monotonicMs(),
  }
}
