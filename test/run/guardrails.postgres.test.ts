import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRunKit, type RunKit } from '../kit/runKit.ts'

let kit: RunKit
beforeAll(async () => {
  kit = await openRunKit()
})
afterAll(() => kit.close())

/** A bound that no worker can keep. */
const OUT_OF_REACH = { enabled: true, maxMemoryPercent: 0.01 } as const
const SHARED = { shareSut: true } as const
const LOAD = { targetConnections: 8, warmupSeconds: 0 } as const

describe.concurrent('guardrails', () => {
  it('that are hard fail the run, and name worker, figure and bound', async () => {
    const run = await kit.run(
      {},
      { name: 'Hard', advanced: SHARED, load: { ...LOAD, durationSeconds: 60 }, guardrails: { ...OUT_OF_REACH, mode: 'HARD' } },
    )
    expect(run).toMatchObject({ status: 'FAILED', completionReason: 'RESOURCE_EXHAUSTION' })
    expect(run.cancellationReason).toMatch(/^Guardrail: worker-0 used [\d.]+ % of its memory, the bound is 0\.01 %/)
    expect(run.result?.totalOperations).toBeGreaterThan(0)
  })

  it('that are soft back the worker off, and the run that ends so is degraded', async () => {
    const run = await kit.run(
      {},
      {
        name: 'Soft',
        advanced: SHARED,
        load: { ...LOAD, durationSeconds: 5 },
        guardrails: { ...OUT_OF_REACH, mode: 'SOFT', patienceIntervals: 3, backOffPercent: 50 },
      },
    )
    expect(run).toMatchObject({ status: 'COMPLETED', completionReason: 'SOFT_GUARDRAIL_DEGRADED', result: { lostOperations: 0 } })
    const { guardrail, workerTargets } = await kit.record(run.id)
    expect(guardrail).toMatchObject({ ceilings: { 'worker-0': 4 }, workersOverMemory: 1 })
    expect(guardrail?.actions).toMatchObject([{ workerId: 'worker-0', fromConnections: 8, toConnections: 4 }])
    expect(workerTargets).toEqual({ 'worker-0': 4 })
    expect(run.history.at(-1)?.activeConnections).toBeLessThanOrEqual(4)
  })

  it('that are soft fail the run when backing off does not help', async () => {
    const run = await kit.run(
      {},
      {
        name: 'In vain',
        advanced: SHARED,
        load: { ...LOAD, durationSeconds: 60 },
        guardrails: { ...OUT_OF_REACH, mode: 'SOFT', patienceIntervals: 1 },
      },
    )
    expect(run).toMatchObject({ status: 'FAILED', completionReason: 'RESOURCE_EXHAUSTION' })
    expect(run.cancellationReason).toMatch(/^Guardrail: 1 of 1 workers stayed over a bound after a back-off/)
  })
})
