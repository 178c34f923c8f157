import type { FleetMember } from './fleet.ts'
import { decideHealth, type HealthThresholds } from './workerHealth.ts'

/** How a worker stands, as a line of the log would say it. */
export type WorkerWord = FleetMember['standing'] | 'STALE'

/** What is to be told of a worker that is another than it was. */
export interface WorkerNews {
  readonly level: 'INFO' | 'WARN'
  readonly message: string
}

const STANDS: readonly FleetMember['standing'][] = ['STARTING', 'READY', 'WORKING']

/** A worker's word now: STALE where it is not heard of as often as it should be. */
export const wordOf = ({ standing, heartbeat }: FleetMember, thresholds: HealthThresholds): WorkerWord =>
  STANDS.includes(standing) && heartbeat !== null && decideHealth(heartbeat.ageSeconds, thresholds) !== 'HEALTHY' ? 'STALE' : standing

/** Null: there is nothing to tell. @param before its word as it was last told; undefined: of a worker that is new here */
export const newsOf = (member: FleetMember, before: WorkerWord | undefined, word: WorkerWord): WorkerNews | null => {
  const { workerId, heartbeat, reason } = member
  if (word === before || (before === undefined && word === 'ABSENT')) return null
  const info = (message: string): WorkerNews => ({ level: 'INFO', message: `${workerId} ${message}` })
  if (before === 'STALE' && word !== 'LOST' && word !== 'DONE') return info('is heard of again')
  switch (word) {
    case 'ABSENT':
      return null
    case 'STARTING':
      return info(`has registered (${heartbeat?.host ?? 'unknown host'}, process ${heartbeat?.pid ?? 'unknown'})`)
    case 'READY':
      return info(`is ready${heartbeat?.floorMs == null ? '' : `; its fastest round trip takes ${heartbeat.floorMs.toFixed(2)} ms`}`)
    case 'WORKING':
      return info('sends')
    case 'DONE':
      return info('has delivered its work and left')
    case 'STALE':
      return { level: 'WARN', message: `${workerId} has been silent for ${Math.round(heartbeat?.ageSeconds ?? 0)} s` }
    case 'LOST':
      return { level: 'WARN', message: `${workerId} is lost: ${reason ?? 'it is no longer there'}` }
  }
}
