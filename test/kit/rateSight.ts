import type { QpsState, Rollup } from '@flakebench/contract'
import type { FleetSize, LoadSight } from '../../server/src/decide/controllers/controller.ts'
import { decideQps, type QpsWish } from '../../server/src/decide/controllers/qps.ts'
import { type RateChange, ratePlan } from './ratePlan.ts'
import { BUSY_CLIENT, EASY_CLIENT, encodeLatencies } from './sampleSnapshot.ts'

export interface Second {
  readonly planned?: number
  readonly started?: number
  readonly waiting?: number
  readonly open?: number
  readonly serviceMs?: number | null
  readonly limited?: boolean
}

/** The seconds of a run, one after the other from its start; the warmup has five. */
export const seconds = (...all: Second[]): Rollup[] =>
  all.map(({ planned = 200, started = planned, waiting = 0, open = 10, serviceMs = 20, limited = false }, intervalIndex) => {
    const service = serviceMs === null ? null : encodeLatencies([serviceMs, serviceMs])
    return {
      runId: '01JTESTRVN0000000000000000',
      intervalIndex,
      startMs: intervalIndex * 1_000,
      endMs: intervalIndex * 1_000 + 1_000,
      phase: intervalIndex < 5 ? 'WARMUP' : 'MEASUREMENT',
      started,
      operations: started,
      errors: 0,
      cutOff: 0,
      retriedOperations: 0,
      qps: started,
      latency: service,
      p50Ms: serviceMs,
      p95Ms: serviceMs,
      p99Ms: serviceMs,
      maxMs: serviceMs,
      byKind: [{ kind: 'POINT_LOOKUP', label: 'POINT_LOOKUP', operations: started, errors: 0, latency: service, service }],
      errorsByCategory: [],
      activeConnections: open,
      targetConnections: open,
      openConnections: open,
      arrivals: { planned, late: waiting, missed: 0, waiting, clockError: null },
      workersReported: 1,
      workersExpected: 1,
      client: limited ? BUSY_CLIENT : EASY_CLIENT,
      clientLimited: limited,
    }
  })

export const times = (count: number, second: Second): Second[] => Array.from({ length: count }, () => second)

export interface Sighting extends Partial<Omit<LoadSight, 'plan' | 'fleet'>> {
  readonly plan?: RateChange
  readonly fleet?: Partial<FleetSize>
}

/** What the controller sees a moment after the last of the seconds: one worker of four with ten connections. */
export const sightOf = (intervals: readonly Rollup[], { plan, fleet, ...change }: Sighting = {}): LoadSight => ({
  nowMs: intervals.length * 1_000 + 100,
  plan: ratePlan(plan),
  measurementFromMs: 5_000,
  intervals,
  queueSamples: [],
  fleet: { serving: 1, joining: 0, most: 4, connectionsPerWorker: 200, capacity: 200, mostCapacity: 800, ...fleet },
  targetConnections: 10,
  backedOffAtMs: null,
  fleetChangedAtMs: null,
  ...change,
})

/** Nothing was changed yet. */
export const STATE: QpsState = { targetConnections: 10, workers: 1, changedAtMs: 0, stepNumber: 0, reason: null, recent: [] }
/** A second in which the ten connections were too few. */
export const SHORT: Second = { started: 150, waiting: 50, serviceMs: 66 }
/** The wish after these seconds. Await `startHistograms` before. */
export const decide = (all: Second[], sighting: Sighting = {}, state: Partial<QpsState> = {}): QpsWish =>
  decideQps({ ...STATE, ...state }, sightOf(seconds(...all), sighting))
