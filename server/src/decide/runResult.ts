import {
  type ArrivalResult,
  arrivalPlanOf,
  type HeartbeatRecord,
  type LostWorker,
  arrivalsOf as ownArrivalsOf,
  type Result,
  type RunRecord,
} from '@flakebench/contract'
import { accountFor, addFigures, NO_ARRIVALS } from './arrivalTally.ts'
import type { KindHistograms } from './kindHistograms.ts'
import type { PlannedSoFar } from './plannedSoFar.ts'
import { judgeSlos } from './slo.ts'
import { arrivalPercentiles, type Counts, NO_TESTIMONY, type Tally, withKinds } from './tally.ts'

export interface RunSums {
  readonly counts: Counts
  /** One for each worker. */
  readonly tallies: readonly Tally[]
  /** Null without a run. */
  readonly planned: PlannedSoFar | null
  /** End of the newest interval in which all have reported, from the agreed start. */
  readonly completeUntilMs: number
  readonly missingSnapshots: number
  readonly heartbeats: readonly HeartbeatRecord[]
  readonly run: RunRecord | null
}

/** A run's measurement, so far or, once its load has ended, as a whole. */
export const resultOfRun = (sums: RunSums): Result => {
  const { counts, tallies, missingSnapshots, heartbeats, run } = sums
  return withKinds(tallies, (kinds, warmup) => {
    const result = counts.result(kinds, warmup, {
      ...NO_TESTIMONY,
      startSkewMs: startSkewMs(
        heartbeats.filter(beat => run === null || beat.workerGroupId < run.plan.workerCount),
        run,
      ),
      missingSnapshots,
      silentWorkers: silentWorkers(heartbeats),
      arrivals: arrivalsOf(sums, kinds),
    })
    if (run === null) return result
    return {
      ...result,
      slos: judgeSlos(run.plan.slos, result.byKind),
      findMax: run.findMax?.result ?? null,
      lostWorkers: lostWorkers(run, heartbeats),
    }
  })
}

/** One worker's: its own share of the arrivals, and nothing that is a matter of the run. */
export const resultOfWorker = (tally: Tally, heartbeat: HeartbeatRecord, missingSnapshots: number): Result => {
  const figures = tally.arrivals()
  const isOver = hasEnded(heartbeat)
  const time = { planned: figures?.planned ?? 0, seconds: tally.counts.measuredSeconds, isOver }
  return tally.result({
    ...NO_TESTIMONY,
    missingSnapshots,
    silentWorkers: silentWorkers([heartbeat]),
    arrivals: figures === null ? null : accountFor({ ...time, figures }, arrivalPercentiles(tally.kinds, [tally])),
  })
}

/** Over the time from the end of the warmup to the newest interval that is complete; once the load has ended, to the last worker's end. */
const arrivalsOf = ({ counts, tallies, planned, completeUntilMs, run }: RunSums, kinds: KindHistograms): ArrivalResult | null => {
  if (run === null || planned === null) return null
  const isOver = run.phase === 'PROCESSING' || run.phase === 'COMPLETED'
  const over = planned.over(isOver ? counts.lastMs : completeUntilMs)
  if (over === null) return null
  const figures = tallies.map(tally => tally.arrivals() ?? NO_ARRIVALS).reduce(addFigures, NO_ARRIVALS)
  return accountFor({ ...over, figures, isOver }, arrivalPercentiles(kinds, tallies))
}

/** Those that had begun to send, and were lost while the run went on; in order of the moment. */
const lostWorkers = ({ fleetNotes }: RunRecord, heartbeats: readonly HeartbeatRecord[]): LostWorker[] =>
  heartbeats
    .flatMap(({ workerId, startOffsetMs }) => {
      const note = fleetNotes[workerId]
      if (note?.standing !== 'LOST' || startOffsetMs === null) return []
      return [{ workerId, atMs: note.atMs, reason: note.reason ?? `${workerId} is no longer there` }]
    })
    .sort((a, b) => a.atMs - b.atMs)

const hasEnded = ({ status }: HeartbeatRecord): boolean => status === 'COMPLETED' || status === 'FAILED'

/** Of workers that were to begin together: latest actual start minus the earliest; null while none has started. */
const startSkewMs = (heartbeats: readonly HeartbeatRecord[], run: RunRecord | null): number | null => {
  const offsets = heartbeats.flatMap(({ workerId, startOffsetMs }) =>
    startOffsetMs === null ? [] : startOffsetMs - (run === null ? 0 : firstDueMs(run, workerId)),
  )
  return offsets.length === 0 ? null : Math.max(...offsets) - Math.min(...offsets)
}

/** When a worker that is there from the start has its first operation to send: at once, or, in an open loop, when its share of the schedule begins. */
const firstDueMs = ({ plan, arrivalShares }: RunRecord, workerId: string): number => {
  const arrivals = arrivalPlanOf(plan)
  if (arrivals === null || arrivalShares === null) return 0
  const dueMs = ownArrivalsOf(arrivals, arrivalShares, workerId, 0).next()
  return Number.isFinite(dueMs) ? dueMs : 0
}

/** Workers that began to send and did not report their end: what they did last is not known. */
const silentWorkers = (heartbeats: readonly HeartbeatRecord[]): number =>
  heartbeats.filter(beat => beat.startOffsetMs !== null && !hasEnded(beat)).length
