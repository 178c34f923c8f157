import { MOST_CONNECTIONS, type RunRecord, servingWorkers } from '@flakebench/contract'
import type { CommandDecision } from './decideRun.ts'

/** A person sets the connections of one worker, absolute. Only where no controller would set them otherwise at once. */
export const decideWorkerTarget = (run: RunRecord, workerId: string, connections: number): CommandDecision => {
  const refuse = (because: string, path?: 'workerId' | 'connections'): CommandDecision =>
    path === undefined ? { allowed: false, because } : { allowed: false, because, path }
  const { load, limits, scaling } = run.plan
  if (load.mode !== 'CONCURRENCY') return refuse(`the run's controller (${load.mode}) sets the connections of its workers`)
  if (run.status !== 'RUNNING') return refuse(`the run is ${run.status}; connections are set while it is RUNNING`)
  const serving = servingWorkers(run)
  if (!serving.includes(workerId)) return refuse(`workerId must be one of ${serving.join(', ')}; it is ${workerId}`, 'workerId')
  const ceiling = run.guardrail?.ceilings[workerId]
  const isHolder = (id: string): boolean => serving.includes(id) || run.fleetNotes[id]?.standing === 'JOINING'
  const others = Object.entries(run.workerTargets ?? {}).reduce((sum, [id, held]) => sum + (id !== workerId && isHolder(id) ? held : 0), 0)
  const bounds = [
    {
      most: Math.max(0, MOST_CONNECTIONS - others),
      because: `a run has at most ${MOST_CONNECTIONS} connections, and its other workers have ${others}`,
    },
    ...(scaling.mode === 'BOUNDED' ? [{ most: limits.maxConnections, because: 'the bounds of the run allow a worker no more' }] : []),
    ...(ceiling === undefined ? [] : [{ most: ceiling, because: `guardrails let ${workerId} hold no more` }]),
  ]
  const { most, because } = bounds.reduce((least, bound) => (bound.most < least.most ? bound : least))
  if (!Number.isInteger(connections) || connections < 0 || connections > most) {
    const why = connections > most ? `: ${because}` : ''
    return refuse(`connections must be a whole number from 0 to ${most}; it is ${connections}${why}`, 'connections')
  }
  const targets = { ...run.workerTargets, [workerId]: connections }
  return {
    allowed: true,
    decision: {
      set: { workerTargets: targets },
      commands: [{ type: 'SET_WORKER_TARGET', data: { targets: { [workerId]: connections } } }],
      effect: null,
    },
  }
}
