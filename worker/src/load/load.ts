import { availableParallelism } from 'node:os'
import { performance } from 'node:perf_hooks'
import type { ArrivalShare, Plan, RunSchedule, WorkerSnapshot } from '@flakebench/contract'
import { arrivalPlanOf, measurementEndMs } from '@flakebench/contract'
import type { SnapshotIdentity } from '../measure/encodeSnapshot.ts'
import { Recorder, type Totals } from '../measure/recorder.ts'
import { seededRandom } from '../operations/random.ts'
import { type ArrivalClockKind, decideArrivalClock } from '../pace/decideArrivalClock.ts'
import type { Spool } from '../spool/spool.ts'
import { startClientHealth } from './clientHealth.ts'
import { closedLoop } from './closedLoop.ts'
import { Loops } from './loops.ts'
import { causeOfRefusal } from './openConnections.ts'
import { OpenLoop } from './openLoop.ts'
import type { PreparedLoad } from './prepareLoad.ts'
import type { SendGate } from './sender.ts'
import { type SnapshotTaker, startTakingSnapshots } from './takeSnapshots.ts'

/** The server's own time limit comes first; this covers a server that does not keep it. */
const DEADLINE_GRACE_MS = 2_000
/** Timers fire up to a millisecond or two late: the rest of the way is waited for turn by turn. */
const NEAR_MS = 3
/** As late as this, a worker has still begun with the others. */
const IN_TIME_MS = 100
const LONGEST_TIMER_MS = 2 ** 31 - 1

export interface LoadDeps {
  readonly plan: Plan
  readonly identity: SnapshotIdentity
  readonly prepared: PreparedLoad
  readonly taken: (snapshot: WorkerSnapshot) => void
  /** Open; whoever opened it closes it, after the load has ended. Null: no executions are kept. */
  readonly spool: Pick<Spool, 'add'> | null
  /** Of an open loop; left out: what suits this machine's cores and the run's workers. */
  readonly clock?: ArrivalClockKind
}

/** The load of one worker, from the agreed start to its last snapshot. */
export class Load {
  /** Resolves when the end has come by the schedule or by `stopSending`: nothing is sent any more. */
  readonly closed: Promise<void>
  readonly #deps: LoadDeps
  readonly #recorder: Recorder
  readonly #loops: Loops
  /** Null: a closed loop. */
  readonly #openLoop: OpenLoop | null
  readonly #gate: SendGate
  readonly #originMs: number
  #snapshots: SnapshotTaker | null = null
  #isClosed = false
  #resolveClosed: () => void = () => undefined
  #endTimer: NodeJS.Timeout | undefined

  /** @param originMs the agreed start on this process's monotonic clock (`performance.now()`) */
  constructor(deps: LoadDeps, schedule: RunSchedule, originMs: number) {
    const { plan, identity, prepared } = deps
    this.#deps = deps
    this.#originMs = originMs
    this.#gate = { endMs: measurementEndMs(schedule), permittedUntilMs: Number.POSITIVE_INFINITY }
    const sinceStartMs = (): number => performance.now() - originMs
    const lateMs = sinceStartMs()
    const arrivals = arrivalPlanOf(plan)
    this.#recorder = new Recorder(schedule, plan.operations.length, lateMs > IN_TIME_MS ? lateMs : 0, arrivals !== null)
    this.#recorder.watchPhase(phase => prepared.engine.enterPhase(phase))
    this.closed = new Promise(resolve => {
      this.#resolveClosed = resolve
    })
    const shared = { recorder: this.#recorder, gate: this.#gate, sinceStartMs }
    const clock = deps.clock ?? decideArrivalClock(availableParallelism(), identity.workerGroupCount)
    this.#openLoop = arrivals === null ? null : new OpenLoop({ ...shared, plan: arrivals, workerId: identity.workerId, clock })
    this.#loops = new Loops(
      {
        ...shared,
        spool: deps.spool,
        pace: this.#openLoop ?? closedLoop({ ...shared, thinkTimeMs: plan.load.thinkTimeMs }),
        nextOperation: prepared.nextOperation,
        open: prepared.open,
        failureOf: error => prepared.engine.failureOf(causeOfRefusal(error)),
        jitter: seededRandom(plan.seed, identity.workerGroupId, 'reconnect'),
      },
      plan.advanced.statementTimeoutSeconds * 1_000 + DEADLINE_GRACE_MS,
    )
  }

  get totals(): Readonly<Totals> {
    return this.#recorder.totals
  }
  get phase(): Recorder['phase'] {
    return this.#recorder.phase
  }
  get activeConnections(): number {
    return this.#loops.activeConnections
  }

  /** Milliseconds that an open loop's clock has kept this process busy with waiting (see `ArrivalClock`). */
  get spunMs(): number {
    return this.#openLoop?.spunMs ?? 0
  }

  sinceStartMs(): number {
    return performance.now() - this.#originMs
  }

  /** Waits for the agreed moment, then every connection begins; at once where it has passed. */
  async begin(target: () => number): Promise<void> {
    while (!this.#isClosed) {
      const leftMs = -this.sinceStartMs()
      if (leftMs <= 0) break
      if (leftMs > NEAR_MS) await new Promise(resolve => setTimeout(resolve, Math.min(leftMs - NEAR_MS, 50)))
      else await new Promise(resolve => setImmediate(resolve))
    }
    if (this.#isClosed) return
    const { plan, identity, prepared, taken } = this.#deps
    this.#loops.begin(prepared.connections, target())
    this.#snapshots = startTakingSnapshots({
      recorder: this.#recorder,
      identity,
      kinds: plan.operations,
      sinceStartMs: () => this.sinceStartMs(),
      health: startClientHealth(() => this.spunMs),
      taken,
    })
    this.#waitForEnd()
  }

  setTarget(target: number): void {
    this.#loops.setTarget(target)
  }

  /**
   * Who sends which arrivals, by the run's whole list of shares; of no effect in a closed loop. As long as none are known, or none names
   * this worker, nothing is sent.
   */
  setShares(shares: readonly ArrivalShare[]): void {
    this.#openLoop?.setShares(shares)
  }

  /**
   * Operations may be sent until then (`performance.now()`), and later only if this is called again by then or after; without any call, until the end.
   * What is due meanwhile waits in an open loop, and is not sent in a closed one.
   */
  permit(untilMs: number): void {
    const wasHeld = this.sinceStartMs() >= this.#gate.permittedUntilMs
    this.#gate.permittedUntilMs = untilMs - this.#originMs
    if (wasHeld) this.#loops.permitted()
  }

  /** From this instant on nothing is sent. What is in flight may end. */
  stopSending(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearTimeout(this.#endTimer)
    const nowMs = this.sinceStartMs()
    this.#gate.endMs = Math.min(this.#gate.endMs, nowMs)
    this.#recorder.stop(nowMs)
    this.#snapshots?.takeNow()
    this.#loops.close()
    this.#resolveClosed()
  }

  /** Waits for what is in flight, at most so long or until `hurry` is aborted; then has it cancelled. */
  async drain(drainMs: number, hurry: AbortSignal): Promise<void> {
    const cancel = (): void => this.#loops.cancelAll()
    const timer = setTimeout(cancel, drainMs)
    hurry.addEventListener('abort', cancel, { once: true })
    if (hurry.aborted) cancel()
    await this.#loops.ended
    clearTimeout(timer)
    hurry.removeEventListener('abort', cancel)
  }

  /** Takes the last snapshots. */
  async finish(): Promise<void> {
    await this.#snapshots?.finish()
  }

  #waitForEnd(): void {
    const leftMs = this.#gate.endMs - this.sinceStartMs()
    if (leftMs <= 0) this.stopSending()
    else this.#endTimer = setTimeout(() => this.#waitForEnd(), Math.min(leftMs, LONGEST_TIMER_MS))
  }
}
