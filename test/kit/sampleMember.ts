import type { FleetMember, Standing } from '../../server/src/decide/fleet.ts'
import { sampleHeartbeat } from './sampleHeartbeat.ts'

const IS_REGISTERED: Readonly<Record<Standing, boolean>> = {
  ABSENT: false,
  STARTING: true,
  READY: true,
  WORKING: true,
  DONE: true,
  LOST: false,
}

/** A worker that stands so, out of sight: one that is LOST was killed before anybody heard of it, one that is DONE has sent. */
export const sampleMember = (workerGroupId: number, standing: Standing, change: Partial<FleetMember> = {}): FleetMember => ({
  workerId: `worker-${workerGroupId}`,
  heartbeat: IS_REGISTERED[standing] ? sampleHeartbeat({ workerGroupId }) : null,
  standing,
  reason: standing === 'LOST' ? `worker-${workerGroupId} was killed by SIGKILL` : null,
  process: 'UNSEEN',
  ...change,
})

export const sampleMembers = (...standings: readonly Standing[]): FleetMember[] =>
  standings.map((standing, workerGroupId) => sampleMember(workerGroupId, standing))
