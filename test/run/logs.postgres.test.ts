import { listLogLines } from '@flakebench/store'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openWorkerKit, type WorkerKit } from '../kit/workerKit.ts'

let kit: WorkerKit
beforeAll(async () => {
  kit = await openWorkerKit()
})
afterAll(() => kit.close())

const readLines = async (runId: string) =>
  await listLogLines(kit.control.db, runId, { after: null, first: 500, levels: null, sources: null })

it('a worker tells the log what it does, from its registration to its last figures', async () => {
  const run = await kit.own({}, { workers: 1, targetConnections: 2, warmupSeconds: 0, durationSeconds: 600 })
  const worker = run.spawn(0, 1)
  await run.hear('it is ready', 0, ({ status }) => status === 'READY')
  await run.start()
  await run.hear('it sends', 0, ({ operations }) => operations > 0)
  const targets = { 'worker-0': 3 }
  await run.change({ workerTargets: targets }, [{ type: 'SET_WORKER_TARGET', data: { targets } }])
  await run.hear('it has heard', 0, ({ targetConnections }) => targetConnections === 3)
  const stop = { type: 'STOP', data: { reason: 'USER_REQUESTED', drainTimeoutSeconds: 10 } } as const
  await run.change({ status: 'STOPPING', phase: 'PROCESSING' }, [stop])
  expect(await worker.exited).toMatchObject({ code: 0 })
  const lines = await readLines(run.id)
  const bySequence = [...lines].sort((a, b) => a.sequence - b.sequence)
  expect(bySequence.map(({ sequence }) => sequence)).toEqual(bySequence.map((_, i) => i + 1))
  const told = bySequence.filter(({ source }) => source !== 'self-check').map(({ source, message }) => `${source}: ${message}`)
  expect(told).toEqual([
    expect.stringMatching(/^worker: Registered on .+ as process \d+$/),
    expect.stringMatching(/^load: 2 connections opened in \d+ ms/),
    expect.stringMatching(/^worker: Ready with a target of 2 connections: .* ms late at p99$/),
    expect.stringMatching(/^load: Began -?\d+\.\d ms after the agreed start, with a target of 2 connections$/),
    'load: Target 2 → 3 connections',
    expect.stringMatching(/^load: Draining: \d operations in flight may take up to 10 s$/),
    expect.stringMatching(/^worker: Ended: \d+ operations started, \d+ ended, of them 0 failed, \d+ cut off$/),
  ])
  expect(lines.every(({ workerId, level }) => workerId === 'worker-0' && level !== 'ERROR')).toBe(true)
  const { startAtMs } = await run.record()
  const ready = lines.find(({ message }) => message.startsWith('Ready'))
  expect(ready?.atMs).toBeLessThan(startAtMs ?? 0)
})

it('a worker that cannot begin tells the log why', async () => {
  const run = await kit.own({ target: { table: 'no_such_table' } }, { workers: 1, targetConnections: 1 })
  expect(await run.spawn(0, 1).exited).toMatchObject({ code: 2 })
  expect((await readLines(run.id)).at(-1)).toMatchObject({
    level: 'ERROR',
    source: 'worker',
    message: expect.stringContaining('no_such_table'),
  })
})
