import type { HeartbeatRecord, RunRecord } from '@flakebench/contract'
import type { WorkerExit } from '../../decide/fleet.ts'

/** A place to run workers. Workers and orchestrator meet in the control tables only; this merely starts processes and sees them go. */
export interface Spawner {
  /** Starts one worker of a run. Failing to start is an exit like any other. */
  start(run: RunRecord, workerGroupId: number): void
  /** Ids of the workers of this run that this spawner has started. */
  started(runId: string): ReadonlySet<string>
  /** Workers that are known to be gone; also of those that an earlier server had started on this machine. */
  listExits(run: RunRecord, heartbeats: readonly HeartbeatRecord[]): WorkerExit[]
  /** Ids of the workers whose process is seen to be there. */
  listAlive(run: RunRecord, heartbeats: readonly HeartbeatRecord[]): ReadonlySet<string>
  /** Sends a signal to the processes of these workers, as far as they can be reached from here, registered or not. */
  signal(run: RunRecord, heartbeats: readonly HeartbeatRecord[], workerIds: readonly string[], signal: 'SIGTERM' | 'SIGKILL'): void
  /** The run is over: nothing about it need be remembered. */
  forget(runId: string): void
}
