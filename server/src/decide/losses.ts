import { type FleetNotes, MOST_WORKERS, type RunRecord, servingWorkers, type WorkerNote, workerIdOf } from '@flakebench/contract'
import type { Finish } from './controllers/controller.ts'
import type { FleetMember } from './fleet.ts'

export interface LossDecision {
  /** The same object as before: nothing has changed. */
  readonly notes: FleetNotes
  /** Larger than before: these are to be started, their notes are JOINING. */
  readonly workersExpected: number
  readonly finish: Finish | null
  readonly remarks: readonly string[]
}

/** A replacement says in its note whom it stands in for; one that serves has no note any more. */
const REPLACES = 'replaces '
/** So many that were started during the run and did not serve for so long, one after the other, are enough: others would fare alike. */
const MOST_IN_A_ROW = 3
const SERVED_MS = 60_000
/** A worker that ends its measurement by its own clock may be done a little before the database's clock says so. */
const CLOCK_TOLERANCE_MS = 1_000

/**
 * What becomes of workers that are no longer as they were, while the load lasts. Those that serve and are lost: as `deadWorkerPolicy` says. Those that
 * join: they lose their note when they send, and are LOST when they fail or take longer than the startup timeout, which never fails the run; a
 * replacement that fails is replaced in turn, within bounds. Those that leave: LOST when they die on the way. When nobody is left who serves or joins,
 * the run ends, whatever the policy. While nobody serves and somebody joins there is a gap in the load; the last one's note says so, and how long it was.
 * @param fleet all expected workers, by group id @param atMs now, from the agreed start
 */
export const decideLosses = (run: RunRecord, fleet: readonly FleetMember[], atMs: number): LossDecision => {
  const { deadWorkerPolicy } = run.plan.advanced
  const served = fleet.filter(({ workerId }) => run.fleetNotes[workerId] === undefined)
  const dead = served.flatMap(member => lossOf(member) ?? [])
  const early = served.flatMap(member => leftEarly(run, member) ?? [])
  const lost = [...dead, ...early]
  const others = fleet.flatMap(member => changedNote(run, member, atMs) ?? [])
  const changes: Record<string, WorkerNote | null> = Object.fromEntries(others.map(({ workerId, note }) => [workerId, note]))
  const remarks = others.map(({ words }) => words)
  const unchanged = { workersExpected: run.workersExpected, remarks }
  if (lost.length > 0 && deadWorkerPolicy === 'FAIL') {
    return { ...unchanged, notes: noted(run, changes), finish: dead.length > 0 ? failed(dead, served.length) : leftWords(early) }
  }

  for (const { workerId, reason } of lost) changes[workerId] = { standing: 'LOST', atMs, reason }
  const toReplace = deadWorkerPolicy === 'REPLACE' ? [...lost, ...others.filter(({ wasReplacement }) => wasReplacement)] : []
  const refusal = toReplace.length === 0 ? null : refusalOf(run, fleet, noted(run, changes), toReplace.length)
  const replacements = refusal === null ? toReplace : []
  for (const [i, { workerId }] of replacements.entries())
    changes[workerIdOf(run.workersExpected + i)] = { standing: 'JOINING', atMs, reason: `${REPLACES}${workerId}` }
  const workersExpected = run.workersExpected + replacements.length
  const notes = noted(run, changes)
  const isServed = servingWorkers({ workersExpected, fleetNotes: notes }).length > 0
  const gone = fleet.flatMap(({ workerId }) => (notes[workerId]?.standing === 'LOST' ? [{ workerId, reason: notes[workerId].reason }] : []))
  if (!isServed && !Object.values(notes).some(isJoining) && gone.length > 0) {
    return { ...unchanged, notes, finish: failed(gone, gone.length), remarks: refusal === null ? remarks : [...remarks, refusal] }
  }
  const goesOn = lost.map(({ workerId, reason }) => `${reason ?? workerId}: the run goes on`)
  const joins = replacements.map(({ workerId }, i) => `${workerIdOf(run.workersExpected + i)} ${REPLACES}${workerId}`)
  return {
    notes: withGap(run, fleet, notes, isServed, atMs),
    workersExpected,
    finish: null,
    remarks: [...remarks, ...goesOn, ...joins, ...(refusal === null ? [] : [refusal])],
  }
}

/** Why no more are started in place of lost ones; null: they are. */
const refusalOf = (run: RunRecord, fleet: readonly FleetMember[], notes: FleetNotes, count: number): string | null => {
  if (run.workersExpected + count > MOST_WORKERS) {
    return `A run is given at most ${MOST_WORKERS} workers, lost ones included: no more are started in place of lost ones`
  }
  const inARow = shortLivedInARow(run, fleet, notes)
  return inARow < MOST_IN_A_ROW
    ? null
    : `${inARow} workers in a row did not serve for ${SERVED_MS / 1_000} s: no more are started in place of lost ones`
}

const GAP = '; nobody was left to serve'

/** The note of the worker with which the load broke off says that it did, and, when another has begun to serve, for how long. */
const withGap = (run: RunRecord, fleet: readonly FleetMember[], notes: FleetNotes, isServed: boolean, atMs: number): FleetNotes => {
  const wasServed = servingWorkers(run).length > 0
  if (notes === run.fleetNotes || wasServed === isServed) return notes
  const losses = Object.entries(notes).filter(
    ([, { standing, reason }]) => standing === 'LOST' && (wasServed || reason?.endsWith(GAP) === true),
  )
  const last = losses.reduce<[string, WorkerNote] | null>((a, b) => (a === null || b[1].atMs > a[1].atMs ? b : a), null)
  if (last === null) return notes
  const [workerId, note] = last
  const begun = fleet.find(member => run.fleetNotes[member.workerId] !== undefined && notes[member.workerId] === undefined)
  const words = wasServed ? GAP : ` until ${begun?.workerId ?? 'another'} did, ${((atMs - note.atMs) / 1_000).toFixed(1)} s later`
  return { ...notes, [workerId]: { ...note, reason: `${note.reason ?? workerId}${words}` } }
}

interface Gone {
  readonly workerId: string
  readonly reason: string | null
}

const lossOf = ({ workerId, standing, reason }: FleetMember): Gone | null => {
  if (standing === 'ABSENT') return { workerId, reason: `${workerId} has not registered` }
  return standing === 'LOST' ? { workerId, reason } : null
}

const leftEarly = ({ measurementEndsAtMs, nowMs }: RunRecord, { workerId, standing }: FleetMember): Gone | null => {
  const isNearlyOver = measurementEndsAtMs !== null && nowMs >= measurementEndsAtMs - CLOCK_TOLERANCE_MS
  return standing === 'DONE' && !isNearlyOver ? { workerId, reason: `${workerId} left before the end of the measurement` } : null
}

const failed = (gone: readonly Gone[], of: number): Finish => ({
  reason: 'WORKER_FAILURE',
  words: `${gone.length} of ${of} workers lost: ${gone.map(({ workerId, reason }) => reason ?? workerId).join('; ')}`,
})

const leftWords = (early: readonly Gone[]): Finish => ({
  reason: 'WORKER_FAILURE',
  words: `${early.map(({ workerId }) => workerId).join(', ')} left before the end of the measurement`,
})

interface NoteChange {
  readonly workerId: string
  /** Null: it has none any more. */
  readonly note: WorkerNote | null
  readonly words: string
  readonly wasReplacement: boolean
}

const isJoining = ({ standing }: WorkerNote): boolean => standing === 'JOINING'

/** Of workers that join or leave. */
const changedNote = (run: RunRecord, member: FleetMember, atMs: number): NoteChange | null => {
  const { workerId, heartbeat } = member
  const note = run.fleetNotes[workerId]
  if (note === undefined || note.standing === 'LOST') return null
  const lostAs = (reason: string, words: string): NoteChange => ({
    workerId,
    note: { standing: 'LOST', atMs, reason },
    words,
    wasReplacement: isJoining(note) && note.reason?.startsWith(REPLACES) === true,
  })
  if (note.standing === 'LEAVING') {
    if (member.standing !== 'LOST') return null
    const reason = member.reason ?? `${workerId} is no longer there`
    return lostAs(reason, `${reason}, when it was leaving`)
  }
  if (heartbeat?.status === 'RUNNING' && member.standing === 'WORKING') {
    return { workerId, note: null, words: `${workerId} has begun to serve`, wasReplacement: false }
  }
  const reason = joinFailure(run, member, atMs - note.atMs)
  return reason === null ? null : lostAs(reason, `${workerId} could not join: ${reason}`)
}

const joinFailure = ({ plan }: RunRecord, { workerId, standing, reason }: FleetMember, sinceMs: number): string | null => {
  if (standing === 'LOST') return reason ?? `${workerId} is no longer there`
  if (standing === 'DONE') return `${workerId} left before it served`
  const { startupTimeoutSeconds } = plan.advanced
  return sinceMs > startupTimeoutSeconds * 1_000 ? `${workerId} did not begin to serve in ${startupTimeoutSeconds} seconds` : null
}

const noted = ({ fleetNotes }: RunRecord, changes: Readonly<Record<string, WorkerNote | null>>): FleetNotes => {
  if (Object.keys(changes).length === 0) return fleetNotes
  const all = Object.entries({ ...fleetNotes, ...changes })
  return Object.fromEntries(all.filter((entry): entry is [string, WorkerNote] => entry[1] !== null))
}

/** Of the workers that were started during the run, the newest that are known to have come to nothing; those that still join are not known yet. */
const shortLivedInARow = ({ plan }: RunRecord, fleet: readonly FleetMember[], notes: FleetNotes): number => {
  let inARow = 0
  for (const { workerId, heartbeat } of fleet.slice(plan.workerCount).reverse()) {
    const note = notes[workerId]
    if (note !== undefined && isJoining(note)) continue
    const beganMs = heartbeat?.startOffsetMs ?? null
    const isShortLived = note?.standing === 'LOST' && (beganMs === null || note.atMs - beganMs < SERVED_MS)
    if (!isShortLived) break
    inARow += 1
  }
  return inARow
}
