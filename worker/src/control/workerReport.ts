import { performance } from 'node:perf_hooks'
import type { Heartbeat, RunPhase, SpoolReport, WorkerStatus } from '@flakebench/contract'
import type { Load } from '../load/load.ts'
import { type ResourceUse, startResourceMeter } from '../load/resources.ts'

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
const USE_OVER_AT_LEAST_MS = 900

/** What the worker says of itself: the stages of its life write here, the heartbeat reads. */
export class WorkerReport {
  status: WorkerStatus = 'STARTING'
  targetConnections = 0
  snapshotsTaken = 0
  appliedSequenceId: () => number = () => 0
  clockUncertaintyMs: number | null = null
  floorMs: number | null = null
  schedulingP99Ms: number | null = null
  /** Null: no executions are kept. */
  spool: (() => SpoolReport) | null = null
  lastError: string | null = null
  load: Load | null = null
  readonly #identity: Identity
  readonly #readUse = startResourceMeter({ spunMs: () => this.load?.spunMs ?? 0 })
  #use: ResourceUse | null = null
  #usedAtMs = performance.now()

  constructor(identity: Identity) {
    this.#identity = identity
  }

  get attempt(): number {
    return this.#identity.attempt
  }

  read(): Heartbeat {
    const { load, status } = this
    const totals = load?.totals
    const use = this.#lastUse()
    return {
      ...this.#identity,
      status,
      phase: status === 'RUNNING' && load !== null ? load.phase : PHASE_WITHOUT_LOAD[status],
      activeConnections: load?.activeConnections ?? 0,
      targetConnections: this.targetConnections,
      cpuPercent: use?.cpuPercent ?? null,
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
      cpuUsedPercent: use?.cpuUsedPercent ?? null,
      memoryUsedPercent: use?.memoryUsedPercent ?? null,
      schedulingP99Ms: this.schedulingP99Ms,
      spool: this.spool?.() ?? null,
      lastError: this.lastError,
    }
  }

  #lastUse(): ResourceUse | null {
    const nowMs = performance.now()
    if (nowMs - this.#usedAtMs >= USE_OVER_AT_LEAST_MS) {
      this.#usedAtMs = nowMs
      this.#use = this.#readUse()
    }
    return this.#use
  }
}
