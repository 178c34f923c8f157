import { performance } from 'node:perf_hooks'
import type { Heartbeat, RunPhase, WorkerStatus } from '@flakebench/contract'
import type { Load } from '../load/load.ts'

type Identity = Pick<Heartbeat, 'runId' | 'workerId' | 'workerGroupId' | 'attempt' | 'host' | 'pid'>

const PHASE_WITHOUT_LOAD: Readonly<Record<WorkerStatus, RunPhase>> = {
  STARTING: 'PREPARING',
  READY: 'PREPARING',
  RUNNING: 'PREPARING',
  DRAINING: 'PROCESSING',
  COMPLETED: 'COMPLETED',
  FAILED: 'COMPLETED',
}

/** Heartbeat and push read one after the other: a share of the time between them would say nothing. */
const CPU_OVER_AT_LEAST_MS = 900

/** What the worker says of itself: the stages of its life write here, the heartbeat reads. */
export class WorkerReport {
  status: WorkerStatus = 'STARTING'
  targetConnections = 0
  snapshotsTaken = 0
  appliedSequenceId: () => number = () => 0
  clockUncertaintyMs: number | null = null
  floorMs: number | null = null
  lastError: string | null = null
  load: Load | null = null
  readonly #identity: Identity
  readonly #cpuPercent: () => number
  #cpu = { atMs: Number.NEGATIVE_INFINITY, percent: 0 }

  constructor(identity: Identity, cpuPercent: () => number) {
    this.#identity = identity
    this.#cpuPercent = cpuPercent
  }

  get attempt(): number {
    return this.#identity.attempt
  }

  read(): Heartbeat {
    const { load, status } = this
    const totals = load?.totals
    return {
      ...this.#identity,
      status,
      phase: status === 'RUNNING' && load !== null ? load.phase : PHASE_WITHOUT_LOAD[status],
      activeConnections: load?.activeConnections ?? 0,
      targetConnections: this.targetConnections,
      cpuPercent: this.#readCpu(),
      memoryBytes: process.memoryUsage.rss(),
      operationsStarted: totals?.started ?? 0,
      operations: totals?.operations ?? 0,
      errors: totals?.errors ?? 0,
      cutOff: totals?.cutOff ?? 0,
      snapshotsTaken: this.snapshotsTaken,
      appliedSequenceId: this.appliedSequenceId(),
      startOffsetMs: totals?.firstSentMs ?? null,
      lastSentOffsetMs: totals?.lastSentMs ?? null,
      clockUncertaintyMs: this.clockUncertaintyMs,
      floorMs: this.floorMs,
      cpuUsedPercent: null,
      memoryUsedPercent: null,
      schedulingP99Ms: null,
      lastError: this.lastError,
    }
  }
  #readCpu(): number {
    const nowMs = performance.now()
    if (nowMs - this.#cpu.atMs >= CPU_OVER_AT_LEAST_MS) this.#cpu = { atMs: nowMs, percent: this.#cpuPercent() }
    return this.#cpu.percent
  }
}
