import type { Finding } from './problem.ts'
import { countOf } from './problem.ts'
import type { TemplateAsSent } from './shape.ts'
import { CONNECTIONS } from './shape.ts'
import type { Load, Scaling, Template } from './template.ts'

const MOST = CONNECTIONS.max as number

/** Whether the load can be made at all, and within the bounds. */
export const loadFindings = ({ load, scaling }: Template): Finding[] => [
  ...connectionFindings(load, scaling),
  ...boundFindings(scaling),
  ...reachFindings(load, scaling),
]

/** FIXED takes its two minima as exact numbers, so they must be given: judged before defaults are filled in. */
export const fixedFindings = ({ scaling }: TemplateAsSent): Finding[] =>
  (['minWorkers', 'minConnections'] as const)
    .filter(field => scaling.mode === 'FIXED' && scaling[field] === null)
    .map(field => ({
      path: `scaling.${field}`,
      message: `scaling.${field} must be given when scaling.mode is FIXED`,
      reads: ['scaling.mode', `scaling.${field}`],
    }))

const connectionFindings = (load: Load, scaling: Scaling): Finding[] => {
  const { mode, targetConnections, targetQps } = load
  const reads = ['load.mode', 'load.targetConnections', 'scaling.mode', 'scaling.minWorkers', 'scaling.minConnections']
  const path = 'load.targetConnections'
  if (mode === 'CONCURRENCY' && scaling.mode === 'FIXED' && (targetConnections ?? 0) > MOST) {
    const product = `${countOf(scaling.minWorkers, 'worker')} × ${countOf(scaling.minConnections, 'connection')}`
    return [{ path: 'scaling.minConnections', message: `${product} are more than ${MOST}; lower scaling.minConnections`, reads }]
  }
  if ((mode === 'CONCURRENCY' || targetConnections !== null) && (targetConnections ?? 0) < 1) {
    const noLimit = mode === 'QPS' ? ', or left out for no limit' : ''
    return [{ path, message: `${path} must be from 1 to ${MOST}${noLimit}; it is ${targetConnections}`, reads }]
  }
  if (mode === 'QPS' && (targetQps === null || targetQps <= 0)) {
    const given = targetQps === null ? 'not set' : targetQps
    const message = `load.targetQps must be above 0 when load.mode is QPS; it is ${given}`
    return [{ path: 'load.targetQps', message, reads: ['load.mode', 'load.targetQps'] }]
  }
  return []
}

const boundFindings = (scaling: Scaling): Finding[] =>
  (['Workers', 'Connections'] as const).flatMap(what => {
    const [least, most] = [scaling[`min${what}`], scaling[`max${what}`]]
    if (most === null || most >= least) return []
    const path = `scaling.max${what}`
    return [
      {
        path,
        message: `${path} must be at least scaling.min${what} (${least}); it is ${most}`,
        reads: [path, `scaling.min${what}`, 'scaling.mode'],
      },
    ]
  })

/** Connections that the workers must be able to hold; a rate needs no such rule: how many operations a connection does per second is not known. */
const reachFindings = (load: Load, scaling: Scaling): Finding[] => {
  const { minWorkers, maxWorkers, minConnections, maxConnections } = scaling
  const path = load.mode === 'FIND_MAX_CONCURRENCY' ? 'load.findMax.startConnections' : 'load.targetConnections'
  const wanted = load.mode === 'FIND_MAX_CONCURRENCY' ? load.findMax.startConnections : load.targetConnections
  const reads = [
    'load.mode',
    path,
    'scaling.mode',
    'scaling.minWorkers',
    'scaling.maxWorkers',
    'scaling.minConnections',
    'scaling.maxConnections',
  ]
  if (wanted === null || wanted < 1 || scaling.mode === 'AUTO') return []
  // CONCURRENCY: the product of the minima by definition, and what a run puts in its place is up to the run. A search is refused for being FIXED.
  if (load.mode !== 'QPS' && scaling.mode === 'FIXED') return []
  if (load.mode === 'QPS') {
    if (wanted >= minConnections) return []
    return [{ path, message: `${path} must be at least scaling.minConnections (${minConnections}); it is ${wanted}`, reads }]
  }
  if (wanted < minWorkers * minConnections) {
    const least = `${countOf(minWorkers, 'worker')} × ${countOf(minConnections, 'connection')}`
    return [{ path, message: `${path} must be at least ${minWorkers * minConnections} (at least ${least}); it is ${wanted}`, reads }]
  }
  if (maxWorkers !== null && maxConnections !== null && wanted > maxWorkers * maxConnections) {
    const most = `${countOf(maxWorkers, 'worker')} × ${countOf(maxConnections, 'connection')}`
    const advice = `raise scaling.maxWorkers or scaling.maxConnections, or lower ${path}`
    return [{ path, message: `${countOf(wanted, 'connection')} cannot be reached with at most ${most}; ${advice}`, reads }]
  }
  return []
}
