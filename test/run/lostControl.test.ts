import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DialledKit, openDialledKit } from '../kit/dialledKit.ts'
import { listProcessesWith, until } from '../kit/processes.ts'
import { expectNoGap, untilMeasuring } from '../kit/runUnderWay.ts'

let dialled: DialledKit
let kit: DialledKit['kit']
let controlDial: DialledKit['controlDial']
beforeAll(async () => {
  dialled = await openDialledKit()
  kit = dialled.kit
  controlDial = dialled.controlDial
})
afterAll(() => dialled?.close())

describe('a control database that does not answer', () => {
  it('for a moment costs a run nothing', async () => {
    const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 1, durationSeconds: 5 })
    await kit.start(id)
    await untilMeasuring(kit, id)
    await controlDial.refuse()
    const before = (await kit.heartbeats(id)).map(({ count }) => count)
    await until(
      'nobody reaches it',
      async () => (await kit.heartbeats(id)).map(({ ageSeconds }) => ageSeconds),
      ages => ages.every(age => age > 2),
    )
    await controlDial.accept()
    await until(
      'the workers are back',
      async () => (await kit.heartbeats(id)).map(({ count }) => count),
      counts => counts.every((count, i) => count > (before[i] ?? 0)),
    )
    const run = await kit.end(id)
    expect(run).toMatchObject({ status: 'COMPLETED', completionReason: 'DURATION_ELAPSED', cancellationReason: null })
    expectNoGap(run, 6)
  })

  it('quickly is no reason to take workers that have done their work for lost', async () => {
    controlDial.setResponseTime(40)
    try {
      for (const _ of [1, 2, 3]) {
        const run = await kit.run({ workers: 4, targetConnections: 4, warmupSeconds: 0, durationSeconds: 1 })
        expect(run).toMatchObject({ status: 'COMPLETED', cancellationReason: null, result: { lostOperations: 0 } })
      }
    } finally {
      controlDial.setResponseTime(0)
    }
  }, 120_000)

  it('for longer than the workers may be without it has them stop by themselves, and fails the run when it is back', async () => {
    const id = await kit.prepare(
      { workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 600 },
      { name: 'Soon lost', advanced: { controlLossSeconds: 5 } },
    )
    await kit.start(id)
    await untilMeasuring(kit, id)
    await controlDial.refuse()
    await until(
      'the workers have left',
      () => listProcessesWith(id),
      left => left.length === 0,
      60_000,
    )
    await controlDial.accept()
    const run = await kit.end(id)
    expect(run).toMatchObject({ status: 'FAILED', completionReason: 'WORKER_FAILURE' })
    expect(run.cancellationReason).toMatch(/worker-0.*worker-1/)
    expect(run.result?.totalOperations).toBeGreaterThan(0)
  }, 120_000)
})
