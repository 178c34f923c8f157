import { listEventsAfter, listRollupShapes, listSteps } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DialledKit, openDialledKit } from '../kit/dialledKit.ts'
import { LIGHT } from '../kit/lightLoad.ts'
import { until } from '../kit/processes.ts'
import { untilMeasuring } from '../kit/runUnderWay.ts'

let dialled: DialledKit
beforeAll(async () => {
  dialled = await openDialledKit()
})
afterAll(() => dialled.close())

const CUTS = 12

describe('a search whose control database breaks every connection again and again', () => {
  it('goes on: each step is done once, in order, and what was written without an answer is not written twice', async () => {
    const { kit, controlDial } = dialled
    const { db } = kit.control
    const id = await kit.prepare(
      {},
      {
        ...LIGHT,
        name: 'Cut off',
        load: {
          mode: 'FIND_MAX_CONCURRENCY',
          warmupSeconds: 1,
          findMax: {
            startConnections: 1,
            connectionsIncrement: 1,
            stepDurationSeconds: 2,
            latencyStabilityPercent: 1_000,
            minSamples: 20,
            qpsStabilityPercent: 50,
          },
        },
        advanced: { metricsIntervalSeconds: 0.25 },
      },
    )
    await kit.start(id)
    await untilMeasuring(kit, id, 2)
    const stepsDone = async (): Promise<number> => (await listSteps(db, id)).length
    const atFirst = await stepsDone()
    for (let cut = 0; cut < CUTS; cut++) {
      // As many answers as may be under way are lost: the connections end at moments that have nothing to do with the beats.
      const { version, leaseExpiresAtMs } = await kit.record(id)
      await controlDial.refuse()
      await controlDial.accept()
      await until(
        'the run is written to again',
        async () => await kit.record(id),
        run => run.version > version || (run.leaseExpiresAtMs ?? 0) > (leaseExpiresAtMs ?? 0),
      )
    }
    const done = await stepsDone()
    expect(done - atFirst).toBeGreaterThanOrEqual(2)
    await until('the search goes on', stepsDone, steps => steps > done)
    await kit.stop(id)
    expect((await kit.end(id)).status).toBe('CANCELLED')
    const steps = await listSteps(db, id)
    expect(steps.map(({ stepNumber }) => stepNumber)).toEqual(steps.map((_, i) => i + 1))
    const { findMax, epoch } = await kit.record(id)
    expect(findMax?.steps.map(({ stepNumber }) => stepNumber)).toEqual(steps.map(({ stepNumber }) => stepNumber))
    expect(epoch).toBe(1)
    const events = await listEventsAfter(db, id, 0)
    expect(events.map(({ sequenceId }) => sequenceId)).toEqual(events.map((_, i) => i + 1))
    expect(events.filter(({ type }) => type === 'START')).toHaveLength(1)
    const shapes = (await listRollupShapes(db, id)).sort((a, b) => a.intervalIndex - b.intervalIndex)
    expect(shapes.map(({ intervalIndex }) => intervalIndex)).toEqual(shapes.map((_, i) => i))
    expect(shapes.slice(0, -1).every(({ operations }) => operations > 0)).toBe(true)
    for (const beat of await kit.heartbeats(id)) expect(beat.operationsStarted).toBe(beat.operations + beat.cutOff)
  }, 150_000)
})
