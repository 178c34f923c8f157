import { type HeartbeatRecord, workerIdOf } from '@flakebench/contract'
import { decideHealth, type HealthThresholds } from './workerHealth.ts'

/** A worker process of ours that is no longer there. */
export interface WorkerExit {
  readonly workerId: string
  readonly code: number | null
  readonly signal: string | null
  /** The end of what it wrote to stderr; empty when that is not known. */
  readonly lastWords: string
}

/** How one expected worker stands, everything considered. */
export interface FleetMember {
  readonly workerId: string
  readonly heartbeat: HeartbeatRecord | null
  readonly standing: Standing
  /** In words, for LOST. */
  readonly reason: string | null
  /** Whether its process is seen to be there, known to be gone, or out of sight. */
  readonly process: 'ALIVE' | 'GONE' | 'UNSEEN'
}

/** What an orchestrator sees of the workers beside their heartbeats. */
export interface FleetSight {
  /** Workers whose process is seen to be there. */
  readonly alive: ReadonlySet<string>
  /** How long the heartbeats have been read without a gap: nobody can be silent for longer than we have listened. */
  readonly listenedSeconds: number
}

const NOTHING_SEEN: FleetSight = { alive: new Set(), listenedSeconds: Number.POSITIVE_INFINITY }

/** ABSENT: not heard of yet. DONE: it reported all its work and left. LOST: failed, killed, or silent for too long. */
export type Standing = 'ABSENT' | 'STARTING' | 'READY' | 'WORKING' | 'DONE' | 'LOST'

/** One member for each expected worker, by group id. */
export const decideFleet = (
  workersExpected: number,
  heartbeats: readonly HeartbeatRecord[],
  exits: readonly WorkerExit[],
  thresholds: HealthThresholds,
  sight: FleetSight = NOTHING_SEEN,
): FleetMember[] =>
  Array.from({ length: workersExpected }, (_, groupId) => {
    const workerId = workerIdOf(groupId)
    const heartbeat = heartbeats.find(beat => beat.workerId === workerId) ?? null
    const exit = exits.find(one => one.workerId === workerId) ?? null
    const process = exit !== null ? 'GONE' : sight.alive.has(workerId) ? 'ALIVE' : 'UNSEEN'
    return { workerId, heartbeat, process, ...decideStanding(workerId, heartbeat, exit, thresholds, sight.listenedSeconds) }
  })

const decideStanding = (
  workerId: string,
  heartbeat: HeartbeatRecord | null,
  exit: WorkerExit | null,
  thresholds: HealthThresholds,
  listenedSeconds: number,
): { standing: Standing; reason: string | null } => {
  const lost = (reason: string) => ({ standing: 'LOST' as const, reason })
  if (heartbeat?.status === 'COMPLETED') return { standing: 'DONE', reason: null }
  if (heartbeat?.status === 'FAILED') return lost(`${workerId}: ${heartbeat.lastError ?? 'it failed without saying why'}`)
  if (exit !== null) return lost(`${workerId} ${wordsForExit(exit, heartbeat?.lastError ?? null)}`)
  if (heartbeat === null) return { standing: 'ABSENT', reason: null }
  const silentSeconds = Math.min(heartbeat.ageSeconds, listenedSeconds)
  if (decideHealth(silentSeconds, thresholds) === 'DEAD')
    return lost(`${workerId} has been silent for ${Math.round(silentSeconds)} seconds`)
  const standing = heartbeat.status === 'STARTING' ? 'STARTING' : heartbeat.status === 'READY' ? 'READY' : 'WORKING'
  return { standing, reason: null }
}

const wordsForExit = (exit: WorkerExit, lastError: string | null): string => {
  const words = lastError ?? exit.lastWords.trim().split('\n').slice(-3).join(' ')
  const how =
    exit.signal !== null ? `was killed by ${exit.signal}` : exit.code === null ? 'is no longer there' : `ended with exit code ${exit.code}`
  return words === '' ? how : `${how}: ${words}`
}
