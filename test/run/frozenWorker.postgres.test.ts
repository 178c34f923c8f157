import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OwnRun, openWorkerKit, type WorkerKit, type WorkerProcess } from '../kit/workerKit.ts'

let kit: WorkerKit
beforeAll(async () => {
  kit = await openWorkerKit()
})
afterAll(() => kit.close())

const LOSS_SECONDS = 5
const STOP = { type: 'STOP', data: { reason: 'USER_REQUESTED', drainTimeoutSeconds: 10 } } as const

const CLOSED = { mode: 'CONCURRENCY' } as const
const OPEN = { mode: 'QPS', targetQps: 200, arrival: 'CONSTANT' } as const

/** A worker that sends, and is then stopped for longer than it may be without its control plane. */
const frozen = async (
  durationSeconds: number,
  load: typeof CLOSED | typeof OPEN = CLOSED,
): Promise<{ readonly run: OwnRun; readonly worker: WorkerProcess; readonly thaw: () => void }> => {
  const advanced = { controlLossSeconds: LOSS_SECONDS }
  const run = await kit.own({ advanced, load }, { workers: 1, warmupSeconds: 0, durationSeconds })
  const worker = run.spawn(0, 1)
  await run.hear('it is ready', 0, ({ status }) => status === 'READY')
  await run.start({
    workerTargets: { 'worker-0': 2 },
    ...(load === OPEN ? { arrivalShares: [{ fromMs: 0, parts: { 'worker-0': 1 } }] } : {}),
  })
  await run.hear('it sends', 0, ({ operations }) => operations > 0)
  process.kill(worker.pid, 'SIGSTOP')
  await run.hear('it has been silent for long', 0, ({ ageSeconds }) => ageSeconds > LOSS_SECONDS + 1)
  return { run, worker, thaw: () => process.kill(worker.pid, 'SIGCONT') }
}

describe.concurrent('a worker that was frozen for longer than it may be without its control plane', () => {
  it('looks at its run before it judges, and goes on', async () => {
    const { run, worker, thaw } = await frozen(600)
    const before = await run.hear('it was heard', 0, () => true)
    await run.renew()
    thaw()
    await run.hear('it goes on', 0, ({ status, operations }) => status === 'RUNNING' && operations > before.operations)
    await run.change({ status: 'STOPPING', phase: 'PROCESSING' }, [STOP])
    expect(await worker.exited).toMatchObject({ code: 0 })
    const beat = await run.hear('it has ended', 0, ({ status }) => status === 'COMPLETED')
    expect(beat.operationsStarted).toBe(beat.operations + beat.cutOff)
  })

  it.each([
    ['a closed loop', CLOSED],
    ['an open loop', OPEN],
  ])('sends nothing any more when the run was stopped meanwhile (%s)', async (_, load) => {
    const { run, worker, thaw } = await frozen(600, load)
    await run.change({ status: 'STOPPING', phase: 'PROCESSING' }, [STOP])
    const stoppedAtMs = await run.sinceStartMs()
    thaw()
    expect(await worker.exited).toMatchObject({ code: 0 })
    const beat = await run.hear('it has ended', 0, ({ status }) => status === 'COMPLETED')
    expect(beat.lastSentOffsetMs).toBeLessThan(stoppedAtMs)
    expect(beat.operationsStarted).toBe(beat.operations + beat.cutOff)
  })

  it('sends nothing at all when the measurement has ended meanwhile', async () => {
    const { run, worker, thaw } = await frozen(4)
    thaw()
    expect(await worker.exited).toMatchObject({ code: 0 })
    const beat = await run.hear('it has ended', 0, ({ status }) => status === 'COMPLETED')
    expect(beat.lastSentOffsetMs).toBeLessThan(4_000)
    expect(beat.operationsStarted).toBe(beat.operations + beat.cutOff)
  })
})
