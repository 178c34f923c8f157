import { describe, expect, it } from 'vitest'
import { LIGHT } from '../kit/lightLoad.ts'
import { withOwnKit } from '../kit/ownKit.ts'
import { listProcessesWith, until } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { untilMeasuring } from '../kit/runUnderWay.ts'

const LONG = { warmupSeconds: 0, durationSeconds: 600 }
const SHORT = { warmupSeconds: 0, durationSeconds: 1 }

const untilWaiting = (kit: RunKit, id: string, forRun: string) =>
  until(
    `${id} waits for ${forRun}`,
    async () => (await kit.record(id)).waitsFor,
    waitsFor => waitsFor === forRun,
  )

describe.concurrent('a run that loads what another one loads', () => {
  it('waits for its end, with no worker started, and has all of its startup time then', () =>
    withOwnKit(openRunKit, async kit => {
      const first = await kit.prepare(LONG, LIGHT)
      const second = await kit.prepare(SHORT, { name: 'Little patience', advanced: { startupTimeoutSeconds: 10 } })
      await kit.start(first)
      await untilMeasuring(kit, first)
      await kit.start(second)
      await untilWaiting(kit, second, first)
      const { status, phase } = await kit.record(second)
      expect({ status, phase }).toEqual({ status: 'STARTING', phase: 'PREPARING' })
      expect(listProcessesWith(second)).toEqual([])
      await kit.stop(first)
      const itsTurn = await until(
        'it is its turn',
        () => kit.record(second),
        ({ waitsFor }) => waitsFor === null,
      )
      const { endedAtMs } = await kit.record(first)
      expect(itsTurn).toMatchObject({ status: 'STARTING', phase: 'PREPARING' })
      expect(itsTurn.phaseStartedAtMs).toBeGreaterThanOrEqual(endedAtMs ?? Number.POSITIVE_INFINITY)
      const run = await kit.end(second)
      expect(run).toMatchObject({ status: 'COMPLETED', result: { failedOperations: 0 } })
      expect((await kit.record(second)).startAtMs).toBeGreaterThan(endedAtMs ?? Number.POSITIVE_INFINITY)
    }))

  it('can be stopped while it waits, and goes on when what it waits for fails', () =>
    withOwnKit(openRunKit, async kit => {
      const first = await kit.prepare(LONG, LIGHT)
      const [second, third] = [await kit.prepare(SHORT), await kit.prepare(SHORT)]
      for (const id of [first, second, third]) await kit.start(id)
      await untilWaiting(kit, second, first)
      await untilWaiting(kit, third, first)
      await kit.stop(second)
      expect(await kit.end(second)).toMatchObject({ status: 'CANCELLED', completionReason: 'USER_REQUESTED', workers: [] })
      expect((await kit.record(second)).waitsFor).toBeNull()
      await untilMeasuring(kit, first)
      for (const { pid } of listProcessesWith(first)) process.kill(pid, 'SIGKILL')
      expect((await kit.end(first)).status).toBe('FAILED')
      expect((await kit.end(third)).status).toBe('COMPLETED')
    }))

  it('does not wait when it may share the load', () =>
    withOwnKit(openRunKit, async kit => {
      const first = await kit.prepare(LONG, LIGHT)
      await kit.start(first)
      await untilMeasuring(kit, first)
      const run = await kit.run(SHORT, { name: 'Shares', advanced: { shareSut: true } })
      expect(run.status).toBe('COMPLETED')
      expect((await kit.record(first)).status).toBe('RUNNING')
      await kit.stop(first)
      await kit.end(first)
    }))

  it(
    'waits on when its server is killed, and is started by the heir',
    () =>
      withOwnKit(openRunKit, async kit => {
        const first = await kit.prepare(LONG, LIGHT)
        const second = await kit.prepare(SHORT)
        await kit.start(first)
        await untilMeasuring(kit, first)
        await kit.start(second)
        await untilWaiting(kit, second, first)
        const { epoch } = await kit.record(second)
        await kit.server.end('SIGKILL')
        await kit.restart()
        await until(
          'the heir has claimed it',
          async () => (await kit.record(second)).epoch,
          now => now > epoch,
        )
        expect(await kit.record(second)).toMatchObject({ status: 'STARTING', waitsFor: first })
        expect(listProcessesWith(second)).toEqual([])
        await kit.stop(first)
        expect((await kit.end(second)).status).toBe('COMPLETED')
      }),
    180_000,
  )
})
