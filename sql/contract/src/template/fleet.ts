import type { RunOverrideValues } from './overridesShape.ts'
import type { Problem } from './problem.ts'
import { countOf } from './problem.ts'
import { CONNECTIONS } from './shape.ts'
import type { Load, Scaling, Target, Template } from './template.ts'

/** Connections that one worker is given before another is started, unless `scaling.maxConnections` says less. */
export const CONNECTIONS_PER_WORKER = 200
/**
 * The same on Snowflake. A query costs its driver half a millisecond and more of one core, so a process sends some thousand a second whatever the number
 * of its connections; at 100 ms a round trip, a hundred connections ask for as much. Source: `pnpm bench snowflake`.
 */
export const CONNECTIONS_PER_SNOWFLAKE_WORKER = 100
/** More workers than this are not started for one run. */
export const MOST_WORKERS = 64
/** Nor more connections. */
export const MOST_CONNECTIONS = CONNECTIONS.max as number

export const usualConnectionsOf = ({ tableType }: Pick<Target, 'tableType'>): number =>
  tableType === 'POSTGRES' ? CONNECTIONS_PER_WORKER : CONNECTIONS_PER_SNOWFLAKE_WORKER

/**
 * Operations per second that one worker process sends at most, on a clock that can be trusted: from 8,000 to 10,000 on, a process that sends to PostgreSQL
 * disturbs its own schedule (`pnpm bench worker`); a query through Snowflake's driver costs well over half a millisecond of one core (`pnpm bench snowflake`).
 */
export const mostQpsOfOneWorker = ({ tableType }: Pick<Target, 'tableType'>): number => (tableType === 'POSTGRES' ? 10_000 : 1_500)

/** How long an operation is thought to take before any has been sent. */
const guessedServiceMs = ({ tableType }: Pick<Target, 'tableType'>): number => (tableType === 'POSTGRES' ? 5 : 100)

/** How many workers a run starts with, and how many connections they share. */
export interface Fleet {
  readonly workerCount: number
  readonly targetConnections: number
}

type FleetOverrides = Pick<RunOverrideValues, 'workers' | 'targetConnections'>

/**
 * Connections: the override (CONCURRENCY); else in FIXED workers × minConnections; else what the load mode begins with. Workers: the override; else in
 * FIXED its minWorkers; else as many as hold the connections (`CONNECTIONS_PER_WORKER` each, or `CONNECTIONS_PER_SNOWFLAKE_WORKER`) and send the rate,
 * within the bounds of BOUNDED, where none gets fewer than its least.
 */
export const decideFleet = (
  template: Pick<Template, 'target' | 'load' | 'scaling'>,
  { workers, targetConnections }: FleetOverrides,
): Fleet => {
  const { target, load, scaling } = template
  const fixedWorkers = workers ?? scaling.minWorkers
  const fixed = scaling.mode === 'FIXED' ? fixedWorkers * scaling.minConnections : null
  const first = {
    CONCURRENCY: () => targetConnections ?? fixed ?? load.targetConnections ?? 1,
    QPS: () => fixed ?? firstOfRate(target, load, scaling),
    FIND_MAX_CONCURRENCY: () => load.findMax.startConnections,
  }[load.mode]
  const connections = first()
  const ofOneWorker = Math.min(usualConnectionsOf(target), ceilingOfOne(load, scaling))
  const rate = load.mode === 'QPS' ? (load.targetQps ?? 0) : 0
  const needed = Math.max(Math.ceil(connections / ofOneWorker), Math.ceil(rate / mostQpsOfOneWorker(target)))
  const most = Math.min(scaling.maxWorkers ?? needed, Math.floor(connections / scaling.minConnections))
  const computed = scaling.mode === 'FIXED' ? scaling.minWorkers : Math.max(Math.min(needed, most), scaling.minWorkers)
  return { workerCount: workers ?? computed, targetConnections: connections }
}

/** Connections that one worker may hold as far as a person has said so. In QPS `targetConnections` is that, too. */
export const ceilingOfOne = (load: Load, scaling: Scaling): number =>
  Math.min(
    scaling.maxConnections ?? Number.POSITIVE_INFINITY,
    (load.mode === 'QPS' ? load.targetConnections : null) ?? Number.POSITIVE_INFINITY,
  )

/** By Little's law from a guess, or as a person says; within the bounds. */
const firstOfRate = (target: Target, load: Load, scaling: Scaling): number => {
  const guess = load.startingConnections ?? Math.ceil(((load.targetQps ?? 0) * guessedServiceMs(target)) / 1_000)
  const most = (scaling.maxWorkers ?? Number.POSITIVE_INFINITY) * ceilingOfOne(load, scaling)
  return Math.max(1, scaling.minWorkers * scaling.minConnections, Math.min(guess, most, MOST_CONNECTIONS))
}

/** What forbids a fleet: too many workers, workers without a connection, and in BOUNDED the bounds of the template. */
export const fleetProblems = (
  fleet: Fleet,
  { load, scaling }: Pick<Template, 'load' | 'scaling'>,
  overrides: FleetOverrides,
): Problem[] => {
  const { workerCount, targetConnections } = fleet
  const workersPath = overrides.workers !== null ? 'overrides.workers' : 'scaling.minWorkers'
  const connectionsPath = connectionsPathOf(load, overrides)
  const counted = overrides.workers !== null || scaling.mode === 'FIXED' || workerCount === scaling.minWorkers
  const blamed = counted ? workersPath : connectionsPath
  if (workerCount > MOST_WORKERS) {
    const why = counted ? '' : ` (${countOf(targetConnections, 'connection')})`
    return [
      { path: blamed, message: `A run has at most ${MOST_WORKERS} workers; this one would have ${workerCount}${why}: lower ${blamed}` },
    ]
  }
  if (targetConnections > MOST_CONNECTIONS) {
    const message = `A run has at most ${MOST_CONNECTIONS} connections; this one would have ${targetConnections}: lower ${blamed}`
    return [{ path: blamed, message }]
  }
  if (workerCount > targetConnections) {
    const path = overrides.workers === null && overrides.targetConnections !== null ? connectionsPath : workersPath
    const there = targetConnections === 1 ? 'there is 1' : `there are ${targetConnections}`
    const needed = `${countOf(workerCount, 'worker')} need at least ${countOf(workerCount, 'connection')}`
    return [
      { path, message: `${needed}; ${there}: lower ${path === connectionsPath ? 'the number of workers' : path} or raise the connections` },
    ]
  }
  return scaling.mode === 'BOUNDED' ? boundProblems(fleet, { load, scaling }, blamed) : []
}

const connectionsPathOf = (load: Load, { targetConnections }: FleetOverrides): string => {
  switch (load.mode) {
    case 'CONCURRENCY':
      return targetConnections !== null ? 'overrides.targetConnections' : 'load.targetConnections'
    case 'QPS':
      return load.startingConnections !== null ? 'load.startingConnections' : 'load.targetQps'
    case 'FIND_MAX_CONCURRENCY':
      return 'load.findMax.startConnections'
  }
}

const boundProblems = (fleet: Fleet, { load, scaling }: Pick<Template, 'load' | 'scaling'>, blamed: string): Problem[] => {
  const { workerCount, targetConnections } = fleet
  const { minWorkers, maxWorkers, minConnections, maxConnections } = scaling
  if (workerCount < minWorkers || workerCount > (maxWorkers ?? workerCount)) {
    const range = maxWorkers === null ? `at least ${minWorkers}` : `from ${minWorkers} to ${maxWorkers}`
    return [{ path: blamed, message: `${blamed} must be ${range}, the bounds of the template; it is ${workerCount}` }]
  }
  // A search starts below, a rate above what the bounds say; their controllers keep them.
  if (load.mode !== 'CONCURRENCY') return []
  const [least, most] = [Math.floor(targetConnections / workerCount), Math.ceil(targetConnections / workerCount)]
  const each = `${countOf(targetConnections, 'connection')} on ${countOf(workerCount, 'worker')} are`
  if (least < minConnections)
    return [{ path: blamed, message: `${each} ${least} on one; scaling.minConnections asks for at least ${minConnections}` }]
  if (maxConnections === null || most <= maxConnections) return []
  return [{ path: blamed, message: `${each} ${most} on one; scaling.maxConnections allows ${maxConnections}` }]
}
