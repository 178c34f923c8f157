import { type CompletionReason, type ControlCommand, type RunChanges, type RunRecord, scheduleOf } from '@flakebench/contract'
import type { FleetMember } from './fleet.ts'
import { finalStatus, nextStatus, type RunOccurrence } from './runMachine.ts'

/** All that a decision about a run rests on; its clock is `run.nowMs`, the database's. */
export interface RunView {
  readonly run: RunRecord
  readonly fleet: readonly FleetMember[]
  /** Ids of the workers that this orchestrator has started, whether they have registered or not. */
  readonly spawned: ReadonlySet<string>
}

/** What to write, and what to do then. `set` is applied with the run's version as the fence. */
export interface RunDecision {
  readonly set: RunChanges | null
  readonly commands: readonly ControlCommand[]
  readonly effect: RunEffect | null
}

export type RunEffect =
  /** Start these workers (group ids). */
  | { readonly type: 'SPAWN'; readonly groupIds: readonly number[] }
  /** Ask these to end at once, or end them. */
  | { readonly type: 'SIGNAL'; readonly signal: 'SIGTERM' | 'SIGKILL'; readonly workerIds: readonly string[] }
  /** Nobody works any more: gather what was done and write the result, then the terminal status. */
  | { readonly type: 'FINISH' }

/** From READY to the first operation: time for every worker to hear START. */
export const START_MARGIN_MS = 300
/** Beyond the drain timeout, before a worker is asked by signal, and then before it is ended. */
const TERM_AFTER_SECONDS = 5
const KILL_AFTER_SECONDS = 10

/** A worker that ends its measurement by its own clock may be done a little before the database's clock says so. */
const CLOCK_TOLERANCE_MS = 1_000

const NOTHING: RunDecision = { set: null, commands: [], effect: null }

/** One beat: what has to happen to the run now, if anything. */
export const decideRun = (view: RunView): RunDecision => {
  switch (view.run.status) {
    case 'STARTING':
      return decideStarting(view)
    case 'RUNNING':
      return decideRunning(view)
    case 'STOPPING':
    case 'CANCELLING':
      return decideStopping(view)
    default:
      return NOTHING
  }
}

const decideStarting = ({ run, fleet, spawned }: RunView): RunDecision => {
  const lost = fleet.filter(member => member.standing === 'LOST')
  if (lost.length > 0) return stop(run, 'FAILED', 'STARTUP_FAILURE', lost.map(member => member.reason).join('; '))
  const waitedSeconds = run.elapsedSeconds
  const ready = fleet.filter(member => member.standing === 'READY')
  if (ready.length === fleet.length) return startLoad(run)
  if (waitedSeconds > run.plan.advanced.startupTimeoutSeconds) {
    const missing = fleet.filter(member => member.standing !== 'READY').map(wordsForWaiting)
    return stop(
      run,
      'FAILED',
      'STARTUP_FAILURE',
      `Only ${ready.length} of ${fleet.length} workers became ready in ${run.plan.advanced.startupTimeoutSeconds} seconds: ${missing.join('; ')}`,
    )
  }
  const toSpawn = fleet.flatMap((member, groupId) => (member.standing === 'ABSENT' && !spawned.has(member.workerId) ? [groupId] : []))
  return toSpawn.length === 0 ? NOTHING : { ...NOTHING, effect: { type: 'SPAWN', groupIds: toSpawn } }
}

const wordsForWaiting = (member: FleetMember): string =>
  `${member.workerId} ${member.standing === 'ABSENT' ? 'has not registered' : 'is still preparing'}${
    member.heartbeat?.lastError ? ` (${member.heartbeat.lastError})` : ''
  }`

const startLoad = (run: RunRecord): RunDecision => {
  const schedule = scheduleOf(run.plan, Math.ceil(run.nowMs) + START_MARGIN_MS)
  const measurementStartsAtMs = schedule.startAtMs + schedule.warmupMs
  return {
    set: {
      status: nextStatus(run.status, 'WORKERS_READY', null) ?? run.status,
      phase: schedule.warmupMs > 0 ? 'WARMUP' : 'MEASUREMENT',
      startAtMs: schedule.startAtMs,
      measurementStartsAtMs,
      measurementEndsAtMs: schedule.measurementMs === null ? null : measurementStartsAtMs + schedule.measurementMs,
      phaseStartedAt: schedule.startAtMs,
    },
    commands: [{ type: 'START', data: schedule }],
    effect: null,
  }
}

const decideRunning = ({ run, fleet }: RunView): RunDecision => {
  const lost = fleet.filter(member => member.standing === 'LOST' || member.standing === 'ABSENT')
  if (lost.length > 0) {
    const reasons = lost.map(member => member.reason ?? `${member.workerId} has not registered`)
    return stop(run, 'FAILED', 'WORKER_FAILURE', `${lost.length} of ${fleet.length} workers lost: ${reasons.join('; ')}`)
  }
  if (run.measurementEndsAtMs !== null && run.nowMs >= run.measurementEndsAtMs) {
    const decision = stop(run, 'LOAD_ENDED', 'DURATION_ELAPSED', null)
    return { ...decision, set: { ...decision.set, phaseStartedAt: run.measurementEndsAtMs } }
  }
  const left = fleet.filter(member => member.standing === 'DONE')
  const nearlyOver = run.measurementEndsAtMs !== null && run.nowMs >= run.measurementEndsAtMs - CLOCK_TOLERANCE_MS
  if (left.length > 0 && !nearlyOver) {
    return stop(run, 'FAILED', 'WORKER_FAILURE', `${left.map(member => member.workerId).join(', ')} left before the end of the measurement`)
  }
  if (run.phase === 'WARMUP' && run.measurementStartsAtMs !== null && run.nowMs >= run.measurementStartsAtMs) {
    const atMs = run.measurementStartsAtMs - (run.startAtMs ?? run.measurementStartsAtMs)
    return {
      set: { phase: 'MEASUREMENT', phaseStartedAt: run.measurementStartsAtMs },
      commands: [{ type: 'SET_PHASE', data: { phase: 'MEASUREMENT', atMs } }],
      effect: null,
    }
  }
  return NOTHING
}

const decideStopping = ({ run, fleet }: RunView): RunDecision => {
  const remaining = fleet.filter(member => ['STARTING', 'READY', 'WORKING'].includes(member.standing))
  if (remaining.length === 0) return decideFinish(run, fleet)
  const sinceStopSeconds = run.stopRequestedAtMs === null ? 0 : (run.nowMs - run.stopRequestedAtMs) / 1_000
  const overdueSeconds = sinceStopSeconds - run.plan.advanced.drainTimeoutSeconds
  const workerIds = remaining.map(member => member.workerId)
  if (overdueSeconds > KILL_AFTER_SECONDS) return { ...NOTHING, effect: { type: 'SIGNAL', signal: 'SIGKILL', workerIds } }
  if (overdueSeconds > TERM_AFTER_SECONDS) return { ...NOTHING, effect: { type: 'SIGNAL', signal: 'SIGTERM', workerIds } }
  return NOTHING
}

/** A run does not complete when a worker was lost before it had delivered everything: its figures would be too low, and nobody would know. */
const decideFinish = (run: RunRecord, fleet: readonly FleetMember[]): RunDecision => {
  const lost = fleet.filter(member => member.standing === 'LOST')
  const wouldComplete = run.completionReason !== null && finalStatus(run.completionReason) === 'COMPLETED'
  if (lost.length === 0 || !wouldComplete) return { ...NOTHING, effect: { type: 'FINISH' } }
  const words = `${lost.map(member => member.reason).join('; ')}, before all its figures were delivered`
  return { ...NOTHING, set: { completionReason: 'WORKER_FAILURE', cancellationReason: words } }
}

/** Ends the load: STOP goes out with the change of status, in one transaction. */
const stop = (run: RunRecord, occurrence: RunOccurrence, reason: CompletionReason, words: string | null): RunDecision => {
  const status = nextStatus(run.status, occurrence, reason)
  if (status === null) return NOTHING
  return {
    set: {
      status,
      phase: 'PROCESSING',
      phaseStartedAt: 'now',
      stopRequestedAt: 'now',
      completionReason: reason,
      ...(words === null ? {} : { cancellationReason: words }),
    },
    commands: [{ type: 'STOP', data: { reason, drainTimeoutSeconds: run.plan.advanced.drainTimeoutSeconds } }],
    effect: null,
  }
}

/** The run's beat fails for a reason that does not pass: it ends, with that reason. */
export const decideGiveUp = (run: RunRecord, reason: string): RunDecision =>
  stop(run, 'FAILED', 'WORKER_FAILURE', `The orchestrator could not go on: ${reason}`)

/** A person's command on a run, decided on what the tables say now. */
export type CommandDecision =
  | { readonly allowed: true; readonly decision: RunDecision }
  | { readonly allowed: false; readonly because: string }

export const decideStart = (run: RunRecord): CommandDecision => {
  const status = nextStatus(run.status, 'START_REQUESTED', null)
  return status === null
    ? { allowed: false, because: `the run is ${run.status}; only a PREPARED run can be started` }
    : {
        allowed: true,
        decision: { set: { status, phase: 'PREPARING', startRequestedAt: 'now', phaseStartedAt: 'now' }, commands: [], effect: null },
      }
}

/** Stopping twice, or a run that is already ending, is allowed and changes nothing. */
export const decideStop = (run: RunRecord, words: string): CommandDecision => {
  if (run.status === 'STOPPING' || run.status === 'CANCELLING') return { allowed: true, decision: NOTHING }
  const status = nextStatus(run.status, 'STOP_REQUESTED', 'USER_REQUESTED')
  if (status === null) return { allowed: false, because: `the run is over (${run.status})` }
  const decision = stop(run, 'STOP_REQUESTED', 'USER_REQUESTED', words)
  return status === 'CANCELLED'
    ? { allowed: true, decision: { ...decision, set: { ...decision.set, phase: 'COMPLETED', endedAt: 'now' }, commands: [] } }
    : { allowed: true, decision }
}
