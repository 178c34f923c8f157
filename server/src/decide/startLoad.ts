import {
  type ArrivalShare,
  type ControlCommand,
  type RunChanges,
  type RunRecord,
  scheduleOf,
  servingWorkers,
  type WorkerTargets,
} from '@flakebench/contract'
import { allocateConnections } from './allocate.ts'
import { firstConnections } from './controllers/qps.ts'
import { decideShares } from './decideShares.ts'
import type { FleetMember } from './fleet.ts'
import { nextStatus } from './runMachine.ts'
import { targetsOf } from './steerFleet.ts'

/** All workers are ready: the agreed start, what each of them holds then, and in an open loop whose arrivals are whose. */
export const startLoad = (
  run: RunRecord,
  fleet: readonly FleetMember[],
  startInMs: number,
): { readonly set: RunChanges; readonly commands: readonly ControlCommand[] } => {
  const schedule = scheduleOf(run.plan, Math.ceil(run.nowMs + startInMs))
  const measurementStartsAtMs = schedule.startAtMs + schedule.warmupMs
  const open = run.plan.load.mode === 'QPS' ? openLoop(run, fleet) : null
  return {
    set: {
      status: nextStatus(run.status, 'WORKERS_READY', null) ?? run.status,
      phase: schedule.warmupMs > 0 ? 'WARMUP' : 'MEASUREMENT',
      startAtMs: schedule.startAtMs,
      measurementStartsAtMs,
      measurementEndsAtMs: schedule.measurementMs === null ? null : measurementStartsAtMs + schedule.measurementMs,
      phaseStartedAt: schedule.startAtMs,
      // An heir may have written it before it heard of the workers.
      ...(run.waitsFor === null ? {} : { waitsFor: null }),
      workerTargets: open?.targets ?? targetsOf(run),
      ...(open === null ? {} : { arrivalShares: open.shares }),
    },
    // Before START: whoever begins knows what to hold and what to send.
    commands: [
      ...(open === null
        ? []
        : [
            { type: 'SET_WORKER_TARGET', data: { targets: open.targets } } as const,
            { type: 'SET_ARRIVAL_SHARES', data: { shares: open.shares } } as const,
          ]),
      { type: 'START', data: schedule },
    ],
  }
}

/** The connections of the first guess, by the slowest round trip to the system under test that a worker has measured, and arrivals in proportion. */
const openLoop = (
  run: RunRecord,
  fleet: readonly FleetMember[],
): { readonly targets: WorkerTargets; readonly shares: readonly ArrivalShare[] } => {
  const floors = fleet.flatMap(({ heartbeat }) => heartbeat?.floorMs ?? [])
  const { limits } = run.plan
  const workerIds = servingWorkers(run)
  const seats = workerIds.map(workerId => ({ workerId, ceiling: limits.maxConnections }))
  const connections = firstConnections(run.plan, floors.length === 0 ? null : Math.max(...floors))
  const targets = allocateConnections(connections, seats, limits.minConnections)
  return { targets, shares: decideShares(null, targets, 0, 0) }
}
