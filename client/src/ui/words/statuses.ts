import type { IconName } from '../parts/iconPaths.ts'

export type RunStatus = 'PREPARED' | 'STARTING' | 'RUNNING' | 'STOPPING' | 'CANCELLING' | 'COMPLETED' | 'CANCELLED' | 'FAILED'
export type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'bad'

/** How a status looks: never by colour alone. */
export interface Look {
  readonly word: string
  readonly icon: IconName
  readonly tone: Tone
}

export const STATUS_LOOKS: Readonly<Record<RunStatus, Look>> = {
  PREPARED: { word: 'Ready', icon: 'circle', tone: 'neutral' },
  STARTING: { word: 'Starting', icon: 'dots', tone: 'accent' },
  RUNNING: { word: 'Running', icon: 'pulse', tone: 'accent' },
  STOPPING: { word: 'Stopping', icon: 'dots', tone: 'accent' },
  CANCELLING: { word: 'Cancelling', icon: 'dots', tone: 'warn' },
  COMPLETED: { word: 'Completed', icon: 'check', tone: 'good' },
  CANCELLED: { word: 'Cancelled', icon: 'minus', tone: 'warn' },
  FAILED: { word: 'Failed', icon: 'cross', tone: 'bad' },
}

export type WorkerStatus = 'STARTING' | 'READY' | 'RUNNING' | 'DRAINING' | 'COMPLETED' | 'FAILED'
export type WorkerHealth = 'HEALTHY' | 'STALE' | 'DEAD'
export type WorkerStanding = 'SERVING' | 'JOINING' | 'LEAVING' | 'LOST'

/** Whether the worker itself said that it is done, or gave up. */
export const hasEnded = (status: WorkerStatus): boolean => status === 'COMPLETED' || status === 'FAILED'

const HEALTH_LOOKS: Readonly<Record<WorkerHealth, Look>> = {
  HEALTHY: { word: 'Healthy', icon: 'check', tone: 'good' },
  STALE: { word: 'Stale', icon: 'alert', tone: 'warn' },
  DEAD: { word: 'Dead', icon: 'cross', tone: 'bad' },
}

/** A worker that was lost stays lost; one that has ended is judged by how it ended, one that goes on by its heartbeat. */
export const workerLook = (status: WorkerStatus, health: WorkerHealth, standing: WorkerStanding = 'SERVING'): Look => {
  if (standing === 'LOST') return { word: 'Lost', icon: 'cross', tone: 'bad' }
  if (standing === 'LEAVING' && status === 'COMPLETED') return { word: 'Left', icon: 'check', tone: 'neutral' }
  if (status === 'COMPLETED') return { word: 'Done', icon: 'check', tone: 'neutral' }
  if (status === 'FAILED') return { word: 'Failed', icon: 'cross', tone: 'bad' }
  if (health !== 'HEALTHY') return HEALTH_LOOKS[health]
  if (standing === 'JOINING') return { word: 'Joining', icon: 'dots', tone: 'accent' }
  if (standing === 'LEAVING') return { word: 'Leaving', icon: 'dots', tone: 'accent' }
  if (status === 'STARTING') return { word: 'Starting', icon: 'dots', tone: 'accent' }
  if (status === 'READY') return { word: 'Ready', icon: 'circle', tone: 'accent' }
  if (status === 'DRAINING') return { word: 'Draining', icon: 'dots', tone: 'accent' }
  return HEALTH_LOOKS.HEALTHY
}
