import { describe, expect, it } from 'vitest'
import { type DialledKit, openDialledKit } from '../kit/dialledKit.ts'
import { LIGHT } from '../kit/lightLoad.ts'
import { withOwnKit } from '../kit/ownKit.ts'
import { listProcessesWith, until } from '../kit/processes.ts'
import { expectNoGap, untilMeasuring } from '../kit/runUnderWay.ts'

type Turn = (dial: DialledKit['controlDial']) => Promise<void>

describe.concurrent('a control database that does not answer', () => {
  it('for a moment costs a run nothing', () =>
    withOwnKit(openDialledKit, async ({ kit, controlDial }) => {
      const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 1, durationSeconds: 5 }, LIGHT)
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
    }))

  it(
    'for a moment, without a word, costs a run nothing either',
    () =>
      withOwnKit(openDialledKit, async ({ kit, controlDial }) => {
        const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 20 }, LIGHT)
        await kit.start(id)
        await untilMeasuring(kit, id)
        controlDial.swallow()
        const before = (await kit.heartbeats(id)).map(({ count }) => count)
        await until(
          'nobody reaches it',
          async () => (await kit.heartbeats(id)).map(({ ageSeconds }) => ageSeconds),
          ages => ages.every(age => age > 4),
        )
        controlDial.pass()
        await until(
          'the workers have given up what is never answered, and are back',
          async () => (await kit.heartbeats(id)).map(({ count }) => count),
          counts => counts.every((count, i) => count > (before[i] ?? 0)),
        )
        const run = await kit.end(id)
        expect(run).toMatchObject({ status: 'COMPLETED', completionReason: 'DURATION_ELAPSED', cancellationReason: null })
        expectNoGap(run, 20)
      }),
    180_000,
  )

  it(
    'quickly is no reason to take workers that have done their work for lost',
    () =>
      withOwnKit(openDialledKit, async ({ kit, controlDial }) => {
        controlDial.setResponseTime(40)
        const run = await kit.run({ workers: 4, targetConnections: 4, warmupSeconds: 0, durationSeconds: 1 }, LIGHT)
        expect(run).toMatchObject({ status: 'COMPLETED', cancellationReason: null, result: { lostOperations: 0 } })
      }),
    120_000,
  )

  it.each([
    ['which refuses them', dial => dial.refuse(), dial => dial.accept()],
    ['which says nothing at all', async dial => dial.swallow(), async dial => dial.pass()],
  ] satisfies [string, Turn, Turn][])(
    'for longer than the workers may be without it, %s, has them stop by themselves, and fails the run when it is back',
    (_, lose, find) =>
      withOwnKit(openDialledKit, async ({ kit, controlDial }) => {
        const id = await kit.prepare(
          { workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 600 },
          { ...LIGHT, name: 'Soon lost', advanced: { controlLossSeconds: 5 } },
        )
        await kit.start(id)
        await untilMeasuring(kit, id)
        await lose(controlDial)
        await until(
          'the workers have left',
          () => listProcessesWith(id),
          left => left.length === 0,
          60_000,
        )
        await find(controlDial)
        const run = await kit.end(id)
        expect(run).toMatchObject({ status: 'FAILED', completionReason: 'WORKER_FAILURE' })
        expect(run.cancellationReason).toMatch(/worker-0.*worker-1/)
        expect(run.result?.totalOperations).toBeGreaterThan(0)
      }),
    120_000,
  )
})
