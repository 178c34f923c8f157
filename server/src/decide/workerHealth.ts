import type { WorkerHealth } from '@flakebench/contract'

/** Ages of the last heartbeat, in seconds; they follow from the pace of the control database (`CONTROL_PACE`). */
export interface HealthThresholds {
  readonly staleSeconds: number
  readonly deadSeconds: number
}

export const decideHealth = (heartbeatAgeSeconds: number, thresholds: HealthThresholds): WorkerHealth => {
  if (heartbeatAgeSeconds >= thresholds.deadSeconds) return 'DEAD'
  return heartbeatAgeSeconds >= thresholds.staleSeconds ? 'STALE' : 'HEALTHY'
}
