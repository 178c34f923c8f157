import type { Heartbeat, PushedReport, WorkerSnapshot } from '@flakebench/contract'
import type { PushedBeat } from './mergeHeartbeats.ts'

/** So many of a worker's snapshots wait for those before them; older ones are let go, as the tables hold them. */
const MOST_WAITING = 120
/** A worker that has not pushed for so long is heard by the tables alone. */
const HEARD_MS = 3_500

interface Drawer {
  beat: Heartbeat
  atMs: number
  /** By sequence. */
  readonly snapshots: Map<number, WorkerSnapshot>
}

/** What workers have pushed and what is not taken in yet: of each worker's newest attempt alone. Moments are the caller's monotonic milliseconds. */
export class ReportInbox {
  readonly #drawers = new Map<string, Drawer>()

  /** @returns whether the worker's state is another than it last pushed */
  put({ heartbeat, snapshots }: PushedReport, nowMs: number): boolean {
    const { workerId, attempt, status } = heartbeat
    const before = this.#drawers.get(workerId)
    const isNews = before?.beat.status !== status
    if (before !== undefined && attempt < before.beat.attempt) return false
    const drawer: Drawer =
      before?.beat.attempt === attempt ? before : { beat: heartbeat, atMs: nowMs, snapshots: new Map<number, WorkerSnapshot>() }
    this.#drawers.set(workerId, drawer)
    drawer.beat = heartbeat
    drawer.atMs = nowMs
    for (const snapshot of snapshots) {
      if (snapshot.workerId === workerId && snapshot.attempt === attempt) drawer.snapshots.set(snapshot.sequence, snapshot)
    }
    for (const sequence of [...drawer.snapshots.keys()].sort((a, b) => a - b)) {
      if (drawer.snapshots.size <= MOST_WAITING) break
      drawer.snapshots.delete(sequence)
    }
    return isNews
  }

  /**
   * Takes out what follows on what was taken in before, each worker's in order and without a gap. What came the other way meanwhile is let go.
   * @param takenUpTo the last sequence of an attempt that was taken in
   */
  take(takenUpTo: (workerId: string, attempt: number) => number): WorkerSnapshot[] {
    const ready: WorkerSnapshot[] = []
    for (const [workerId, { beat, snapshots }] of this.#drawers) {
      let next = takenUpTo(workerId, beat.attempt) + 1
      for (const sequence of snapshots.keys()) if (sequence < next) snapshots.delete(sequence)
      for (let snapshot = snapshots.get(next); snapshot !== undefined; snapshot = snapshots.get(next)) {
        ready.push(snapshot)
        snapshots.delete(next)
        next += 1
      }
    }
    return ready.sort((a, b) => a.intervalIndex - b.intervalIndex)
  }

  /** Whether something waits: after `take`, for what was never pushed. */
  get hasGap(): boolean {
    return [...this.#drawers.values()].some(({ snapshots }) => snapshots.size > 0)
  }

  beats(nowMs: number): PushedBeat[] {
    return [...this.#drawers.values()].map(({ beat, atMs }) => ({ beat, agoSeconds: (nowMs - atMs) / 1_000 }))
  }

  /** Whether all of these workers push: the tables need not be read for their sake. */
  hearsAll(workerIds: readonly string[], nowMs: number): boolean {
    return workerIds.every(workerId => nowMs - (this.#drawers.get(workerId)?.atMs ?? Number.NEGATIVE_INFINITY) < HEARD_MS)
  }
}
