import type { ClientUsage, HeldConnections, Rollup } from '@flakebench/contract'
import type { PollReading, WarehouseUsage } from './comparedRun.ts'

/** Looks at a warehouse inside the measurement, added up; null: there was none. Moments in seconds from the agreed start. */
export const warehouseUsageOf = (polls: readonly PollReading[], fromSeconds: number, toSeconds: number): WarehouseUsage | null => {
  const inside = polls.filter(({ elapsedSeconds }) => elapsedSeconds >= fromSeconds && elapsedSeconds <= toSeconds)
  if (inside.length === 0) return null
  const clusters = inside.flatMap(({ startedClusters }) => (startedClusters === null ? [] : [startedClusters]))
  const running = inside.map(poll => poll.running)
  const queued = inside.map(poll => poll.queued)
  return {
    meanClusters: clusters.length === 0 ? null : mean(clusters),
    mostClusters: clusters.length === 0 ? null : Math.max(...clusters),
    meanRunning: mean(running),
    mostRunning: Math.max(...running),
    meanQueued: mean(queued),
    mostQueued: Math.max(...queued),
  }
}

/** What the workers used over intervals of the measurement; null: there is none. */
export const clientUsageOf = (measured: readonly Pick<Rollup, 'client'>[]): ClientUsage | null => {
  if (measured.length === 0) return null
  const cpu = measured.map(({ client }) => client.cpuPercent)
  const delays = measured.map(({ client }) => client.eventLoopDelayP99Ms)
  return {
    meanCpuPercent: mean(cpu),
    mostCpuPercent: greatest(cpu),
    mostMemoryBytes: greatest(measured.map(({ client }) => client.memoryBytes)),
    meanDelayP99Ms: mean(delays),
    mostDelayP99Ms: greatest(delays),
  }
}

type Holding = Pick<Rollup, 'targetConnections' | 'workersReported' | 'workersExpected'>

/**
 * How many connections the workers were to hold, by the intervals of the measurement in order: of the whole ones, as the first and the last have the
 * edges of the phase in them, and where a worker has not reported its share is missing. Null: there is none.
 */
export const heldConnectionsOf = (measured: readonly Holding[]): HeldConnections | null => {
  const whole = measured.slice(1, -1).filter(({ workersReported, workersExpected }) => workersReported >= workersExpected)
  const targets = whole.map(one => one.targetConnections)
  return targets.length === 0 ? null : { least: -greatest(targets.map(target => -target)), most: greatest(targets) }
}

// A run of days has more intervals than a call may have arguments.
const greatest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
const mean = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / values.length
