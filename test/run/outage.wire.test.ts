import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DialledKit, openDialledKit } from '../kit/dialledKit.ts'
import { until } from '../kit/processes.ts'
import { expectNoGap, pidsOf, untilMeasuring } from '../kit/runUnderWay.ts'

let dialled: DialledKit
let kit: DialledKit['kit']
let controlDial: DialledKit['controlDial']
beforeAll(async () => {
  dialled = await openDialledKit()
  kit = dialled.kit
  controlDial = dialled.controlDial
})
afterAll(() => dialled?.close())

const PATIENT = { name: 'Patient', advanced: { controlLossSeconds: 40 } }
const PATIENCE_MS = 60_000
const COMPLETED = { status: 'COMPLETED', completionReason: 'DURATION_ELAPSED', cancellationReason: null }

/** Waits until the database's clock is so far from the end of the measurement; negative: before it. */
const untilFromEnd = async (runId: string, seconds: number): Promise<void> => {
  await until(
    `${seconds} seconds from the end of the measurement`,
    async () => {
      const { nowMs, measurementEndsAtMs } = await kit.record(runId)
      return (nowMs - (measurementEndsAtMs ?? Number.NaN)) / 1_000
    },
    passed => passed >= seconds,
    PATIENCE_MS,
  )
}

describe('an outage of the control database', () => {
  it('for longer than a worker may be silent, in the middle of a run, costs it nothing', async () => {
    const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 1, durationSeconds: 26 }, PATIENT)
    await kit.start(id)
    await untilMeasuring(kit, id)
    const before = await pidsOf(kit, id)
    await controlDial.refuse()
    await until(
      'nobody has been heard of for 18 seconds',
      async () => (await kit.heartbeats(id)).map(({ ageSeconds }) => ageSeconds),
      ages => ages.every(age => age >= 18),
      PATIENCE_MS,
    )
    await controlDial.accept()
    const run = await kit.end(id)
    expect(run).toMatchObject(COMPLETED)
    expectNoGap(run, 27)
    expect(await pidsOf(kit, id)).toEqual(before)
    expect((await kit.record(id)).epoch).toBe(1)
  }, 120_000)

  it.each([
    { afterSeconds: 6, wholeSeconds: 10 },
    { afterSeconds: 14, wholeSeconds: 18 },
  ])(
    'of $wholeSeconds seconds across the end of the measurement costs it nothing',
    async ({ afterSeconds, wholeSeconds }) => {
      const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 7 }, PATIENT)
      await kit.start(id)
      await untilMeasuring(kit, id)
      await untilFromEnd(id, afterSeconds - wholeSeconds)
      await controlDial.refuse()
      await untilFromEnd(id, afterSeconds)
      expect((await kit.record(id)).status).toBe('RUNNING')
      await controlDial.accept()
      const run = await kit.end(id)
      expect(run).toMatchObject(COMPLETED)
      expectNoGap(run, 7)
    },
    120_000,
  )
})
