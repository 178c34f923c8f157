import type { HeartbeatRecord, Result, Rollup, WorkerSnapshot } from '@flakebench/contract'
import { rollUp } from './rollUp.ts'
import { Tally } from './tally.ts'

/** So many of the newest intervals are kept at hand; a snapshot that comes later than that has its interval read back. */
const INTERVALS_AT_HAND = 300

/** How far one worker's snapshots have been taken in. */
export interface LedgerCursor {
  readonly workerId: string
  readonly attempt: number
  readonly sequence: number
}

/**
 * What an orchestrator knows of a run's work: each snapshot taken in exactly once. It can be made anew at any time from the snapshots alone, which is
 * what a server does that takes a run over. Holds WebAssembly memory; `free` gives it back.
 */
export class RunLedger {
  readonly #rollups = new Map<number, Rollup>()
  readonly #unwritten = new Set<number>()
  readonly #cursors = new Map<string, LedgerCursor>()
  readonly #whole = new Tally()
  readonly #byWorker = new Map<string, Tally>()

  /** Where to read on, for these workers. */
  cursors(heartbeats: readonly HeartbeatRecord[]): LedgerCursor[] {
    return heartbeats.map(({ workerId, attempt }) => this.#cursors.get(`${workerId} ${attempt}`) ?? { workerId, attempt, sequence: -1 })
  }

  /** Intervals of these snapshots that may be in the tables but are no longer at hand, and must be given to `restore` before `absorb`. */
  forgotten(snapshots: readonly WorkerSnapshot[]): number[] {
    const newest = Math.max(...this.#rollups.keys(), -1)
    const late = snapshots.map(one => one.intervalIndex).filter(index => index <= newest && !this.#rollups.has(index))
    return [...new Set(late)]
  }

  restore(rollups: readonly Rollup[]): void {
    for (const rollup of rollups) this.#rollups.set(rollup.intervalIndex, rollup)
  }

  /** Takes snapshots in; the intervals that change are unwritten from then on. */
  absorb(snapshots: readonly WorkerSnapshot[], workersExpected: number): void {
    const byInterval = new Map<number, WorkerSnapshot[]>()
    for (const snapshot of snapshots) {
      const { workerId, attempt, sequence } = snapshot
      this.#cursors.set(`${workerId} ${attempt}`, { workerId, attempt, sequence })
      this.#tallyOf(workerId).add(snapshot)
      this.#whole.add(snapshot)
      if (snapshot.phase === 'PROCESSING') continue
      const group = byInterval.get(snapshot.intervalIndex)
      if (group === undefined) byInterval.set(snapshot.intervalIndex, [snapshot])
      else group.push(snapshot)
    }
    const changed = [...byInterval.entries()]
      .sort(([a], [b]) => a - b)
      .map(([index, group]) => rollUp(this.#rollups.get(index) ?? null, group, workersExpected))
    this.restore(changed)
    for (const { intervalIndex } of changed) this.#unwritten.add(intervalIndex)
  }

  /** Intervals that are not in the tables as they are here, in order. */
  unwritten(): Rollup[] {
    return [...this.#unwritten].sort((a, b) => a - b).flatMap(index => this.#rollups.get(index) ?? [])
  }

  wrote(rollup: Rollup): void {
    this.#unwritten.delete(rollup.intervalIndex)
    for (const index of this.#rollups.keys()) {
      if (this.#rollups.size <= INTERVALS_AT_HAND) break
      if (!this.#unwritten.has(index)) this.#rollups.delete(index)
    }
  }

  #tallyOf(workerId: string): Tally {
    let tally = this.#byWorker.get(workerId)
    if (tally === undefined) {
      tally = new Tally()
      this.#byWorker.set(workerId, tally)
    }
    return tally
  }

  /** The run's measurement so far. */
  result(heartbeats: readonly HeartbeatRecord[]): Result {
    return this.#whole.result(startSkewMs(heartbeats), this.#missing(heartbeats))
  }

  /** One worker's measurement so far. */
  workerResult(heartbeat: HeartbeatRecord): Result {
    return this.#tallyOf(heartbeat.workerId).result(null, this.#missing([heartbeat]))
  }

  /** Successful operations per second in the newest interval at hand; null before the first. */
  newestQps(): number | null {
    const newest = Math.max(...this.#rollups.keys(), -1)
    return this.#rollups.get(newest)?.qps ?? null
  }

  #missing(heartbeats: readonly HeartbeatRecord[]): number {
    return this.cursors(heartbeats).reduce(
      (missing, cursor, i) => missing + Math.max(0, (heartbeats[i]?.snapshotsTaken ?? 0) - 1 - cursor.sequence),
      0,
    )
  }

  free(): void {
    this.#whole.free()
    for (const tally of this.#byWorker.values()) tally.free()
  }
}

/** Latest actual start of a worker minus the earliest; null while fewer than one has started. */
const startSkewMs = (heartbeats: readonly HeartbeatRecord[]): number | null => {
  const offsets = heartbeats.flatMap(beat => beat.startOffsetMs ?? [])
  return offsets.length === 0 ? null : Math.max(...offsets) - Math.min(...offsets)
}
