import { MOST_WORKERS, mostQpsOfOneWorker } from './fleet.ts'
import type { Finding } from './problem.ts'
import { countOf } from './problem.ts'
import { dialectOf } from './sqlRules.ts'
import type { Template } from './template.ts'

/** What the two modes with a controller demand: only what arithmetic shows, nothing is known of the database yet. */
export const modeFindings = (template: Template): Finding[] => {
  switch (template.load.mode) {
    case 'CONCURRENCY':
      return []
    case 'QPS':
      return rateFindings(template)
    case 'FIND_MAX_CONCURRENCY':
      return searchFindings(template)
  }
}

const rateFindings = ({ load, scaling, target }: Template): Finding[] => {
  const { targetQps, durationSeconds } = load
  const path = 'load.targetQps'
  if (targetQps === null || targetQps <= 0) return []
  if (targetQps * durationSeconds < 1) {
    return [
      {
        path,
        message: `load.targetQps ${targetQps} for load.durationSeconds ${durationSeconds} is ${targetQps * durationSeconds} operations: raise one of them until at least one is sent`,
        reads: ['load.mode', path, 'load.durationSeconds'],
      },
    ]
  }
  const most = { AUTO: MOST_WORKERS, BOUNDED: Math.min(scaling.maxWorkers ?? MOST_WORKERS, MOST_WORKERS), FIXED: scaling.minWorkers }[
    scaling.mode
  ]
  const ofOne = mostQpsOfOneWorker(target)
  if (targetQps <= most * ofOne) return []
  const engine = dialectOf(target.tableType) === 'snowflake' ? 'Snowflake' : 'PostgreSQL'
  const needed = Math.ceil(targetQps / ofOne)
  const bound = scaling.mode === 'FIXED' ? 'scaling.minWorkers' : 'scaling.maxWorkers'
  const advice = needed > MOST_WORKERS ? 'lower load.targetQps' : `raise ${bound} to ${needed}, or lower load.targetQps`
  const words = `${targetQps} operations per second cannot be sent by ${most === 1 ? '1 worker' : `${most} workers`}`
  return [
    {
      path,
      message: `${words}: one sends at most about ${ofOne} a second to ${engine}; ${advice}`,
      reads: ['load.mode', path, 'target.tableType', 'scaling.mode', 'scaling.minWorkers', 'scaling.maxWorkers'],
    },
  ]
}

/** A step is judged by so many intervals at least: of fewer, one that was disturbed decides it. */
const INTERVALS_OF_STEP = 5

const searchFindings = ({ load, scaling, advanced }: Template): Finding[] => {
  const { stepDurationSeconds, connectionsIncrement, resolution } = load.findMax
  const { metricsIntervalSeconds } = advanced
  const found: Finding[] = []
  const find = (path: string, message: string, ...others: readonly string[]): void => {
    found.push({ path, message: `${path} ${message}`, reads: ['load.mode', path, ...others] })
  }
  if (scaling.mode === 'FIXED') {
    const numbers = `${countOf(scaling.minWorkers, 'worker')} × ${countOf(scaling.minConnections, 'connection')}`
    find('scaling.mode', `must be AUTO or BOUNDED when load.mode is FIND_MAX_CONCURRENCY: FIXED (${numbers}) leaves nothing to search for`)
  }
  const shortest = metricsIntervalSeconds * INTERVALS_OF_STEP
  if (stepDurationSeconds < shortest) {
    find(
      'load.findMax.stepDurationSeconds',
      `must be at least ${INTERVALS_OF_STEP} × advanced.metricsIntervalSeconds (${Math.ceil(shortest)}); it is ${stepDurationSeconds}`,
      'advanced.metricsIntervalSeconds',
    )
  }
  if (resolution !== null && resolution > connectionsIncrement) {
    find(
      'load.findMax.resolution',
      `must be at most load.findMax.connectionsIncrement (${connectionsIncrement}); it is ${resolution}`,
      'load.findMax.connectionsIncrement',
    )
  }
  return found
}
