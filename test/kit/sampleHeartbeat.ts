import type { HeartbeatRecord } from '@flakebench/contract'
import { workerIdOf } from '@flakebench/contract'

/** A heartbeat of a running worker, a moment old; its id follows from the group id. */
export const sampleHeartbeat = (change: Partial<HeartbeatRecord> = {}): HeartbeatRecord => ({
  runId: '01JTESTRVN0000000000000000',
  workerId: workerIdOf(change.workerGroupId ?? 0),
  workerGroupId: 0,
  attempt: 1,
  host: 'localhost',
  pid: 4711,
  status: 'RUNNING',
  phase: 'MEASUREMENT',
  activeConnections: 4,
  targetConnections: 4,
  cpuPercent: 37.5,
  memoryBytes: 80_000_000,
  operationsStarted: 1_003,
  operations: 1_000,
  errors: 2,
  cutOff: 1,
  snapshotsTaken: 6,
  appliedSequenceId: 2,
  startOffsetMs: 0.25,
  lastSentOffsetMs: null,
  clockUncertaintyMs: 0.125,
  floorMs: 0.0625,
  lastError: null,
  ageSeconds: 0.4,
  count: 12,
  ...change,
})
