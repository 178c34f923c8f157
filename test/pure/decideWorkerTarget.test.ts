import type { Plan, RunRecord } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { decideWorkerTarget } from '../../server/src/decide/decideWorkerTarget.ts'
import { ratePlan } from '../kit/ratePlan.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { sampleRun } from '../kit/sampleRun.ts'

const TARGETS = { 'worker-0': 4, 'worker-1': 3 }
const runOf = (mode: Plan['scaling']['mode'], change: Partial<RunRecord> = {}): RunRecord => {
  const plan = samplePlan({ workerCount: 2 })
  const limits = { ...plan.limits, maxConnections: 50 }
  return sampleRun({ plan: { ...plan, scaling: { ...plan.scaling, mode }, limits }, workerTargets: TARGETS, ...change })
}
const guardrail = { state: 'DEGRADED', ceilings: { 'worker-1': 2 }, workersOverCpu: 0, workersOverMemory: 0, actions: [] } as const
const note = { atMs: 0, reason: null }

describe('setting the connections of one worker', () => {
  it('changes its target alone, and tells it', () => {
    expect(decideWorkerTarget(runOf('FIXED'), 'worker-1', 60)).toEqual({
      allowed: true,
      decision: {
        set: { workerTargets: { 'worker-0': 4, 'worker-1': 60 } },
        commands: [{ type: 'SET_WORKER_TARGET', data: { targets: { 'worker-1': 60 } } }],
        effect: null,
      },
    })
  })

  it.each([
    ['none', runOf('FIXED'), 0],
    ['as many as a run may have', runOf('AUTO'), 99_996],
    ['as many as the bounds allow', runOf('BOUNDED'), 50],
    ['as many as guardrails let it hold', runOf('FIXED', { guardrail }), 2],
  ])('to %s is possible', (_, run, connections) => {
    expect(decideWorkerTarget(run, 'worker-1', connections)).toMatchObject({
      allowed: true,
      decision: { set: { workerTargets: { 'worker-1': connections } } },
    })
  })

  const ofTheRun = 'connections must be a whole number from 0 to 99996'
  it.each<[string, RunRecord, number, string]>([
    [
      'a run never has so many',
      runOf('FIXED'),
      2_000_000_000,
      `${ofTheRun}; it is 2000000000: a run has at most 100000 connections, and its other workers have 4`,
    ],
    [
      'it would be one more than a run has',
      runOf('AUTO'),
      99_997,
      `${ofTheRun}; it is 99997: a run has at most 100000 connections, and its other workers have 4`,
    ],
    [
      'those who join will have some, and those who are lost have none',
      runOf('FIXED', {
        workersExpected: 4,
        workerTargets: { ...TARGETS, 'worker-2': 70_000, 'worker-3': 20_000 },
        fleetNotes: { 'worker-2': { ...note, standing: 'LOST' }, 'worker-3': { ...note, standing: 'JOINING' } },
      }),
      80_000,
      'connections must be a whole number from 0 to 79996; it is 80000: a run has at most 100000 connections, and its other workers have 20004',
    ],
    [
      'the others have them all',
      runOf('FIXED', { workerTargets: { 'worker-0': 100_001, 'worker-1': 3 } }),
      1,
      'connections must be a whole number from 0 to 0; it is 1: a run has at most 100000 connections, and its other workers have 100001',
    ],
    [
      'it is out of bounds',
      runOf('BOUNDED'),
      51,
      'connections must be a whole number from 0 to 50; it is 51: the bounds of the run allow a worker no more',
    ],
    [
      'guardrails hold it lower',
      runOf('BOUNDED', { guardrail }),
      3,
      'connections must be a whole number from 0 to 2; it is 3: guardrails let worker-1 hold no more',
    ],
    ['it is below none', runOf('FIXED'), -1, `${ofTheRun}; it is -1`],
    ['it is half of one', runOf('FIXED'), 1.5, `${ofTheRun}; it is 1.5`],
    ['it is no number', runOf('FIXED'), Number.NaN, `${ofTheRun}; it is NaN`],
  ])('is refused when %s', (_, run, connections, because) => {
    expect(decideWorkerTarget(run, 'worker-1', connections)).toEqual({ allowed: false, because, path: 'connections' })
  })

  it.each(['worker-2', 'worker-3', 'someone'])('is refused of %s, which does not serve', workerId => {
    const run = runOf('FIXED', { workersExpected: 3, fleetNotes: { 'worker-2': { ...note, standing: 'LOST' } } })
    const because = `workerId must be one of worker-0, worker-1; it is ${workerId}`
    expect(decideWorkerTarget(run, workerId, 1)).toEqual({ allowed: false, because, path: 'workerId' })
  })

  it.each(['PREPARED', 'STARTING', 'STOPPING', 'CANCELLING', 'COMPLETED', 'CANCELLED', 'FAILED'] as const)(
    'is refused when the run is %s',
    status => {
      const because = `the run is ${status}; connections are set while it is RUNNING`
      expect(decideWorkerTarget(runOf('FIXED', { status }), 'worker-1', 1)).toEqual({ allowed: false, because })
    },
  )

  it('is refused where a controller would set them otherwise at once', () => {
    const because = "the run's controller (QPS) sets the connections of its workers"
    expect(decideWorkerTarget(sampleRun({ plan: ratePlan() }), 'worker-0', 1)).toEqual({ allowed: false, because })
  })
})
