import type { ClientHealth, KindSnapshot, OperationKind, WorkerSnapshot } from '@flakebench/contract'
import type { ClosedInterval } from './recorder.ts'

export type SnapshotIdentity = Pick<WorkerSnapshot, 'runId' | 'workerId' | 'workerGroupId' | 'workerGroupCount' | 'attempt'>

export interface KindName {
  readonly kind: OperationKind
  readonly label: string
}

/** Encodes one kind of a closed interval: about half a millisecond where something was recorded, so take one in a turn of the event loop. */
export const encodeKind = ({ counts }: ClosedInterval, kindIndex: number, { kind, label }: KindName): KindSnapshot => {
  const { operations, errors, latency } = counts.kinds[kindIndex] as ClosedInterval['counts']['kinds'][number]
  return { kind, label, operations, errors, latency: latency.encode(), service: null }
}

/** The snapshot of a closed interval, from its encoded kinds and how the process fared in it; nothing is sent after the last, so there is no limit. */
export const encodeSnapshot = (
  identity: SnapshotIdentity,
  sequence: number,
  closed: ClosedInterval,
  byKind: readonly KindSnapshot[],
  client: ClientHealth,
): WorkerSnapshot => ({
  ...identity,
  sequence,
  intervalIndex: closed.index,
  startMs: closed.startMs,
  endMs: closed.endMs,
  phase: closed.phase,
  started: closed.counts.started,
  operations: closed.counts.operations,
  errors: closed.counts.errors,
  cutOff: closed.counts.cutOff,
  retriedOperations: closed.counts.retried,
  byKind,
  errorsByCategory: [...closed.counts.errorsByCategory].map(([category, { count, sample }]) => ({ category, count, sample })),
  activeConnections: closed.activeConnections,
  targetConnections: closed.targetConnections,
  openConnections: closed.targetConnections,
  arrivals: null,
  client: closed.phase === 'PROCESSING' ? { ...client, limited: false } : client,
})
