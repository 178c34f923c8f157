import type { RunRecord } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { decideWorkerTarget } from '../../server/src/decide/decideWorkerTarget.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { sampleRun } from '../kit/sampleRun.ts'
import { soundPlan } from '../kit/templateInput.ts'

const TARGETS = { workerTargets: { 'worker-0': 4, 'worker-1': 4 } }

const refusalOf = (workerId: string, connections: number, change: Partial<RunRecord> = {}) => {
  const decided = decideWorkerTarget(sampleRun({ ...TARGETS, ...change }), workerId, connections)
  return decided.allowed ? null : decided
}

describe('a person sets the connections of a worker', () => {
  it('and the others keep theirs', () => {
    expect(decideWorkerTarget(sampleRun(TARGETS), 'worker-1', 0)).toMatchObject({
      allowed: true,
      decision: {
        set: { workerTargets: { 'worker-0': 4, 'worker-1': 0 } },
        commands: [{ type: 'SET_WORKER_TARGET', data: { targets: { 'worker-1': 0 } } }],
      },
    })
  })

  it('of a worker that serves, and no more than a run has, its bounds allow or guardrails have left', () => {
    const bounded = { ...samplePlan(), ...soundPlan({ scaling: { mode: 'BOUNDED', maxConnections: 20 } }) }
    const guardrail = { state: 'DEGRADED', ceilings: { 'worker-0': 6 }, workersOverCpu: 0, workersOverMemory: 0, actions: [] } as const
    expect(refusalOf('worker-2', 1)).toMatchObject({
      path: 'workerId',
      because: 'workerId must be one of worker-0, worker-1; it is worker-2',
    })
    expect(refusalOf('worker-0', -1)).toMatchObject({
      path: 'connections',
      because: 'connections must be a whole number from 0 to 99996; it is -1',
    })
    expect(refusalOf('worker-0', 99_996)).toBeNull()
    expect(refusalOf('worker-0', 99_997)?.because).toMatch(/a run has at most 100000 connections, and its other workers have 4$/)
    expect(refusalOf('worker-0', 20, { plan: bounded })).toBeNull()
    expect(refusalOf('worker-0', 21, { plan: bounded })?.because).toMatch(
      /from 0 to 20; it is 21: the bounds of the run allow a worker no more$/,
    )
    expect(refusalOf('worker-0', 7, { plan: bounded, guardrail })?.because).toMatch(
      /from 0 to 6; it is 7: guardrails let worker-0 hold no more$/,
    )
    expect(refusalOf('worker-1', 7, { guardrail })).toBeNull()
  })

  it('only while the run is RUNNING, and nothing else sets them', () => {
    const plan = soundPlan({ load: { mode: 'QPS', targetQps: 5 } })
    expect(refusalOf('worker-0', 1, { plan })).toEqual({
      allowed: false,
      because: "the run's controller (QPS) sets the connections of its workers",
    })
    expect(refusalOf('worker-0', 1, { status: 'STOPPING' })).toEqual({
      allowed: false,
      because: 'the run is STOPPING; connections are set while it is RUNNING',
    })
  })
})
