import type { HeartbeatRecord, Plan, Result, Rollup, RunRecord, WorkerSnapshot } from '@flakebench/contract'
import type { WorkerUse } from './guardrails.ts'
import { countIntervalsAtHand, FEWEST_AT_HAND } from './intervalsAtHand.ts'
import { type OpenSnapshot, withOpen } from './kindHistograms.ts'
import { PlannedSoFar } from './plannedSoFar.ts'
import { rollUpOpen } from './rollUp.ts'
import { resultOfRun, resultOfWorker } from './runResult.ts'
import { Counts, Tally } from './tally.ts'

/** So many snapshots' histograms are held at once. */
const PORTION = 32

/** Of so many of each worker's newest intervals it is kept how it fared. */
const USES = 60

const useOf = ({ workerId, intervalIndex, client }: WorkerSnapshot): WorkerUse => ({
  workerId,
  intervalIndex,
  cpuUsedPercent: client.cpuUsedPercent ?? null,
  memoryUsedPercent: client.memoryUsedPercent ?? null,
})

/** How far one worker's snapshots have been taken in. */
export interface LedgerCursor {
  readonly workerId: string
  readonly attempt: number
  readonly sequence: number
}

/** How much is in an interval. */
export type RollupShape = Pick<Rollup, 'intervalIndex' | 'workersReported' | 'workersExpected' | 'operations'>

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
  readonly #uses = new Map<string, WorkerUse[]>()
  readonly #cursors = new Map<string, LedgerCursor>()
  /** How many snapshots of each attempt were taken in: a gap in the middle shows here. */
  readonly #taken = new Map<string, number>()
  readonly #whole = new Counts()
  readonly #byWorker = new Map<string, Tally>()
  #atHand = FEWEST_AT_HAND
  #planned: PlannedSoFar | null = null

  /** The plan of the run: from now on as many intervals are kept at hand as it needs. */
  follow(plan: Plan): void {
    this.#atHand = countIntervalsAtHand(plan)
  }

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
   * Takes snapshots in; the intervals that change are unwritten from then on. Many are taken in portion by portion, so that not all their histograms
   * are held at once.
   * @param workersExpected in an interval that is new: one of which neither something is here nor an earlier owner kept anything
   * @throws when one of them cannot be read; then nothing of its portion is taken in, nor what comes after
   */
  absorb(snapshots: readonly WorkerSnapshot[], workersExpected: number): void {
    for (let i = 0; i < snapshots.length; i += PORTION) {
      withOpen(snapshots.slice(i, i + PORTION), open => this.#absorbPortion(open, workersExpected))
    }
  }

  #absorbPortion(open: readonly OpenSnapshot[], workersExpected: number): void {
    const byInterval = new Map<number, OpenSnapshot[]>()
    for (const one of open) {
      const { phase, intervalIndex } = one.snapshot
      if (phase === 'PROCESSING') continue
      const group = byInterval.get(intervalIndex)
      if (group === undefined) byInterval.set(intervalIndex, [one])
      else group.push(one)
    }
    const changed = [...byInterval.entries()]
      .sort(([a], [b]) => a - b)
      .map(([index, group]) => {
        const expected = this.#ahead.get(index)?.workersExpected ?? workersExpected
        return rollUpOpen(this.#rollups.get(index) ?? null, group, expected)
      })
    // Each histogram has been read now, and none holds what does not fit. Nothing from here on can fail: all is taken in, or nothing was.
    for (const one of open) {
      const { workerId, attempt, sequence } = one.snapshot
      this.#cursors.set(`${workerId} ${attempt}`, { workerId, attempt, sequence })
      this.#taken.set(`${workerId} ${attempt}`, (this.#taken.get(`${workerId} ${attempt}`) ?? 0) + 1)
      this.#newestByWorker.set(workerId, one.snapshot)
      this.#uses.set(workerId, [...(this.#uses.get(workerId) ?? []), useOf(one.snapshot)].slice(-USES))
      this.#tallyOf(workerId).add(one)
      this.#whole.add(one.snapshot)
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
   * are here. Of how many workers it is, was known when it was made, and not to who makes it anew much later.
   */
  wroteBefore(shape: RollupShape): void {
    const { intervalIndex } = shape
    this.#kept.add(intervalIndex)
    const anew = this.#rollups.get(intervalIndex)
    if (anew !== undefined) this.#rollups.set(intervalIndex, { ...anew, workersExpected: shape.workersExpected })
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
    const oldestAtHand = this.#newestIndex - this.#atHand
    if (this.#rollups.size <= this.#atHand) return
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

  /**
   * The run's measurement so far.
   * @param run with its controllers' state and notes; without it there are no SLOs, arrivals, best step and lost workers in the result
   */
  result(heartbeats: readonly HeartbeatRecord[], run: RunRecord | null = null): Result {
    if (run !== null) this.#planned ??= new PlannedSoFar(run.plan)
    return resultOfRun({
      counts: this.#whole,
      tallies: [...this.#byWorker.values()],
      planned: this.#planned,
      completeUntilMs: this.#completeUntilMs(),
      missingSnapshots: Math.max(this.missing(heartbeats), this.#onlyKept()),
      heartbeats,
      run,
    })
  }

  /** One worker's measurement so far. */
  workerResult(heartbeat: HeartbeatRecord): Result {
    return resultOfWorker(this.#tallyOf(heartbeat.workerId), heartbeat, this.missing([heartbeat]))
  }

  #completeUntilMs(): number {
    return this.#rollups.get(this.newestComplete())?.endMs ?? 0
  }

  /** Index of the newest interval in which all workers have reported; -1 before the first. */
  newestComplete(): number {
    for (let index = this.#newestIndex; index >= 0; index--) {
      const rollup = this.#rollups.get(index)
      // There is none of the time in which nobody served.
      if (rollup !== undefined && rollup.workersReported >= rollup.workersExpected) return index
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

  /** How each worker fared in its newest intervals, in the order in which they came. */
  uses(): WorkerUse[] {
    return [...this.#uses.values()].flat()
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
    for (const tally of this.#byWorker.values()) tally.free()
    this.#byWorker.clear()
  }
}
