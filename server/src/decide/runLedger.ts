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

/** How much is in an interval. */
export type RollupShape = Pick<Rollup, 'intervalIndex' | 'workersReported' | 'operations'>

/**
 * What an orchestrator knows of a run's work: each snapshot taken in exactly once. It can be made anew at any time from the snapshots alone, which is
 * what a server does that takes a run over. Holds WebAssembly memory; `free` gives it back.
 */
export class RunLedger {
  readonly #rollups = new Map<number, Rollup>()
  #newestIndex = -1
  readonly #unwritten = new Set<number>()
  /** Intervals that are in the tables, as they are here or as they were. */
  readonly #kept = new Set<number>()
  /** What an earlier owner has kept that is more than is here: workers had pushed it to it, and had not yet written it. */
  readonly #ahead = new Map<number, RollupShape>()
  readonly #newestByWorker = new Map<string, WorkerSnapshot>()
  readonly #cursors = new Map<string, LedgerCursor>()
  /** How many snapshots of each attempt were taken in: a gap in the middle shows here. */
  readonly #taken = new Map<string, number>()
  readonly #whole = new Tally()
  readonly #byWorker = new Map<string, Tally>()

  /** Where to read on, for these workers. */
  cursors(heartbeats: readonly HeartbeatRecord[]): LedgerCursor[] {
    return heartbeats.map(({ workerId, attempt }) => ({ workerId, attempt, sequence: this.takenUpTo(workerId, attempt) }))
  }

  /** The last snapshot of an attempt that was taken in; -1 before the first. */
  takenUpTo(workerId: string, attempt: number): number {
    return this.#cursors.get(`${workerId} ${attempt}`)?.sequence ?? -1
  }

  /** Of what was read in order, what was not taken in since, whichever way it came. */
  untaken(snapshots: readonly WorkerSnapshot[]): WorkerSnapshot[] {
    return snapshots.filter(({ workerId, attempt, sequence }) => sequence > this.takenUpTo(workerId, attempt))
  }

  /**
   * Intervals of these snapshots that may be in the tables but are no longer at hand, and must be given to `restore` before `absorb`. Not those that an
   * earlier owner kept and of which nothing was here: these snapshots may be in them already.
   */
  forgotten(snapshots: readonly WorkerSnapshot[]): number[] {
    const isLate = (index: number): boolean => index <= this.#newestIndex && !this.#rollups.has(index) && !this.#ahead.has(index)
    return [...new Set(snapshots.map(one => one.intervalIndex).filter(isLate))]
  }

  restore(rollups: readonly Rollup[]): void {
    for (const rollup of rollups) {
      this.#rollups.set(rollup.intervalIndex, rollup)
      this.#newestIndex = Math.max(this.#newestIndex, rollup.intervalIndex)
    }
  }

  /**
   * Takes snapshots in; the intervals that change are unwritten from then on.
   * @throws when one of them cannot be read; then none is taken in
   */
  absorb(snapshots: readonly WorkerSnapshot[], workersExpected: number): void {
    const byInterval = new Map<number, WorkerSnapshot[]>()
    for (const snapshot of snapshots) {
      if (snapshot.phase === 'PROCESSING') continue
      const group = byInterval.get(snapshot.intervalIndex)
      if (group === undefined) byInterval.set(snapshot.intervalIndex, [snapshot])
      else group.push(snapshot)
    }
    const changed = [...byInterval.entries()]
      .sort(([a], [b]) => a - b)
      .map(([index, group]) => rollUp(this.#rollups.get(index) ?? null, group, workersExpected))
    // Each histogram has been read now, and none holds what does not fit. Nothing from here on can fail: all is taken in, or nothing was.
    for (const snapshot of snapshots) {
      const { workerId, attempt, sequence } = snapshot
      this.#cursors.set(`${workerId} ${attempt}`, { workerId, attempt, sequence })
      this.#taken.set(`${workerId} ${attempt}`, (this.#taken.get(`${workerId} ${attempt}`) ?? 0) + 1)
      this.#newestByWorker.set(workerId, snapshot)
      this.#tallyOf(workerId).add(snapshot)
      this.#whole.add(snapshot)
    }
    this.restore(changed)
    for (const rollup of changed) {
      this.#unwritten.add(rollup.intervalIndex)
      if (!this.#isBehind(rollup.intervalIndex)) this.#ahead.delete(rollup.intervalIndex)
    }
  }

  /** Intervals that are not in the tables as they are here, in order; those of which the tables hold more are not to be written. */
  unwritten(): Rollup[] {
    const indexes = [...this.#unwritten].filter(index => !this.#ahead.has(index))
    return indexes.sort((a, b) => a - b).flatMap(index => this.#rollups.get(index) ?? [])
  }

  /**
   * An interval that an earlier owner had kept: as it is here, if as many workers and operations are in it. If more are, it stays as it is until as many
   * are here.
   */
  wroteBefore(shape: RollupShape): void {
    const { intervalIndex } = shape
    this.#kept.add(intervalIndex)
    const rollup = this.#rollups.get(intervalIndex)
    if (rollup?.workersReported === shape.workersReported && rollup.operations === shape.operations) this.wrote(rollup)
    this.#ahead.set(intervalIndex, shape)
    if (!this.#isBehind(intervalIndex)) this.#ahead.delete(intervalIndex)
  }

  #isBehind(intervalIndex: number): boolean {
    const kept = this.#ahead.get(intervalIndex)
    const rollup = this.#rollups.get(intervalIndex)
    if (kept === undefined) return false
    return rollup === undefined || rollup.workersReported < kept.workersReported || rollup.operations < kept.operations
  }

  /** Whether the tables hold more of some interval, which an earlier owner had kept: then what is here is too low. */
  get isBehind(): boolean {
    return this.#ahead.size > 0
  }

  /** Of how many snapshots only an earlier owner knew: they are in its intervals and not here. */
  #onlyKept(): number {
    return [...this.#ahead].reduce(
      (snapshots, [index, kept]) => snapshots + Math.max(1, kept.workersReported - (this.#rollups.get(index)?.workersReported ?? 0)),
      0,
    )
  }

  /** Whether an interval is in the tables, if not as it is here. */
  isKept(intervalIndex: number): boolean {
    return this.#kept.has(intervalIndex)
  }

  /** An interval was written as it was then: if more has come to it since, it remains unwritten. */
  wrote(rollup: Rollup): void {
    this.#kept.add(rollup.intervalIndex)
    if (this.#rollups.get(rollup.intervalIndex) === rollup) this.#unwritten.delete(rollup.intervalIndex)
    const oldestAtHand = this.#newestIndex - INTERVALS_AT_HAND
    if (this.#rollups.size <= INTERVALS_AT_HAND) return
    for (const index of [...this.#rollups.keys()]) if (index <= oldestAtHand && !this.#unwritten.has(index)) this.#rollups.delete(index)
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
    const missing = Math.max(this.missing(heartbeats), this.#onlyKept())
    return this.#whole.result(startSkewMs(heartbeats), missing, silentWorkers(heartbeats))
  }

  /** One worker's measurement so far. */
  workerResult(heartbeat: HeartbeatRecord): Result {
    return this.#tallyOf(heartbeat.workerId).result(null, this.missing([heartbeat]), silentWorkers([heartbeat]))
  }

  /** Index of the newest interval in which all workers have reported; -1 before the first. */
  newestComplete(): number {
    for (let index = this.#newestIndex; index >= 0; index--) {
      const rollup = this.#rollups.get(index)
      if (rollup === undefined) return -1
      if (rollup.workersReported >= rollup.workersExpected) return index
    }
    return -1
  }

  /** The newest `count` intervals, oldest first. */
  newest(count: number): Rollup[] {
    return this.atHand().slice(-count)
  }

  /** The intervals at hand, in order. */
  atHand(): Rollup[] {
    return [...this.#rollups.values()].sort((a, b) => a.intervalIndex - b.intervalIndex)
  }

  /** Each worker's newest snapshot, by worker id. */
  newestByWorker(): ReadonlyMap<string, WorkerSnapshot> {
    return this.#newestByWorker
  }

  /** Successful operations per second in the newest interval at hand; null before the first. */
  newestQps(): number | null {
    return this.#rollups.get(this.#newestIndex)?.qps ?? null
  }

  /** Snapshots that these workers have reported and that were not taken in. */
  missing(heartbeats: readonly HeartbeatRecord[]): number {
    return heartbeats.reduce(
      (missing, beat) => missing + Math.max(0, beat.snapshotsTaken - (this.#taken.get(`${beat.workerId} ${beat.attempt}`) ?? 0)),
      0,
    )
  }

  free(): void {
    this.#whole.free()
    for (const tally of this.#byWorker.values()) tally.free()
  }
}

/** Latest actual start of a worker minus the earliest; null while none has started. */
const startSkewMs = (heartbeats: readonly HeartbeatRecord[]): number | null => {
  const offsets = heartbeats.flatMap(beat => beat.startOffsetMs ?? [])
  return offsets.length === 0 ? null : Math.max(...offsets) - Math.min(...offsets)
}

/** Workers that began to send and did not report their end: what they did last is not known. */
const silentWorkers = (heartbeats: readonly HeartbeatRecord[]): number =>
  heartbeats.filter(beat => beat.startOffsetMs !== null && beat.status !== 'COMPLETED' && beat.status !== 'FAILED').length
