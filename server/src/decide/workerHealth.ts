import type { WorkerHealth } from '@flakebench/contract'

/** Ages of the last heartbeat, in seconds of database time. */
export interface HealthThresholds {
  readonly staleSeconds: number
  readonly deadSeconds: number
}

/** Heartbeats come every second. */
export const DEFAULT_THRESHOLDS: HealthThresholds = { staleSeconds: 5, deadSeconds: 15 }

export const decideHealth = (heartbeatAgeSeconds: number, thresholds: HealthThresholds): WorkerHealth => {
  if (heartbeatAgeSeconds >= thresholds.deadSeconds) return 'DEAD'
  return heartbeatAgeSeconds >= thresholds.staleSeconds ? 'STALE' : 'HEALTHY'
}
