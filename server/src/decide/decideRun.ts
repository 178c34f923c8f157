import type { CompletionReason, ControlCommand, RunChanges, RunRecord } from '@flakebench/contract'
import { FREE_LOOKS } from './contention.ts'
import type { Finish } from './controllers/controller.ts'
import type { FleetMember } from './fleet.ts'
import { isStarter } from './groupOrder.ts'
import { decideLosses } from './losses.ts'
import { finalStatus, nextStatus, type RunOccurrence } from './runMachine.ts'
import { startLoad } from './startLoad.ts'
import { targetsOf } from './steerFleet.ts'

/** All that a decision about a run rests on; its clock is `run.nowMs`, the database's. */
export interface RunView {
  readonly run: RunRecord
  readonly fleet: readonly FleetMember[]
  /** Ids of the workers that this orchestrator has started, whether they have registered or not. */
  readonly spawned: ReadonlySet<string>
  /** Snapshots that workers which are DONE say they have taken, and that are not in the tables; null while there is more to read. */
  readonly undelivered: number | null
  /** What was found of other runs that load the same; null: nobody looked, as its workers are there or it waits for nobody. */
  readonly queue: QueueView | null
  /** From `run.nowMs` to a start that every worker can keep, if it is agreed now (see `decideStartMargin`). */
  readonly startInMs: number
}

export interface QueueView {
  /** The run whose end this one waits for. */
  readonly blockedBy: string | null
  /** Looks in a row, this one included, that found it free. */
  readonly freeLooks: number
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

const decideStarting = (view: RunView): RunDecision => {
  const { run, fleet, spawned, startInMs } = view
  const waiting = decideQueue(view)
  if (waiting !== null) return waiting
  const lost = fleet.flatMap(member => startupLoss(member) ?? [])
  if (lost.length > 0) return stop(run, 'FAILED', 'STARTUP_FAILURE', lost.join('; '))
  const ready = fleet.filter(member => member.standing === 'READY')
  if (ready.length === fleet.length) return { ...startLoad(run, fleet, startInMs), effect: null }
  if (run.nowMs - (run.phaseStartedAtMs ?? run.nowMs) > run.plan.advanced.startupTimeoutSeconds * 1_000) {
    if (isUntouched(view)) return { ...NOTHING, set: { phaseStartedAt: 'now' } }
    const missing = fleet.filter(member => member.standing !== 'READY').map(wordsForWaiting)
    return stop(
      run,
      'FAILED',
      'STARTUP_FAILURE',
      `Only ${ready.length} of ${fleet.length} workers became ready in ${run.plan.advanced.startupTimeoutSeconds} seconds: ${missing.join('; ')}`,
    )
  }
  return spawnAbsent(fleet, spawned)
}

/** Nobody has driven the run since it was told to start: the time of its workers has not begun. Once it has, the two moments differ. */
const isUntouched = ({ run, fleet, spawned }: RunView): boolean =>
  spawned.size === 0 && fleet.every(({ standing }) => standing === 'ABSENT') && run.phaseStartedAtMs === run.startRequestedAtMs

/** While others load what this run is to load, it waits, with no worker started; null: it is its turn. */
const decideQueue = ({ run, queue }: RunView): RunDecision | null => {
  if (queue === null) return null
  const { blockedBy, freeLooks } = queue
  if (blockedBy !== null) return blockedBy === run.waitsFor ? NOTHING : { ...NOTHING, set: { waitsFor: blockedBy } }
  if (freeLooks < FREE_LOOKS) return NOTHING
  // The time that its workers have begins now.
  return run.waitsFor === null ? null : { ...NOTHING, set: { waitsFor: null, phaseStartedAt: 'now' } }
}

const spawnAbsent = (fleet: readonly FleetMember[], spawned: ReadonlySet<string>, isDue = (_workerId: string) => true): RunDecision => {
  const groupIds = fleet.flatMap(({ workerId, standing }, groupId) =>
    standing === 'ABSENT' && !spawned.has(workerId) && isDue(workerId) ? [groupId] : [],
  )
  return groupIds.length === 0 ? NOTHING : { ...NOTHING, effect: { type: 'SPAWN', groupIds } }
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

const decideRunning = ({ run, fleet, spawned }: RunView): RunDecision => {
  const { finish } = decideLosses(run, fleet, run.nowMs - (run.startAtMs ?? run.nowMs))
  if (finish !== null) return endLoad(run, finish)
  if (run.measurementEndsAtMs !== null && run.nowMs >= run.measurementEndsAtMs) {
    const decision = stop(run, 'LOAD_ENDED', isBackedOff(run) ? 'SOFT_GUARDRAIL_DEGRADED' : 'DURATION_ELAPSED', null)
    return { ...decision, set: { ...decision.set, phaseStartedAt: run.measurementEndsAtMs } }
  }
  if (run.phase === 'WARMUP' && run.measurementStartsAtMs !== null && run.nowMs >= run.measurementStartsAtMs) {
    const atMs = run.measurementStartsAtMs - (run.startAtMs ?? run.measurementStartsAtMs)
    return {
      set: { phase: 'MEASUREMENT', phaseStartedAt: run.measurementStartsAtMs },
      commands: [{ type: 'SET_PHASE', data: { phase: 'MEASUREMENT', atMs } }],
      effect: null,
    }
  }
  // Given up, but there: what it still sends is nobody's.
  const undead = fleet.filter(({ workerId, process }) => process === 'ALIVE' && run.fleetNotes[workerId]?.standing === 'LOST')
  if (undead.length > 0) return signal('SIGKILL', undead)
  return spawnAbsent(fleet, spawned, workerId => run.fleetNotes[workerId]?.standing === 'JOINING')
}

/** Guardrails hold a worker below what it should have: what was measured is of less load than was asked for. */
const isBackedOff = ({ guardrail }: RunRecord): boolean => guardrail !== null && Object.keys(guardrail.ceilings).length > 0

const signal = (signal: 'SIGTERM' | 'SIGKILL', members: readonly FleetMember[]): RunDecision => ({
  ...NOTHING,
  effect: { type: 'SIGNAL', signal, workerIds: members.map(member => member.workerId) },
})

const decideStopping = (view: RunView): RunDecision => {
  const { run, fleet } = view
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
  const noted = noteLosses(run, fleet)
  if (noted !== null) return noted
  const wouldComplete = run.completionReason !== null && finalStatus(run.completionReason) === 'COMPLETED'
  const shortfalls = [
    ...fleet.flatMap(member => shortfallOf(member, run) ?? []),
    ...(undelivered > 0 ? [`${undelivered} snapshots were never delivered`] : []),
  ]
  if (!wouldComplete || shortfalls.length === 0) return { ...NOTHING, effect: { type: 'FINISH' } }
  return { ...NOTHING, set: { completionReason: 'WORKER_FAILURE', cancellationReason: shortfalls.join('; ') } }
}

/** Who was lost only after the end of the load, of a run that goes on without those who are. */
const noteLosses = (run: RunRecord, fleet: readonly FleetMember[]): RunDecision | null => {
  if (run.plan.advanced.deadWorkerPolicy === 'FAIL' || run.startAtMs === null) return null
  const lost = fleet.filter(({ workerId, standing }) => standing === 'LOST' && run.fleetNotes[workerId]?.standing !== 'LOST')
  if (lost.length === 0) return null
  const atMs = run.nowMs - run.startAtMs
  const notes = Object.fromEntries(lost.map(({ workerId, reason }) => [workerId, { standing: 'LOST' as const, atMs, reason }]))
  return { ...NOTHING, set: { fleetNotes: { ...run.fleetNotes, ...notes } } }
}

const shortfallOf = (member: FleetMember, run: RunRecord): string | null => {
  const { workerId, standing, reason, heartbeat } = member
  const note = run.fleetNotes[workerId]?.standing
  if (note === 'LOST' || note === 'JOINING') return null
  if (standing === 'LOST') return `${reason}, before all its figures were delivered`
  const began = heartbeat !== null && (heartbeat.startOffsetMs !== null || (mayBeIdle(run, workerId) && heartbeat.snapshotsTaken > 0))
  return began ? null : `${workerId} never began to send`
}

/** One that came later, whose arrivals are few, or that was given no connection, may have had nothing to send. */
const mayBeIdle = (run: RunRecord, workerId: string): boolean => {
  const { plan, fleetNotes } = run
  const isSteered = plan.load.mode === 'QPS' || plan.load.mode === 'FIND_MAX_CONCURRENCY'
  return isSteered || fleetNotes[workerId] !== undefined || !isStarter(workerId, plan.workerCount) || targetsOf(run)[workerId] === 0
}

/** Ends the load for a reason that was found in it. */
export const endLoad = (run: RunRecord, { reason, words }: Finish): RunDecision =>
  stop(run, finalStatus(reason) === 'COMPLETED' ? 'LOAD_ENDED' : 'FAILED', reason, words)

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
      ...(run.waitsFor === null ? {} : { waitsFor: null }),
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
  /** path: the argument that is to blame; left out, the state of the run is. */
  | { readonly allowed: false; readonly because: string; readonly path?: string }

export const decideStart = (run: RunRecord): CommandDecision => {
  const status = nextStatus(run.status, 'START_REQUESTED', null)
  return status === null
    ? { allowed: false, because: `the run is ${run.status}; only a PREPARED run can be started` }
    : {
        allowed: true,
        decision: { set: { status, phase: 'PREPARING', startRequestedAt: 'now', phaseStartedAt: 'now' }, commands: [], effect: null },
      }
}

/**
 * Stopping twice, or a run that is already ending, is allowed and changes nothing. But where its processing has begun, the rest of it is not waited for:
 * its owner, whoever that is, reads so in PROCESSING_STATE.
 */
export const decideStop = (run: RunRecord, words: string): CommandDecision => {
  if (run.status === 'STOPPING' || run.status === 'CANCELLING') {
    const { processing } = run
    const isToStop = processing !== null && processing.stopped === undefined
    return { allowed: true, decision: isToStop ? { ...NOTHING, set: { processing: { ...processing, stopped: words } } } : NOTHING }
  }
  const status = nextStatus(run.status, 'STOP_REQUESTED', 'USER_REQUESTED')
  if (status === null) return { allowed: false, because: `the run is over (${run.status})` }
  const decision = stop(run, 'STOP_REQUESTED', 'USER_REQUESTED', words)
  return status === 'CANCELLED'
    ? { allowed: true, decision: { ...decision, set: { ...decision.set, phase: 'COMPLETED', endedAt: 'now' }, commands: [] } }
    : { allowed: true, decision }
}
