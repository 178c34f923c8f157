import type { LoadLimits } from '../plan.ts'
import type { Fleet } from './fleet.ts'
import { ceilingOfOne, MOST_WORKERS, usualConnectionsOf } from './fleet.ts'
import type { Template } from './template.ts'

/** The machine that starts the workers. */
export interface HostCapacity {
  /** Processes that can run at the same time. */
  readonly cores: number
  readonly memoryBytes: number
}

/** For a plan that is only read, never run: its limits mean nothing. */
export const ANY_HOST: HostCapacity = { cores: 1, memoryBytes: 2 ** 30 }

/** Of a connection with its operation in flight, its statements and buffers, on the worker's side. */
const BYTES_PER_CONNECTION = 2 * 2 ** 20

/**
 * How far the controller of a run may go.
 *
 * FIXED: exactly the fleet. BOUNDED: its bounds; without a maximum as many workers as a run may have, and what one usually holds. AUTO: from one worker to
 * one for each core but one (a busy worker fills a core, and the server and often the database need some, too), or as many as the start needs; each holds
 * what is usual, or less where half of the machine's memory would not do. CONCURRENCY keeps the number of its workers.
 */
export const decideLimits = (
  { target, load, scaling }: Pick<Template, 'target' | 'load' | 'scaling'>,
  fleet: Fleet,
  host: HostCapacity,
): LoadLimits => {
  const { workerCount, targetConnections } = fleet
  const share = Math.ceil(targetConnections / workerCount)
  if (scaling.mode === 'FIXED') {
    const least = Math.floor(targetConnections / workerCount)
    return { minWorkers: workerCount, maxWorkers: workerCount, minConnections: least, maxConnections: share, areSet: true }
  }
  const areSet = scaling.mode === 'BOUNDED'
  const machine = Math.min(MOST_WORKERS, Math.max(1, host.cores - 1, workerCount))
  const bound = areSet ? Math.min(scaling.maxWorkers ?? MOST_WORKERS, MOST_WORKERS) : machine
  const [minWorkers, maxWorkers] = load.mode === 'CONCURRENCY' ? [workerCount, workerCount] : [scaling.minWorkers, bound]
  const usual = usualConnectionsOf(target)
  const inMemory = Math.floor(host.memoryBytes / 2 / maxWorkers / BYTES_PER_CONNECTION)
  const ceiling = ceilingOfOne(load, scaling)
  const unasked = Math.max(1, share, areSet ? usual : Math.min(usual, inMemory))
  return {
    minWorkers,
    maxWorkers,
    minConnections: scaling.minConnections,
    maxConnections: Number.isFinite(ceiling) ? ceiling : unasked,
    areSet,
  }
}
