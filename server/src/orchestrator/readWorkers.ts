import { type HeartbeatRecord, type RunRecord, servingWorkers } from '@flakebench/contract'
import { listHeartbeats } from '@flakebench/store'
import type { WorkerExit } from '../decide/fleet.ts'
import { mergeHeartbeats } from '../decide/mergeHeartbeats.ts'
import { areTablesDue } from '../decide/tablesDue.ts'
import type { OwnedRun } from './ownedRun.ts'
import type { TickDeps } from './tickDeps.ts'

/** Until it has begun to serve, a worker that joins is waited for in the tables. */
const isJoined = ({ fleetNotes }: RunRecord): boolean => Object.values(fleetNotes).some(({ standing }) => standing === 'JOINING')

/** The workers as they are known now, by the tables and by what they pushed. */
export const heartbeatsNow = ({ beats, inbox }: OwnedRun, nowMs: number): HeartbeatRecord[] =>
  mergeHeartbeats(beats.records, (nowMs - beats.readAtMs) / 1_000, inbox.beats(nowMs))

/**
 * The heartbeats, and who is gone. A worker's last heartbeat comes before its exit: one that has just left is asked for again, so that it is not taken
 * for lost.
 */
export const readWorkers = async (
  owned: OwnedRun,
  run: RunRecord,
  { db, spawner, pace, monotonicMs }: TickDeps,
): Promise<{ readonly heartbeats: readonly HeartbeatRecord[]; readonly exits: readonly WorkerExit[] }> => {
  const read = async (): Promise<HeartbeatRecord[]> => {
    const records = await listHeartbeats(db, run.id)
    owned.beats = { records, readAtMs: monotonicMs() }
    return heartbeatsNow(owned, monotonicMs())
  }
  const nowMs = monotonicMs()
  const view = {
    nowMs,
    readAtMs: owned.beats.readAtMs,
    isHeard: owned.inbox.hearsAll(servingWorkers(run), nowMs),
    gapSinceMs: null,
  }
  // Until it has begun, workers are waited for that say so in the tables first.
  const isDue = run.status === 'STARTING' || isJoined(run) || areTablesDue(view, pace)
  const heartbeats = isDue ? await read() : heartbeatsNow(owned, nowMs)
  const exits = spawner.listExits(run, heartbeats)
  const hasReported = (workerId: string): boolean =>
    heartbeats.some(beat => beat.workerId === workerId && (beat.status === 'COMPLETED' || beat.status === 'FAILED'))
  return exits.every(exit => hasReported(exit.workerId)) ? { heartbeats, exits } : { heartbeats: await read(), exits }
}
