import type { ControlPace, LoadMode } from '@flakebench/contract'

/** What is written no less often while nobody takes what is pushed: then the tables are the only way. */
const UNHEARD_MS = 1_000

export type WorkerPace = Pick<ControlPace, 'followWaitingMs' | 'followMs' | 'clockMs' | 'beatMs' | 'snapshotBatchMs' | 'logMs'>

/** Of a run in this mode: one that a controller steers is followed more closely, so that a change reaches its workers at once. */
export const paceOfMode = (pace: ControlPace, mode: LoadMode): WorkerPace =>
  mode === 'CONCURRENCY' ? pace : { ...pace, followMs: pace.followSteeredMs }

/** How often to speak to the control database. @param isHeard whether the run's owner has lately taken what was pushed to it */
export const decidePace = (pace: WorkerPace, isHeard: boolean): WorkerPace =>
  isHeard ? pace : { ...pace, followMs: Math.min(pace.followMs, UNHEARD_MS), beatMs: Math.min(pace.beatMs, UNHEARD_MS), snapshotBatchMs: 0 }
