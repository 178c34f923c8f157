import type {
  ArrivalCounts,
  ClientHealth,
  EncodedHistogram,
  KindSnapshot,
  LatencyHistogram,
  OperationKind,
  WorkerSnapshot,
} from '@flakebench/contract'
import type { KindCounts } from './intervalCounts.ts'
import type { ClosedInterval } from './recorder.ts'

export type SnapshotIdentity = Pick<WorkerSnapshot, 'runId' | 'workerId' | 'workerGroupId' | 'workerGroupCount' | 'attempt'>

export interface KindName {
  readonly kind: OperationKind
  readonly label: string
}

export interface EncodedInterval {
  readonly byKind: readonly KindSnapshot[]
  readonly clockError: EncodedHistogram | null
}

/**
 * Encodes a closed interval: about half a millisecond for each histogram in which something was recorded.
 * @param turn waited for before each, so that operations come between them
 */
export const encodeInterval = async (
  { counts }: ClosedInterval,
  kinds: readonly KindName[],
  turn: () => Promise<void>,
): Promise<EncodedInterval> => {
  const encode = async (histogram: LatencyHistogram | null): Promise<EncodedHistogram | null> => {
    if (histogram === null || histogram.count === 0) return null
    await turn()
    return histogram.encode()
  }
  const byKind: KindSnapshot[] = []
  for (const [index, { kind, label }] of kinds.entries()) {
    const { operations, errors, latency, service } = counts.kinds[index] as KindCounts
    byKind.push({ kind, label, operations, errors, latency: await encode(latency), service: await encode(service) })
  }
  return { byKind, clockError: await encode(counts.clockError) }
}

/** The snapshot of a closed interval, from its encoded histograms and how the process fared in it; nothing is sent after the last, so there is no limit. */
export const encodeSnapshot = (
  identity: SnapshotIdentity,
  sequence: number,
  closed: ClosedInterval,
  { byKind, clockError }: EncodedInterval,
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
  openConnections: closed.openConnections,
  arrivals: closed.waiting === null ? null : arrivalsIn(closed, closed.waiting, clockError),
  client: closed.phase === 'PROCESSING' ? { ...client, limited: false } : client,
})

const arrivalsIn = ({ counts }: ClosedInterval, waiting: number, clockError: EncodedHistogram | null): ArrivalCounts => ({
  planned: counts.planned,
  late: counts.late,
  missed: counts.missed,
  waiting,
  clockError,
})
