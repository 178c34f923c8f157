import { isTerminal, type Plan, type RunStatus, type WarehouseState } from '@flakebench/contract'
import type { NewestWarehousePoll } from '@flakebench/store'
import { warehouseTrouble } from '../../decide/warehouseTrouble.ts'
import type { RunWarehouse, WarehouseDetails } from './warehouse.type.ts'

export interface RunMoment {
  readonly plan: Pick<Plan, 'target'>
  readonly status: RunStatus
  /** By the database clock. */
  readonly nowMs: number
}

/** @param newest null: not looked at yet. @returns null for a run without a warehouse */
export const toRunWarehouse = ({ plan, status, nowMs }: RunMoment, newest: NewestWarehousePoll | null): RunWarehouse | null => {
  const { warehouse } = plan.target
  if (warehouse === null) return null
  const poll = newest?.poll ?? null
  const seenAtMs = poll?.recordedAtMs ?? null
  return {
    name: poll?.name ?? warehouse,
    type: poll?.type ?? null,
    size: poll?.size ?? null,
    state: poll?.state ?? null,
    minClusters: poll?.minClusters ?? null,
    maxClusters: poll?.maxClusters ?? null,
    startedClusters: poll?.startedClusters ?? null,
    running: poll?.running ?? null,
    queued: poll?.queued ?? null,
    scalingPolicy: poll?.scalingPolicy ?? null,
    recordedAt: seenAtMs === null ? null : new Date(seenAtMs),
    ageSeconds: seenAtMs === null || isTerminal(status) ? null : Math.max(0, nowMs - seenAtMs) / 1_000,
    trouble: warehouseTrouble({ status, nowMs, seenAtMs, failure: newest?.failed?.trouble ?? null }),
  }
}

export const toWarehouseDetails = (state: WarehouseState, capturedAtMs: number): WarehouseDetails => ({
  ...state,
  capturedAt: new Date(capturedAtMs),
})
