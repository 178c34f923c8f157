import {
  addEncoded,
  type HeartbeatRecord,
  isTerminal,
  type Result,
  type RunRecord,
  type WorkerHealth,
  type WorkerSnapshot,
} from '@flakebench/contract'
import { percentilesOf } from '../../decide/rollUp.ts'
import { decideHealth, type HealthThresholds } from '../../decide/workerHealth.ts'
import type { WorkerFigures } from '../../live/runView.ts'
import type { RunWorker } from './runState.type.ts'

const BYTES_PER_MB = 1_048_576

export const toRunWorker = (run: RunRecord, beat: HeartbeatRecord, figures: WorkerFigures, thresholds: HealthThresholds): RunWorker => {
  const newest = figures.newest.get(beat.workerId) ?? null
  const result = figures.results.get(beat.workerId) ?? null
  return {
    workerId: beat.workerId,
    workerGroupId: beat.workerGroupId,
    status: beat.status,
    phase: beat.phase,
    health: healthOf(run, beat, thresholds),
    ...(result === null ? fromSnapshot(beat, newest) : fromResult(result)),
    activeConnections: result === null ? beat.activeConnections : 0,
    targetConnections: beat.targetConnections,
    cpuPercent: beat.cpuPercent,
    memoryMb: beat.memoryBytes === null ? null : beat.memoryBytes / BYTES_PER_MB,
    eventLoopUtilizationPercent: newest?.client.eventLoopUtilizationPercent ?? null,
    eventLoopDelayP99Ms: newest?.client.eventLoopDelayP99Ms ?? null,
    standing: run.fleetNotes[beat.workerId]?.standing ?? 'SERVING',
    connectionCeiling: run.guardrail?.ceilings[beat.workerId] ?? null,
    cpuUsedPercent: beat.cpuUsedPercent,
    memoryUsedPercent: beat.memoryUsedPercent,
    floorMs: beat.floorMs,
    schedulingP99Ms: beat.schedulingP99Ms,
    spool: beat.spool ?? null,
    startOffsetMs: beat.startOffsetMs,
    lastHeartbeatAgoSeconds: beat.ageSeconds,
    lastError: beat.lastError,
    host: beat.host,
    pid: beat.pid,
  }
}

/** A worker that has done its work and left is healthy, however long ago that was; one that has not is dead once the run is over. */
const healthOf = (run: RunRecord, beat: HeartbeatRecord, thresholds: HealthThresholds): WorkerHealth => {
  if (beat.status === 'COMPLETED') return 'HEALTHY'
  return beat.status === 'FAILED' || isTerminal(run.status) ? 'DEAD' : decideHealth(beat.ageSeconds, thresholds)
}

type Figures = Pick<RunWorker, 'qps' | 'p50Ms' | 'p95Ms' | 'p99Ms' | 'errorRate' | 'operations' | 'errors' | 'clientLimited'>

const fromSnapshot = (beat: HeartbeatRecord, snapshot: WorkerSnapshot | null): Figures => {
  const counts = { operations: beat.operations, errors: beat.errors }
  if (snapshot === null || snapshot.endMs <= snapshot.startMs) {
    return { qps: null, p50Ms: null, p95Ms: null, p99Ms: null, errorRate: null, clientLimited: false, ...counts }
  }
  const { p50Ms, p95Ms, p99Ms } = percentilesOf(addEncoded(snapshot.byKind.map(kind => kind.latency)))
  return {
    qps: (snapshot.operations - snapshot.errors) / ((snapshot.endMs - snapshot.startMs) / 1_000),
    p50Ms,
    p95Ms,
    p99Ms,
    errorRate: snapshot.operations === 0 ? 0 : snapshot.errors / snapshot.operations,
    clientLimited: snapshot.client.limited,
    ...counts,
  }
}

const fromResult = (result: Result): Figures => ({
  qps: result.qps,
  p50Ms: result.p50Ms,
  p95Ms: result.p95Ms,
  p99Ms: result.p99Ms,
  errorRate: result.errorRate,
  operations: result.totalOperations,
  errors: result.failedOperations,
  clientLimited: result.clientLimitedSeconds > 0,
})
