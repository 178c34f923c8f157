import { type CompletionReason, type ControlCommand, type RunChanges, type RunRecord, scheduleOf } from '@flakebench/contract'
import type { FleetMember } from './fleet.ts'
import { finalStatus, nextStatus, type RunOccurrence } from './runMachine.ts'

/** All that a decision about a run rests on; its clock is `run.nowMs`, the database's. */
export interface RunView {
  readonly run: RunRecord
  readonly fleet: readonly FleetMember[]
  /** Ids of the workers that this orchestrator has started, whether they have registered or not. */
  readonly spawned: ReadonlySet<string>
  /** Snapshots that workers which are DONE say they have taken, and that are not in the tables; null while there is more to read. */
  readonly undelivered: number | null
  /** From `run.nowMs` to a start that every worker can keep, if it is agreed now (see `decideStartMargin`). */
  readonly startInMs: number
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

const decideStarting = ({ run, fleet, spawned, startInMs }: RunView): RunDecision => {
  const lost = fleet.flatMap(member => startupLoss(member) ?? [])
  if (lost.length > 0) return stop(run, 'FAILED', 'STARTUP_FAILURE', lost.join('; '))
  const waitedSeconds = run.elapsedSeconds
  const ready = fleet.filter(member => member.standing === 'READY')
  if (ready.length === fleet.length) return startLoad(run, startInMs)
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

/** Why a worker will not take part in the start, or null. */
const startupLoss = (member: FleetMember): string | null => {
  if (member.standing === 'LOST') return member.reason
  return member.standing === 'DONE' ? `${member.workerId} left before the start` : null
}

const wordsForWaiting = (member: FleetMember): string =>
  `${member.workerId} ${member.standing === 'ABSENT' ? 'has not registered' : 'is still preparing'}${
    member.heartbeat?.lastError ? ` (${member.heartbeat.lastError})` : ''
  }`

const startLoad = (run: RunRecord, startInMs: number): RunDecision => {
  const schedule = scheduleOf(run.plan, Math.ceil(run.nowMs + startInMs))
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

const decideStopping = (view: RunView): RunDecision => {
  const { run, fleet } = view
  const signal = (signal: 'SIGTERM' | 'SIGKILL', members: readonly FleetMember[]): RunDecision => ({
    ...NOTHING,
    effect: { type: 'SIGNAL', signal, workerIds: members.map(member => member.workerId) },
  })
  // Given up for lost, but there: it may still send. One that reported its failure is on its way out.
  const undead = fleet.filter(member => member.standing === 'LOST' && member.process === 'ALIVE' && member.heartbeat?.status !== 'FAILED')
  if (undead.length > 0) return signal('SIGKILL', undead)
  const sinceStopSeconds = run.stopRequestedAtMs === null ? 0 : (run.nowMs - run.stopRequestedAtMs) / 1_000
  const overdueSeconds = sinceStopSeconds - run.plan.advanced.drainTimeoutSeconds
  const remaining = fleet.filter(member => IS_THERE[member.standing] || member.process === 'ALIVE')
  if (remaining.length > 0) {
    if (overdueSeconds > KILL_AFTER_SECONDS) return signal('SIGKILL', remaining)
    // Whoever is still preparing hears no command, and has nothing to drain.
    const preparing = remaining.filter(member => member.standing === 'STARTING' || member.standing === 'ABSENT')
    const due = overdueSeconds > TERM_AFTER_SECONDS ? remaining : preparing
    return due.length > 0 ? signal('SIGTERM', due) : NOTHING
  }
  const outOfReach = fleet.filter(member => member.standing === 'LOST' && isStillBound(run, member))
  return outOfReach.length > 0 ? NOTHING : decideFinish(view, sinceStopSeconds)
}

const IS_THERE: Readonly<Record<FleetMember['standing'], boolean>> = {
  ABSENT: false,
  STARTING: true,
  READY: true,
  WORKING: true,
  DONE: false,
  LOST: false,
}

/** A silent worker that nobody here can see stops by its own deadline, and not before: until then it may still send. */
const isStillBound = (run: RunRecord, { heartbeat, process }: FleetMember): boolean =>
  process === 'UNSEEN' && heartbeat !== null && heartbeat.status !== 'FAILED' && heartbeat.ageSeconds < run.plan.advanced.controlLossSeconds

/** Beyond the stop, for snapshots that a worker has reported but that are not in the tables. */
const DELIVERY_SECONDS = 15

/** A run does not complete when a worker has not delivered everything: its figures would be too low, and nobody would know. */
const decideFinish = ({ run, fleet, undelivered }: RunView, sinceStopSeconds: number): RunDecision => {
  if (undelivered === null || (undelivered > 0 && sinceStopSeconds < DELIVERY_SECONDS)) return NOTHING
  const wouldComplete = run.completionReason !== null && finalStatus(run.completionReason) === 'COMPLETED'
  const shortfalls = [
    ...fleet.flatMap(member => shortfallOf(member) ?? []),
    ...(undelivered > 0 ? [`${undelivered} snapshots were never delivered`] : []),
  ]
  if (!wouldComplete || shortfalls.length === 0) return { ...NOTHING, effect: { type: 'FINISH' } }
  return { ...NOTHING, set: { completionReason: 'WORKER_FAILURE', cancellationReason: shortfalls.join('; ') } }
}

const shortfallOf = (member: FleetMember): string | null => {
  if (member.standing === 'LOST') return `${member.reason}, before all its figures were delivered`
  return member.heartbeat?.startOffsetMs == null ? `${member.workerId} never began to send` : null
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

/** The run's beat fails for a reason that does not pass: it ends, with that reason; at once, if it is ending already. */
export const decideGiveUp = (run: RunRecord, reason: string): RunDecision => {
  const words = `The orchestrator could not go on: ${reason}`
  const status = nextStatus(run.status, 'GIVEN_UP', run.completionReason)
  if (status === null) return stop(run, 'FAILED', 'WORKER_FAILURE', words)
  return { ...NOTHING, set: { status, phase: 'COMPLETED', endedAt: 'now', completionReason: 'WORKER_FAILURE', cancellationReason: words } }
}

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
