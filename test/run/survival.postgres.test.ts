import { rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { graphql } from '../kit/graphql.ts'
import { LIGHT } from '../kit/lightLoad.ts'
import { withOwnKit } from '../kit/ownKit.ts'
import { listProcessesWith, until } from '../kit/processes.ts'
import { openRunKit } from '../kit/runKit.ts'
import { expectNoGap, pidsOf, untilMeasuring } from '../kit/runUnderWay.ts'
import { newHome, startServer } from '../kit/startServer.ts'
import { watch } from '../kit/watchRun.ts'
import { RUN_UPDATES, type RunUpdated, WHOLE_RUN, type WholeRun } from '../kit/wholeRun.ts'

describe.concurrent('a server that is killed in the middle of a measurement', () => {
  it(
    'and started again carries the run on to its end, with the same workers and without a gap',
    () =>
      withOwnKit(openRunKit, async kit => {
        const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 1, durationSeconds: 18 }, LIGHT)
        await kit.start(id)
        await untilMeasuring(kit, id)
        const before = await pidsOf(kit, id)
        const { epoch } = await kit.record(id)
        await kit.server.end('SIGKILL')
        expect(
          listProcessesWith(id)
            .map(({ pid }) => pid)
            .sort(),
        ).toEqual([...before].sort())
        await kit.restart()
        const live = kit.watch(id)
        await live.first('the new server owns the run', () => true)
        await until(
          'the run is claimed again',
          async () => (await kit.record(id)).epoch,
          now => now > epoch,
        )
        expect((await kit.record(id)).status).toBe('RUNNING')
        await live.ended
        const run = await kit.read(id)
        expect(run).toMatchObject({ status: 'COMPLETED', completionReason: 'DURATION_ELAPSED', cancellationReason: null })
        expect(await pidsOf(kit, id)).toEqual(before)
        expectNoGap(run, 19)
        expect(live.updates.at(-1)?.runUpdated.run.status).toBe('COMPLETED')
      }),
    180_000,
  )

  it(
    'and started again only after the end has the run processed all the same',
    () =>
      withOwnKit(openRunKit, async kit => {
        const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 3 }, LIGHT)
        await kit.start(id)
        await untilMeasuring(kit, id)
        await kit.server.end('SIGKILL')
        await until(
          'the workers have done their work and left',
          () => listProcessesWith(id),
          left => left.length === 0,
        )
        await kit.restart()
        const run = await kit.end(id)
        expect(run).toMatchObject({ status: 'COMPLETED', completionReason: 'DURATION_ELAPSED', cancellationReason: null })
        expectNoGap(run, 3)
      }),
    180_000,
  )
})

describe.concurrent('a server that is killed and does not come back', () => {
  it(
    'leaves its runs to another one on the same control database',
    () =>
      withOwnKit(openRunKit, async kit => {
        const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 15 }, LIGHT)
        await kit.start(id)
        await untilMeasuring(kit, id)
        const before = await pidsOf(kit, id)
        const home = newHome()
        const other = await startServer({ home, environment: kit.environment })
        try {
          await kit.server.end('SIGKILL')
          const live = watch<RunUpdated>(other.url, RUN_UPDATES, { runId: id })
          await live.ended
          const { run } = await graphql<{ run: WholeRun }>(other.url, WHOLE_RUN, { id })
          expect(run).toMatchObject({ status: 'COMPLETED', completionReason: 'DURATION_ELAPSED', cancellationReason: null })
          expect(await pidsOf(kit, id)).toEqual(before)
          expectNoGap(run, 15)
        } finally {
          await other.end()
          rmSync(home, { recursive: true, force: true })
        }
      }),
    180_000,
  )

  it(
    'has its workers stop by themselves, and their work is kept',
    () =>
      withOwnKit(openRunKit, async kit => {
        const id = await kit.prepare(
          { workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 600 },
          { ...LIGHT, name: 'Soon without an owner', advanced: { controlLossSeconds: 5 } },
        )
        await kit.start(id)
        await untilMeasuring(kit, id)
        await kit.server.end('SIGKILL')
        await until(
          'the workers have left',
          () => listProcessesWith(id),
          left => left.length === 0,
          60_000,
        )
        for (const beat of await kit.heartbeats(id)) {
          expect(beat).toMatchObject({ status: 'FAILED', lastError: expect.stringContaining('No orchestrator has owned the run for 5 s') })
          expect(beat.operationsStarted).toBe(beat.operations + beat.cutOff)
        }
        await kit.restart()
        const run = await kit.end(id)
        expect(run).toMatchObject({ status: 'FAILED', completionReason: 'WORKER_FAILURE', result: { lostOperations: 0 } })
        expect(run.result?.totalOperations).toBeGreaterThan(0)
      }),
    180_000,
  )
})
