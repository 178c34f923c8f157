import type { Heartbeat, HeartbeatRecord, WorkerStatus } from '@flakebench/contract'

/** A heartbeat that was pushed, and how long ago it came. */
export interface PushedBeat {
  readonly beat: Heartbeat
  readonly agoSeconds: number
}

/** A worker never goes back. */
const RANK: Readonly<Record<WorkerStatus, number>> = { STARTING: 0, READY: 1, RUNNING: 2, DRAINING: 3, COMPLETED: 4, FAILED: 4 }

/**
 * What is known of the workers by both ways: of a worker's newest attempt what is further along, heard of when it was last heard of. Ages are times
 * that have passed here since the heartbeat came, or in the database until it was read: no clock is compared with another.
 * @param read as the tables had them @param readAgoSeconds ago
 */
export const mergeHeartbeats = (
  read: readonly HeartbeatRecord[],
  readAgoSeconds: number,
  pushed: readonly PushedBeat[],
): HeartbeatRecord[] => {
  const byWorker = new Map(read.map(beat => [beat.workerId, { ...beat, ageSeconds: beat.ageSeconds + readAgoSeconds }]))
  for (const { beat, agoSeconds } of pushed) {
    const known = byWorker.get(beat.workerId)
    if (known === undefined || beat.attempt > known.attempt) byWorker.set(beat.workerId, { ...beat, ageSeconds: agoSeconds, count: 0 })
    else if (beat.attempt === known.attempt) {
      const newer = isFurther(beat, known, agoSeconds < known.ageSeconds) ? beat : known
      byWorker.set(beat.workerId, { ...newer, ageSeconds: Math.min(agoSeconds, known.ageSeconds), count: known.count })
    }
  }
  return [...byWorker.values()].sort((a, b) => a.workerGroupId - b.workerGroupId)
}

const isFurther = (one: Heartbeat, other: Heartbeat, isFresher: boolean): boolean => {
  for (const step of STEPS) {
    const difference = step(one) - step(other)
    if (difference !== 0) return difference > 0
  }
  return isFresher
}

/** Counts that only rise. */
const STEPS: readonly ((beat: Heartbeat) => number)[] = [
  beat => RANK[beat.status],
  beat => beat.snapshotsTaken,
  beat => beat.operationsStarted,
  beat => beat.operations + beat.cutOff,
  beat => beat.appliedSequenceId,
]
